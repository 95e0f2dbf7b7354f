# SPDX-License-Identifier: MPL-2.0
"""What an application does with a document: send, verify, extend, status, and its own duties."""
import ipaddress
import re
import secrets
import string
import unicodedata

from call import Unfilled, at, perform
from challenges import DAY
from document import Fault, tell, uses

ALPHABETS = {"digits": string.digits, "upper_case": string.ascii_uppercase,
             "lower_case": string.ascii_lowercase, "special_characters": string.punctuation.replace("-", "")}


def alphabet(policy):
    return "".join(characters for kind, characters in ALPHABETS.items() if policy[kind])


def normalise(typed, policy):
    """The code a person typed, as it was sent; None where it cannot be one."""
    code = ""
    for char in typed:
        if not char.isspace() and unicodedata.category(char) not in ("Zs", "Pd"):  # spaces and hyphens
            code += str(unicodedata.decimal(char, char))
    return code if len(code) == policy["length"] and set(code) <= set(alphabet(policy)) else None


def country_of(prefixes, phone):
    digits = phone[1:]
    for length in range(len(digits), 0, -1):
        if digits[:length] in (prefixes or {}):
            return prefixes[digits[:length]]
    return None


def network(ip):
    """What an address counts by: an IPv6 address by its first 64 bits, because whoever has one has all of those."""
    return str(ipaddress.ip_network(ip + "/64", strict=False)) if ":" in ip else ip


def wait_for(limits, records, now):
    """Seconds until another code may be sent."""
    phone, everybody, *address = (record["sends"] for record in records)
    waits = [0] + [sent + limits["resend_after_seconds"] - now for sent in phone[-1:]]
    bounds = [(phone, 3600, "per_phone_hour"), (phone, DAY, "per_phone_day"), (everybody, 3600, "per_profile_hour")]
    for sends, span, limit in bounds + [(sends, 3600, "per_ip_hour") for sends in address]:
        recent, most = [sent for sent in sends if sent > now - span], limits[limit]
        if most is not None and len(recent) >= most:
            waits.append(recent[-most] + span - now)
    return max(waits)


def named(number, route, outcome, **more):
    return {"outcome": outcome, "route": number, "vendor": route["vendor"], "channel": route["channel"], **more}


def recipient(phone, ip):
    return {"phone_e164": phone, "phone_digits": phone[1:], "recipient_ip": ip}


def whose(document, store, phone, ip=None):
    """The names of the records: the phone's, the profile's, and that of the address where it is known."""
    profile = document["profile"]
    return [store.name(profile, "phone", phone), store.name(profile), *([store.name(profile, "ip", network(ip))] if ip else [])]


def send(document, store, phone, args):
    allowed, country = document["allowed_countries"], country_of(document["country_prefixes"], phone)
    routes = [(number, route) for number, route in enumerate(document["routes"])
              if args.route in (None, number) and not route["skipped"] and (route["countries"] is None or country in route["countries"])]
    if not routes or allowed is not None and country not in allowed:
        return {"outcome": "not_allowed"}
    names = whose(document, store, phone, args.ip)
    with store.change(*names) as records:
        wait = wait_for(document["limits"], records, store.now)
        if wait > 0:
            return {"outcome": "limited", "retry_after_seconds": wait}
        for record in records:  # before the call: a send that cannot be counted must not happen
            record["sends"].append(store.now)
        mine = records[0]
        last = mine["challenge"]["number"] if mine["challenge"] else -1
        mine["serial"] += 1
        mine["sending"] = serial = mine["serial"]
    if args.resend and document["resend_route"] == "next":
        routes.sort(key=lambda pair: pair[0] <= last)  # stable: those behind the last come first
    result, challenge, refused = {"outcome": "stop"}, None, []
    try:
        for number, route in routes:
            result, challenge = send_by(document, store, phone, args, number, route)
            if result["outcome"] != "next_route":
                break
            tell("route {route} {vendor} {channel}: next_route, {answer}".format(**result))
            refused.append(result)
            result = {"outcome": "next_route"}
    finally:
        with store.change(*names) as records:
            settle(records, store.now, result["outcome"], challenge, serial)
    return {**result, "refused": refused} if refused else result


def settle(records, now, outcome, challenge, serial):
    """Remember what came of a send, unless a newer one was quicker."""
    mine = records[0]
    if outcome in ("next_route", "stop", "already_active"):  # nothing was sent
        for record in records:
            if now in record["sends"]:
                record["sends"].remove(now)
    if mine["sending"] == serial:
        mine["sending"] = 0
    old = mine["challenge"]
    alive = old and old["expires_at"] > now
    newer = old and old["serial"] > serial
    if not newer and (outcome in ("ok", "pending", "unknown") or outcome == "already_active" and not alive):
        mine["challenge"] = {**challenge, "serial": serial}


def send_by(document, store, phone, args, number, route):
    """Send through one route. Returns the result, and the challenge where there is one."""
    call, duties, code = route["send"], route["application_must_enforce"], None
    values = recipient(phone, args.ip)
    if "bind_recipient_ip" in duties and not args.ip:
        raise Fault(f"route {number} binds the code to the address of the recipient: give --ip")
    if "make_code" in duties:
        code = "".join(secrets.choice(alphabet(document["code"])) for _ in range(document["code"]["length"]))
        values["code"] = code
    rule, answer, note = perform(route["vendor"], call, values, args.locale, args.resend)
    outcome, kept = rule["outcome"], {}
    if outcome in ("ok", "pending"):
        for name, pointer in call.get("keep", {}).items():
            entry = store.keep(phone, name, at(answer, pointer))
            if entry:
                kept[name] = entry
            elif any(uses(route[verb], name, may_omit=True) for verb in ("verify", "extend", "status")):
                outcome = "unknown"
    # With its route and code policy: the document may change before the code is typed.
    challenge = {
        "number": number, "route": route, "policy": document["code"], "outcome": outcome, "kept": kept,
        "expires_at": store.now + document["validity_seconds"],
        "code": store.mac(phone, "code", code) if code and outcome != "already_active" else "",
        "ip": store.mac(phone, "ip", args.ip) if args.ip else ""}
    return named(number, route, outcome, answer=note), challenge


def latest(document, store, phone):
    """The challenge of a phone; None where there is none, or where another send is under way or was cut off."""
    with store.change(whose(document, store, phone)[0]) as (record,):
        return None if record["sending"] else record["challenge"]


def follow(phone, challenge, verb, **more):
    """A later call of the route that sent the code, with what was kept of its answer."""
    route, number, kept = challenge["route"], challenge["number"], challenge["kept"]
    values = {name: entry["value"] for name, entry in kept.items() if "value" in entry}
    try:
        rule, answer, note = perform(route["vendor"], route[verb], {**values, **recipient(phone, None), **more})
    except Unfilled as unfilled:
        if unfilled.name in route["send"].get("keep", {}):
            return named(number, route, "not_found")  # nothing was kept to ask with
        raise
    left = at(answer, rule["remaining"]) if "remaining" in rule else None
    # A later call has no other route to go to.
    outcome = "unknown" if rule["outcome"] == "next_route" else rule["outcome"]
    return named(number, route, outcome, answer=note, **({"remaining": left} if type(left) is int else {}))


def verify(document, store, phone, args):
    name, most = whose(document, store, phone)[0], document["max_wrong_attempts"]
    with store.change(name) as (record,):
        challenge = None if record["sending"] else record["challenge"]
        if not challenge:
            return {"outcome": "not_found"}
        code = normalise(args.values[0], challenge["policy"])
        result = judge(store, record, challenge, phone, code, args.ip, most)
        # Before the call: of codes that race, no more count than may be tried.
        record["wrong"].append(store.now)
        if result:
            tried(record, store, phone, code, challenge, result, most)
            return result
    result = {"outcome": "stop"}
    try:
        result = follow(phone, challenge, "verify", code=code, recipient_ip=args.ip)
    finally:
        with store.change(name) as (record,):
            tried(record, store, phone, code, challenge, result, most)
    return result


def tried(record, store, phone, code, challenge, result, most):
    """Count what came of a code, which counted as wrong until now."""
    if result["outcome"] == "wrong_code":
        if "max_wrong_attempts" in challenge["route"]["application_must_enforce"]:
            result.setdefault("remaining", max(0, most - len(record["wrong"])))
    elif result["outcome"] == "ok":
        used = store.mac(phone, "code", code)
        if used in record["used"]:  # somebody was quicker, and a code counts once
            result.update(outcome="wrong_code")
            return
        record["wrong"] = []
        record["used"][used] = challenge["expires_at"]
        if record["challenge"] and record["challenge"]["serial"] == challenge["serial"]:
            record["challenge"] = None
    elif store.now in record["wrong"]:
        record["wrong"].remove(store.now)


def judge(store, record, challenge, phone, code, ip, most):
    """The duties of the application, then what the document expects; None where the vendor has to be asked."""
    route, number, kept = challenge["route"], challenge["number"], challenge["kept"]
    call, duties = route["verify"], route["application_must_enforce"]
    if "max_wrong_attempts" in duties and len(record["wrong"]) >= most:
        return named(number, route, "too_many_attempts")
    if "validity" in duties and challenge["expires_at"] <= store.now:
        return named(number, route, "expired")
    if code is None:
        return named(number, route, "wrong_code")
    typed = store.mac(phone, "code", code)
    if "single_use" in duties and typed in record["used"]:
        return named(number, route, "wrong_code")
    address = store.mac(phone, "ip", ip or "")
    if "bind_recipient_ip" in duties and not secrets.compare_digest(challenge["ip"], address):
        return named(number, route, "wrong_code")
    if "verify_code" in duties and not challenge["code"]:
        return named(number, route, "not_found")
    if "verify_code" in duties and not secrets.compare_digest(challenge["code"], typed):
        return named(number, route, "wrong_code")
    if call is None:
        return named(number, route, "ok")
    values = {**recipient(phone, ip), "code": code}
    for name, placeholder in call.get("expect", {}).items():
        if name not in kept:
            return named(number, route, "not_found")
        if not store.matches(phone, name, kept[name], values.get(placeholder) or "", challenge["policy"]["length"]):
            return named(number, route, "wrong_code")
    # Found by phone alone, a code might be another profile's: not after an ok without its token.
    lost = any(uses(call, name) for name in route["send"].get("keep", {}) if name not in kept)
    if lost and challenge["outcome"] not in ("unknown", "already_active"):
        return named(number, route, "not_found")
    return None


def extend(document, store, phone, args):
    if not re.fullmatch("[1-9][0-9]{0,8}", args.values[0]):
        raise Fault("SECONDS must be a whole number above 0")
    challenge = latest(document, store, phone)
    if not challenge:
        return {"outcome": "not_found"}
    if challenge["route"]["extend"] is None:
        return named(challenge["number"], challenge["route"], "stop")
    result = follow(phone, challenge, "extend", duration_seconds=args.values[0])
    if result["outcome"] == "ok":
        with store.change(whose(document, store, phone)[0]) as (record,):
            if record["challenge"] and record["challenge"]["serial"] == challenge["serial"]:
                record["challenge"]["expires_at"] += int(args.values[0])
    return result


def status(document, store, phone, args):
    challenge = latest(document, store, phone)
    if not challenge:
        return {"outcome": "not_found"}
    if challenge["route"]["status"] is None:
        return named(challenge["number"], challenge["route"], "unavailable")
    return follow(phone, challenge, "status")
