<?php
// Runs the PHP consumer for many cases in one process. For tests; an application does not need it. What goes in and out is
// described in python.py.
declare(strict_types=1);

require __DIR__ . '/../../php/consumer.php';

while (($line = fgets(STDIN)) !== false) {
    $command = json_decode($line, true, flags: JSON_THROW_ON_ERROR);
    foreach (getenv() as $name => $_) {
        putenv($name);
    }
    foreach ($command['environment'] as $name => $value) {
        putenv("$name=$value");
    }
    try {
        $code = program($command['arguments']);
    } catch (Throwable $error) {
        fwrite(STDERR, "PHP Fatal error:  Uncaught $error\n");
        $code = 255;
    }
    foreach ([STDOUT, STDERR] as $stream) {
        fwrite($stream, "\x1e$code\n");
    }
}
