"""What the server remembers of each profile and phone: the challenge, and counters for limits."""
import contextlib
import hmac
import json
import os
import secrets
import sqlite3
import tempfile
import time
from decimal import Decimal

from document import Fault

DAY = 86400


@contextlib.contextmanager
def opened(path):
    """Open the challenges for one command; other commands wait, so that no count is lost.

    The lock is an empty SQLite database: it works on every system and ends with its process.
    An application would lock the row of one phone.
    """
    try:
        lock = sqlite3.connect(path + ".lock", timeout=120, isolation_level=None)
        lock.execute("BEGIN EXCLUSIVE")
        store = Challenges(path)
    except (OSError, ValueError, sqlite3.Error) as error:
        raise Fault(f"cannot use the challenges {path}: {error}") from None
    with contextlib.closing(lock):
        yield store


class Challenges:
    def __init__(self, path):
        self.path, self.records, self.now = path, {}, int(time.time())
        if not os.path.exists(path + ".key"):
            with open(os.open(path + ".key", os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
                file.write(secrets.token_hex(32).encode())
        with open(path + ".key", "rb") as file:
            self.key = file.read()
        if os.path.exists(path):
            with open(path, encoding="utf-8") as file:
                self.records = json.load(file)
        self.records = {name: record for name, record in self.records.items() if self.prune(record)}

    def prune(self, record):
        """Drop what is over; credentials go when their challenge expires. False: nothing is left."""
        for list_of_times in ("sends", "wrong"):
            record[list_of_times] = [t for t in record[list_of_times] if t > self.now - DAY]
        record["used"] = {mac: until for mac, until in record["used"].items() if until > self.now}
        challenge = record["challenge"]
        if challenge and challenge["expires_at"] <= self.now:
            kept = {name: entry for name, entry in challenge["kept"].items() if "mac" not in entry}
            challenge.update(kept=kept, code=None, ip=None)
            if challenge["expires_at"] <= self.now - DAY:
                record["challenge"] = None
        return any(record.values())

    def record(self, profile, phone):
        empty = {"challenge": None, "sends": [], "wrong": [], "used": {}}
        return self.records.setdefault(f"{profile} {phone}", empty)

    def save(self):
        """Replace the file at once; mkstemp makes it readable for its owner only."""
        try:
            handle, name = tempfile.mkstemp(dir=os.path.dirname(os.path.abspath(self.path)))
            with open(handle, "w", encoding="utf-8") as file:
                json.dump(self.records, file)
                file.flush()
                os.fsync(handle)
            os.replace(name, self.path)
        except OSError as error:
            raise Fault(f"cannot save the challenges {self.path}: {error}") from None

    def mac(self, phone, kind, value):
        """A keyed hash: whoever reads the file without its key cannot try all codes."""
        return hmac.new(self.key, "\0".join((phone, kind, value)).encode(), "sha256").hexdigest()

    def keep(self, phone, name, value):
        """An entry for a kept value; None where the answer holds nothing usable."""
        number = isinstance(value, (int, Decimal)) and not isinstance(value, bool)
        if not number and not (isinstance(value, str) and value):
            return None
        if name.startswith("secret_"):
            return {"number": number, "mac": self.mac(phone, name, plain(value) if number else value)}
        return {"number": number, "value": str(value)}

    def matches(self, phone, name, entry, typed, length):
        """Compare in constant time. A number lost its leading zeros, so the length counts too."""
        if entry["number"]:
            if len(typed) != length or not (typed.isascii() and typed.isdigit()):
                return False
            typed = plain(int(typed))
        known = entry.get("mac") or self.mac(phone, name, entry["value"])
        return hmac.compare_digest(known, self.mac(phone, name, typed))


def plain(number):
    """A number without sign of how it was written: 482913 for 482913.0."""
    number = Decimal(number)
    whole = number.adjusted() < 40 and number == number.to_integral_value()
    return str(int(number)) if whole else str(number)
