# SPDX-License-Identifier: MPL-2.0
"""What the server remembers: of each profile and phone the challenge and the counters, and the counters of addresses and
of the whole profile. Everything that a person or a vendor must keep secret is in it as a keyed hash."""
import contextlib
import hmac
import json
import os
import re
import secrets
import sqlite3
import tempfile
import time
from decimal import Decimal

from document import Fault, postgres

DAY = 86400

# As a role that is not the one that reads the catalog; the store makes no table by itself.
DDL = """CREATE TABLE otp_challenges (name text PRIMARY KEY, record jsonb NOT NULL, stale bigint NOT NULL);
CREATE INDEX otp_challenges_stale ON otp_challenges (stale);"""


def opened(where, now=None):
    now = int(time.time()) if now is None else now
    return PostgresStore(where, now) if re.match("postgres(ql)?:", where) else FileStore(where, now)


class Store:
    """Remembers records by name. A store offers change(), and nothing else touches what is remembered."""

    def name(self, *parts):
        return self.mac("", "record", "\0".join(parts))

    def mac(self, phone, kind, value):
        """A keyed hash: whoever reads the records without the key cannot try all codes, or phones."""
        return hmac.new(self.key, "\0".join((phone, kind, value)).encode(), "sha256").hexdigest()

    def keep(self, phone, name, value):
        """An entry for a kept value; None where the answer holds nothing usable."""
        number = isinstance(value, (int, Decimal)) and not isinstance(value, bool)
        if not number and not (isinstance(value, str) and value):
            return None
        if name.startswith("secret_"):
            return {"number": number, "mac": self.mac(phone, name, plain(value) if number else value)}
        return {"number": number, "value": plain(value) if number else value}

    def matches(self, phone, name, entry, typed, length):
        """Compare in constant time. A number lost its leading zeros, so the length counts too."""
        if entry["number"]:
            if len(typed) != length or not (typed.isascii() and typed.isdigit()):
                return False
            typed = plain(int(typed))
        known = entry.get("mac") or self.mac(phone, name, entry["value"])
        return hmac.compare_digest(known, self.mac(phone, name, typed))


class FileStore(Store):
    """One file, for one machine. The lock is an empty SQLite database: it works on every system and ends with its process."""

    def __init__(self, path, now):
        self.path, self.now = path, now
        try:
            self.key = os.environ.get("OTP_CHALLENGES_KEY", "").encode() or self.read_key()
            with self.change():  # that it can be written is seen before anything is sent
                pass
        except (OSError, ValueError, sqlite3.Error) as error:
            raise Fault(f"cannot use the challenges {path}: {type(error).__name__}") from None

    def read_key(self):
        with contextlib.suppress(FileExistsError):
            with open(os.open(self.path + ".key", os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
                file.write(secrets.token_hex(32).encode())
        with open(self.path + ".key", "rb") as file:
            return file.read()

    @contextlib.contextmanager
    def change(self, *names):
        """The records of these names, to be changed; other programs wait meanwhile."""
        with contextlib.closing(sqlite3.connect(self.path + ".lock", timeout=120, isolation_level=None)) as lock:
            lock.execute("BEGIN EXCLUSIVE")
            records = {}
            if os.path.exists(self.path):
                with open(self.path, encoding="utf-8") as file:
                    records = json.load(file)
            for name in names:
                records.setdefault(name, {})
            records = {name: whole(record, self.now) for name, record in records.items()}
            yield [records[name] for name in names]
            handle, name = tempfile.mkstemp(dir=os.path.dirname(os.path.abspath(self.path)))  # for its owner only
            with open(handle, "w", encoding="utf-8") as file:
                json.dump({name: record for name, record in records.items() if stale(record)}, file)
                file.flush()
                os.fsync(handle)
            os.replace(name, self.path)


class PostgresStore(Store):
    """A table, for any number of servers. A row is locked for as long as it takes to count, never while a vendor is asked."""

    def __init__(self, url, now):
        self.url, self.now, self.key = url, now, os.environ.get("OTP_CHALLENGES_KEY", "").encode()
        if len(self.key) < 32:
            raise Fault("set OTP_CHALLENGES_KEY to 32 or more random characters, the same on every server")
        with self.change():
            pass

    @contextlib.contextmanager
    def change(self, *names):
        with postgres(self.url, "use the challenges (table otp_challenges)") as database:  # commits at its end, or rolls back
            for name in sorted(names):  # in one order, so that no two wait for each other
                database.execute("INSERT INTO otp_challenges VALUES (%s, '{}', 0) ON CONFLICT DO NOTHING", (name,))
            rows = dict(database.execute(
                "SELECT name, record FROM otp_challenges WHERE name = ANY(%s) ORDER BY name FOR UPDATE", (list(names),)).fetchall())
            records = [whole(rows[name], self.now) for name in names]
            yield records
            # What has become stale meanwhile goes as well, a few rows at a time.
            old = database.execute("SELECT name, record FROM otp_challenges WHERE stale <= %s AND name <> ALL(%s) "
                                   "LIMIT 100 FOR UPDATE SKIP LOCKED", (self.now, list(names))).fetchall()
            for name, record in [*zip(names, records), *((name, whole(record, self.now)) for name, record in old)]:
                if stale(record):
                    database.execute("UPDATE otp_challenges SET record = %s, stale = %s WHERE name = %s",
                                     (json.dumps(record), stale(record), name))
                else:
                    database.execute("DELETE FROM otp_challenges WHERE name = %s", (name,))


def whole(record, now):
    """A record with every key, without what is over. Credentials go when their challenge expires."""
    for key in ("sends", "wrong"):
        record[key] = [at for at in record.get(key, []) if at > now - DAY]
    record["used"] = {mac: until for mac, until in record.get("used", {}).items() if until > now}
    record.setdefault("serial", 0)  # counts the sends, so that a late answer does not replace a newer challenge
    record.setdefault("sending", 0)  # the send whose outcome is not known yet, or never was
    challenge = record.setdefault("challenge", None)
    if challenge and challenge["expires_at"] <= now:
        kept = {name: entry for name, entry in challenge["kept"].items() if "mac" not in entry}
        challenge.update(kept=kept, code="", ip="")
        if challenge["expires_at"] <= now - DAY:
            record["challenge"] = None
    return record


def stale(record):
    """When something of a record is over next, in Unix seconds; 0: nothing is left."""
    ends = [at + DAY for at in record["sends"][:1] + record["wrong"][:1]] + list(record["used"].values())
    challenge = record["challenge"]
    if challenge:
        secret = challenge["code"] or challenge["ip"] or any("mac" in entry for entry in challenge["kept"].values())
        ends.append(challenge["expires_at"] + (0 if secret else DAY))
    return min(ends, default=0)


def plain(number):
    """A number without sign of how it was written: 482913 for 482913.0."""
    number = Decimal(number)
    whole_number = number.adjusted() < 40 and number == number.to_integral_value()
    return str(int(number)) if whole_number else str(number)
