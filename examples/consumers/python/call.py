# SPDX-License-Identifier: MPL-2.0
"""One call of a document: filled in, sent, and its answer judged."""
import contextlib
import http.client
import ipaddress
import json
import os
import re
import secrets
import socket
import ssl
import threading
import time
from decimal import Decimal
from urllib.parse import quote, urlencode, urlsplit

from document import PLACEHOLDER, Fault

DEFAULT_BASE_URLS = {
    "androidapi": "https://androidapi.net/api",
    "myotp": "https://api.myotp.app",
    "octopush": "https://api.octopush.com/v1/public",
    "way2api": "https://app.way2api.com/api/v1",
}
ANSWER_LIMIT = 1 << 20
ABSENT = object()  # what a JSON pointer finds where nothing is


class Unfilled(Fault):
    """A placeholder without a value: the call is not made."""

    def __init__(self, name):
        super().__init__(f"{name} has no value")
        self.name = name


# Names of languages that browsers and systems still use, and what they are called now.
OLD_LANGUAGES = {"in": "id", "iw": "he", "ji": "yi", "jw": "jv", "mo": "ro", "sh": "sr-latn", "tl": "fil"}


def canonical(tag):
    base, *rest = tag.lower().split("-")
    today = OLD_LANGUAGES.get(base, base)
    if rest and len(rest[0]) == 4:  # a script that the tag names stays
        today = today.split("-")[0]
    return "-".join([today, *rest])


def by_locale(entries, locale, otherwise=None):
    """Longest match of a BCP 47 tag: fr-CA, then fr, then the default."""
    entries = {canonical(tag): entry for tag, entry in (entries or {}).items()}
    subtags = canonical(locale).split("-")
    for length in range(len(subtags), 0, -1):
        if "-".join(subtags[:length]) in entries:
            return entries["-".join(subtags[:length])]
    return entries.get("", otherwise)


def fill(template, values):
    """Fill in every placeholder in one pass: what was filled in is not looked at again."""
    def value(match):
        found = os.environ.get(match[1]) if match[1] else values.get(match[2])
        if not found:
            raise Unfilled(match[1] or match[2])
        return found
    return PLACEHOLDER.sub(value, template)


def fill_field(field, values, encoding):
    """A field, at any depth."""
    if isinstance(field, dict):
        return {name: fill_field(inner, values, encoding) for name, inner in sorted(field.items())}
    if isinstance(field, list):
        return [fill_field(inner, values, encoding) for inner in field]
    if not isinstance(field, str):
        return field
    filled = fill(field, values)
    if encoding == "json" and field.endswith(":number}}"):
        if not re.fullmatch("-?(0|[1-9][0-9]{0,17})", filled):
            raise Fault("what is filled into a field is not a number")
        return int(filled)
    return filled


def fill_fields(call, values, locale, resend):
    fields = {**call["fields"], **by_locale(call.get("by_locale"), locale, {})}
    if resend:
        fields.update(call.get("resend", {}))
    if call.get("texts"):
        values = {**values, "text": by_locale(call["texts"], locale)}
    filled = {}
    for name, field in sorted(fields.items()):
        try:
            filled[name] = fill_field(field, values, call["encoding"])
        except Unfilled:
            if name not in call.get("omit_if_missing", []):
                raise
    return filled


def fill_path(path, values):
    """Each placeholder is one segment, which leads to no other path."""
    def segment(match):
        found = fill(match[0], values)
        if found in (".", ".."):
            raise Fault(f"what is filled in for {match[2]} would lead to another path")
        return quote(found, safe="")
    return PLACEHOLDER.sub(segment, path)


def base_url(variable, vendor):
    """Where the vendor is: https, or http on loopback, so that credentials go nowhere else."""
    url = os.environ.get(variable) or DEFAULT_BASE_URLS.get(vendor, "")
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port  # a port that is none raises
        loopback = host == "localhost" or parts.scheme == "http" and ipaddress.ip_address(host).is_loopback
        safe = host and (parts.scheme == "https" or parts.scheme == "http" and loopback)
    except ValueError:
        safe = False
    if not safe or re.search(r"[@?#\s]", url):
        raise Fault(f"{variable} must be an https URL, or http on loopback, without user or query")
    return url.rstrip("/")


def encode(encoding, fields):
    """The query, the body and its content type."""
    if encoding == "json":
        return "", json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode(), "application/json"
    if encoding == "form":
        return "", urlencode(fields).encode(), "application/x-www-form-urlencoded"
    if encoding == "query":
        return "?" + urlencode(fields), None, None
    boundary = secrets.token_hex(16)
    parts = [f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
             for name, value in fields.items()]
    return "", "".join([*parts, f"--{boundary}--\r\n"]).encode(), f"multipart/form-data; boundary={boundary}"


def perform(vendor, call, values, locale="", resend=False):
    """Make one call. Returns the rule that decided, the JSON of the answer and a note for the operator."""
    variable, path = re.fullmatch(r"\$\{(.*?)\}(.*)", call["url"]).groups()
    query, body, content_type = encode(call["encoding"], fill_fields(call, values, locale, resend))
    headers = {}
    for name, template in call.get("headers", {}).items():
        headers[name] = fill(template, values).encode()
        if re.search(rb"[\x00-\x1f\x7f]", headers[name]):
            raise Fault(f"header {name} holds a control character")
    if content_type:
        headers["Content-Type"] = content_type
    url = base_url(variable, vendor) + fill_path(path, values) + query
    status, raw, fault = exchange(call["method"], url, headers, body, call.get("timeout_seconds", 30))
    if fault:
        return {"outcome": fault}, ABSENT, "no connection" if fault == "next_route" else "no answer"
    answer = parse(raw)
    rules = (rule for rule in call["outcomes"] if all(holds(c, status, answer) for c in rule["when"]))
    return next(rules, {"outcome": "unknown"}), answer, f"HTTP {status}"


def exchange(method, url, headers, body, timeout):
    """One request on a connection of its own: no redirect, no proxy, no retry."""
    parts = urlsplit(url)
    deadline = time.monotonic() + timeout
    if parts.scheme == "https":
        connection = http.client.HTTPSConnection(
            parts.hostname, parts.port, timeout=timeout, context=ssl.create_default_context())
    else:
        connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=timeout)
    try:
        connection.connect()
    except (OSError, UnicodeError):  # refused, unknown name, TLS: nothing was sent
        connection.close()
        return None, None, "next_route"
    def end(sock=connection.sock):
        with contextlib.suppress(OSError):
            socket.socket.shutdown(sock, socket.SHUT_RDWR)
    # The timeout of a socket is per read; the timer ends an answer that only trickles.
    timer = threading.Timer(max(0, deadline - time.monotonic()), end)
    timer.daemon = True
    timer.start()
    try:
        target = parts.path + ("?" + parts.query if parts.query else "")
        connection.request(method, target, body, headers)
        response = connection.getresponse()
        raw = response.read(ANSWER_LIMIT + 1)
        if len(raw) <= ANSWER_LIMIT and (response.length or time.monotonic() >= deadline):
            return None, None, "unknown"  # cut off in the middle
        return response.status, raw, None
    except (OSError, ValueError, http.client.HTTPException):  # timeout, reset, not HTTP
        return None, None, "unknown"
    finally:
        timer.cancel()
        connection.close()


def parse(raw):
    """The JSON of an answer, or ABSENT: what is no JSON, or too long, has no pointers."""
    def refuse(constant):
        raise ValueError(constant)  # NaN and Infinity are no JSON
    try:
        if len(raw) <= ANSWER_LIMIT:
            return json.loads(raw.decode("utf-8-sig"), parse_float=Decimal, parse_constant=refuse)
    except (ValueError, ArithmeticError, RecursionError):
        pass
    return ABSENT


def at(value, pointer):
    """RFC 6901."""
    for token in pointer.split("/")[1:]:
        token = token.replace("~1", "/").replace("~0", "~")
        if isinstance(value, dict) and token in value:
            value = value[token]
        elif isinstance(value, list) and re.fullmatch("0|[1-9][0-9]{0,8}", token) and int(token) < len(value):
            value = value[int(token)]
        else:
            return ABSENT
    return value


def same(left, right):
    """Equal, JSON types compared too: false is not 0, and 0 is not "0"."""
    numbers = (int, float, Decimal)  # never a bool, which is a subclass of int
    if type(left) in numbers and type(right) in numbers:
        return left == right
    return type(left) is type(right) and isinstance(left, (str, bool, type(None))) and left == right


def holds(condition, status, answer):
    """Whether a condition holds; one of an unknown form never does."""
    if "http_status" in condition:
        return status in condition["http_status"]
    value = at(answer, condition.get("pointer", ""))
    if "absent" in condition:
        return value is ABSENT
    if "prefix" in condition:
        return isinstance(value, str) and value.startswith(condition["prefix"])
    return any(same(value, entry) for entry in condition.get("in", []))
