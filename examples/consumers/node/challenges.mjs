// SPDX-License-Identifier: MPL-2.0
// What the server remembers: of each profile and phone the challenge and the counters, and the counters of addresses and of
// the whole profile. Everything that a person or a vendor must keep secret is in it as a keyed hash.
import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import fs from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { Numeral } from "./call.mjs";
import { Fault, postgres } from "./document.mjs";

export const DAY = 86400;

// As a role that is not the one that reads the catalog; the store makes no table by itself.
export const DDL = `CREATE TABLE otp_challenges (name text PRIMARY KEY, record jsonb NOT NULL, stale bigint NOT NULL);
CREATE INDEX otp_challenges_stale ON otp_challenges (stale);`;

export const opened = (where, now = Math.floor(Date.now() / 1000)) =>
  (/^postgres(ql)?:/.test(where) ? new PostgresStore(where, now) : new FileStore(where, now)).open();

// Remembers records by name. A store offers change(), and nothing else touches what is remembered.
class Store {
  constructor(where, now) {
    Object.assign(this, { where, now, key: process.env.OTP_CHALLENGES_KEY ?? "" });
  }

  name(...parts) {
    return this.mac("", "record", parts.join("\0"));
  }

  // A keyed hash: whoever reads the records without the key cannot try all codes, or phones.
  mac(phone, kind, value) {
    return createHmac("sha256", this.key).update([phone, kind, value].join("\0")).digest("hex");
  }

  // An entry for a kept value; null where the answer holds nothing usable.
  keep(phone, name, value) {
    const number = value instanceof Numeral;
    const text = number ? value.plain : value;
    if (typeof text !== "string" || text === "") return null;
    return name.startsWith("secret_") ? { number, mac: this.mac(phone, name, text) } : { number, value: text };
  }

  // Compare in constant time. A number lost its leading zeros, so the length counts too.
  matches(phone, name, entry, typed, length) {
    if (entry.number && (typed.length !== length || !/^[0-9]+$/.test(typed))) return false;
    const text = entry.number ? new Numeral(typed).plain : typed;
    return same(entry.mac ?? this.mac(phone, name, entry.value), this.mac(phone, name, text));
  }
}

// Two keyed hashes; an empty one equals nothing.
export const same = (a, b) => a.length === b.length && a !== "" && timingSafeEqual(Buffer.from(a), Buffer.from(b));

// One file, for one machine, and for trying out: a program that is killed while it changes the file leaves its lock behind.
class FileStore extends Store {
  async open() {
    try {
      if (!this.key && !fs.existsSync(this.where + ".key")) {
        fs.writeFileSync(this.where + ".key", randomBytes(32).toString("hex"), { mode: 0o600, flag: "wx" });
      }
    } catch (error) {
      if (error.code !== "EEXIST") throw this.fault(error);
    }
    try {
      this.key ||= fs.readFileSync(this.where + ".key", "utf8");
    } catch (error) {
      throw this.fault(error);
    }
    await this.change([], () => {}); // that it can be written is seen before anything is sent
    return this;
  }

  fault(error) {
    return new Fault(`cannot use the challenges ${this.where}: ${error.code ?? error.name}`);
  }

  // The records of these names, to be changed; other programs wait meanwhile.
  async change(names, work) {
    const lock = this.where + ".lock";
    for (let tries = 0; ; tries++) {
      try {
        fs.writeFileSync(lock, String(process.pid), { mode: 0o600, flag: "wx" });
        break;
      } catch (error) {
        if (error.code !== "EEXIST") throw this.fault(error);
        if (tries > 6000) throw new Fault(`${lock} is held by another program; if none runs, remove it`);
        await sleep(20);
      }
    }
    const next = `${this.where}.${process.pid}`;
    try {
      const records = fs.existsSync(this.where) ? JSON.parse(fs.readFileSync(this.where, "utf8")) : {};
      for (const name of names) records[name] ??= {};
      for (const record of Object.values(records)) whole(record, this.now);
      const result = work(names.map((name) => records[name]));
      const left = Object.fromEntries(Object.entries(records).filter(([, record]) => stale(record)));
      fs.writeFileSync(next, JSON.stringify(left), { mode: 0o600, flush: true });
      fs.renameSync(next, this.where);
      return result;
    } catch (error) {
      throw error instanceof Fault ? error : this.fault(error);
    } finally {
      fs.rmSync(next, { force: true });
      fs.rmSync(lock, { force: true });
    }
  }
}

// A table, for any number of servers. A row is locked for as long as it takes to count, never while a vendor is asked.
class PostgresStore extends Store {
  async open() {
    if (this.key.length < 32) throw new Fault("set OTP_CHALLENGES_KEY to 32 or more random characters, the same on every server");
    await this.change([], () => {});
    return this;
  }

  change(names, work) {
    return postgres(this.where, "use the challenges (table otp_challenges)", async (database) => {
      await database.query("BEGIN"); // without a COMMIT, the end of the connection takes everything back
      for (const name of [...names].sort()) { // in one order, so that no two wait for each other
        await database.query("INSERT INTO otp_challenges VALUES ($1, '{}', 0) ON CONFLICT DO NOTHING", [name]);
      }
      const { rows } = await database.query("SELECT name, record FROM otp_challenges WHERE name = ANY($1) ORDER BY name FOR UPDATE", [names]);
      const records = names.map((name) => whole(rows.find((row) => row.name === name).record, this.now));
      const result = work(records);
      // What has become stale meanwhile goes as well, a few rows at a time.
      const old = await database.query(
        "SELECT name, record FROM otp_challenges WHERE stale <= $1 AND name <> ALL($2) LIMIT 100 FOR UPDATE SKIP LOCKED", [this.now, names]);
      const changed = names.map((name, i) => [name, records[i]]).concat(old.rows.map((row) => [row.name, whole(row.record, this.now)]));
      for (const [name, record] of changed) {
        if (stale(record)) await database.query("UPDATE otp_challenges SET record = $1, stale = $2 WHERE name = $3", [JSON.stringify(record), stale(record), name]);
        else await database.query("DELETE FROM otp_challenges WHERE name = $1", [name]);
      }
      await database.query("COMMIT");
      return result;
    });
  }
}

// A record with every key, without what is over. Credentials go when their challenge expires.
function whole(record, now) {
  for (const key of ["sends", "wrong"]) record[key] = (record[key] ?? []).filter((at) => at > now - DAY);
  record.used = Object.fromEntries(Object.entries(record.used ?? {}).filter(([, until]) => until > now));
  record.serial ??= 0; // counts the sends, so that a late answer does not replace a newer challenge
  record.sending ??= 0; // the send whose outcome is not known yet, or never was
  record.challenge ??= null;
  if (record.challenge && record.challenge.expires_at <= now) {
    const kept = Object.fromEntries(Object.entries(record.challenge.kept).filter(([, entry]) => !entry.mac));
    Object.assign(record.challenge, { kept, code: "", ip: "" });
    if (record.challenge.expires_at <= now - DAY) record.challenge = null;
  }
  return record;
}

// When something of a record is over next, in Unix seconds; 0: nothing is left.
function stale(record) {
  const ends = [...record.sends.slice(0, 1), ...record.wrong.slice(0, 1)].map((at) => at + DAY).concat(Object.values(record.used));
  const challenge = record.challenge;
  if (challenge) {
    const secret = challenge.code || challenge.ip || Object.values(challenge.kept).some((entry) => entry.mac);
    ends.push(challenge.expires_at + (secret ? 0 : DAY));
  }
  return ends.length ? Math.min(...ends) : 0;
}
