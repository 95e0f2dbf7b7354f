"""Runs the Python consumer for many cases in one process. For tests; an application does not need it.

A command is a line of JSON on standard input: {"arguments": […], "environment": {…}}. What it prints comes as it is, and behind
it, on standard output and standard error, a record separator and a line with the exit code. The consumer keeps no state of its
own between two commands, which is what an application needs of it, too.
"""
import json
import os
import pathlib
import sys
import traceback

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "python"))

import consumer  # noqa: E402: it is found now

for line in sys.stdin:
    command = json.loads(line)
    os.environ.clear()
    os.environ.update(command["environment"])
    sys.argv[1:] = command["arguments"]
    try:
        code = consumer.main()
    except BaseException:
        traceback.print_exc()
        code = 1
    for stream in sys.stdout, sys.stderr:
        stream.write(f"\x1e{code}\n")
        stream.flush()
