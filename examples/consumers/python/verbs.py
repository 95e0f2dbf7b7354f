"""What an application does with a document: send, verify, extend, status, and its own duties."""
import re
import secrets
import string
import sys
import unicodedata

from call import Unfilled, at, perform
from challenges import DAY
from document import Fault, uses

ALPHABETS = {"digits": string.digits, "upper_case": string.ascii_uppercase,
             "lower_case": string.ascii_lowercase, "special_characters": string.punctuation.replace("-", "")}


def alphabet(policy):
    return "".join(characters for kind, characters in ALPHABETS.items() if policy[kind])


def normalise(typed, policy):
    """The code a person typed, as it was sent; None where it cannot be one."""
    code = ""
    for char in typed:
        if unicodedata.category(char) not in ("Zs", "Pd"):  # spaces and hyphens
            code += str(unicodedata.decimal(char, char))
    return code if len(code) == policy["length"] and set(code) <= set(alphabet(policy)) else None


def country_of(prefixes, phone):
    digits = phone[1:]
    for length in range(len(digits), 0, -1):
        if digits[:length] in (prefixes or {}):
            return prefixes[digits[:length]]
    return None


def wait_for(limits, sends, now):
    """Seconds until this phone may be sent another code."""
    waits = [0] + [sent + limits["resend_after_seconds"] - now for sent in sends[-1:]]
    for span, most in ((3600, limits["per_phone_hour"]), (DAY, limits["per_phone_day"])):
        recent = [sent for sent in sends if sent > now - span]
        if recent and len(recent) >= most:
            waits.append(recent[-most] + span - now)
    return max(waits)


def named(number, route, outcome, **more):
    return {"outcome": outcome, "route": number, "vendor": route["vendor"], "channel": route["channel"], **more}


def recipient(phone, ip):
    return {"phone_e164": phone, "phone_digits": phone[1:], "recipient_ip": ip}


def send(document, store, phone, args):
    allowed, country = document["allowed_countries"], country_of(document["country_prefixes"], phone)
    routes = [(number, route) for number, route in enumerate(document["routes"])
              if args.route in (None, number) and (route["countries"] is None or country in route["countries"])]
    if not routes or allowed is not None and country not in allowed:
        return {"outcome": "not_allowed"}
    record = store.record(document["profile"], phone)
    wait = wait_for(document["limits"], record["sends"], store.now)
    if wait > 0:
        return {"outcome": "limited", "retry_after_seconds": wait}
    record["sends"].append(store.now)
    store.save()  # before the call: a send that cannot be counted must not happen
    result, refused = {"outcome": "stop"}, []
    try:
        for number, route in routes:
            result = send_by(document, store, record, phone, args, number, route)
            if result["outcome"] != "next_route":
                break
            print("route {route} {vendor} {channel}: next_route, {answer}".format(**result), file=sys.stderr)
            refused.append(result)
            result = {"outcome": "next_route"}
    finally:
        if result["outcome"] in ("next_route", "stop", "already_active"):
            record["sends"].pop()  # nothing was sent
        store.save()
    return {**result, "refused": refused} if refused else result


def send_by(document, store, record, phone, args, number, route):
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
        for name, pointer in (call.get("keep") or {}).items():
            entry = store.keep(phone, name, at(answer, pointer))
            if entry:
                kept[name] = entry
            elif any(uses(route[verb], name, may_omit=True) for verb in ("verify", "extend", "status")):
                outcome = "unknown"
    old = record["challenge"]
    alive = old and old["expires_at"] > store.now
    if outcome in ("ok", "pending", "unknown") or outcome == "already_active" and not alive:
        # With its route and code policy: the document may change before the code is typed.
        record["challenge"] = {
            "number": number, "route": route, "policy": document["code"], "outcome": outcome, "kept": kept,
            "sent_at": store.now, "expires_at": store.now + document["validity_seconds"],
            "code": code and store.mac(phone, "code", code), "ip": args.ip and store.mac(phone, "ip", args.ip)}
    return named(number, route, outcome, answer=note)


def follow(phone, challenge, verb, **more):
    """A later call of the route that sent the code, with what was kept of its answer."""
    route, number, kept = challenge["route"], challenge["number"], challenge["kept"]
    values = {name: entry["value"] for name, entry in kept.items() if "value" in entry}
    try:
        rule, answer, note = perform(route["vendor"], route[verb], {**values, **recipient(phone, None), **more})
    except Unfilled as unfilled:
        if unfilled.name in (route["send"].get("keep") or {}):
            return named(number, route, "not_found")  # nothing was kept to ask with
        raise
    left = at(answer, rule["remaining"]) if "remaining" in rule else None
    # A verification has no other route to go to.
    outcome = "unknown" if rule["outcome"] == "next_route" else rule["outcome"]
    return named(number, route, outcome, answer=note, **({"remaining": left} if type(left) is int else {}))


def verify(document, store, phone, args):
    record = store.record(document["profile"], phone)
    challenge, most = record["challenge"], document["max_wrong_attempts"]
    if not challenge:
        return {"outcome": "not_found"}
    code = normalise(args.values[0], challenge["policy"])
    result = judge(store, record, phone, code, args.ip, most)
    if result["outcome"] == "wrong_code":
        record["wrong"].append(store.now)
        if "max_wrong_attempts" in challenge["route"]["application_must_enforce"]:
            result.setdefault("remaining", max(0, most - len(record["wrong"])))
    elif result["outcome"] == "ok":
        record["used"][store.mac(phone, "code", code)] = challenge["expires_at"]
        record.update(challenge=None, wrong=[])
    store.save()
    return result


def judge(store, record, phone, code, ip, most):
    """The duties of the application, then what the document expects, then the vendor."""
    challenge, wrong = record["challenge"], record["wrong"]
    route, number, kept = challenge["route"], challenge["number"], challenge["kept"]
    call, duties = route["verify"], route["application_must_enforce"]
    if "max_wrong_attempts" in duties and len(wrong) >= most:
        return named(number, route, "too_many_attempts")
    if "validity" in duties and challenge["expires_at"] <= store.now:
        return named(number, route, "expired")
    if code is None:
        return named(number, route, "wrong_code")
    typed = store.mac(phone, "code", code)
    if "single_use" in duties and typed in record["used"]:
        return named(number, route, "wrong_code")
    address = store.mac(phone, "ip", ip or "")
    if "bind_recipient_ip" in duties and not secrets.compare_digest(challenge["ip"] or "", address):
        return named(number, route, "wrong_code")
    if "verify_code" in duties and not challenge["code"]:
        return named(number, route, "not_found")
    if "verify_code" in duties and not secrets.compare_digest(challenge["code"], typed):
        return named(number, route, "wrong_code")
    if call is None:
        return named(number, route, "ok")
    values = {"code": code, "recipient_ip": ip}
    for name, placeholder in (call.get("expect") or {}).items():
        if name not in kept:
            return named(number, route, "not_found")
        if not store.matches(phone, name, kept[name], values.get(placeholder) or "", challenge["policy"]["length"]):
            return named(number, route, "wrong_code")
    # Found by phone alone, a code might be another profile's: not after an ok without its token.
    lost = any(uses(call, name) for name in route["send"].get("keep") or {} if name not in kept)
    if lost and challenge["outcome"] not in ("unknown", "already_active"):
        return named(number, route, "not_found")
    return follow(phone, challenge, "verify", **values)


def extend(document, store, phone, args):
    challenge = store.record(document["profile"], phone)["challenge"]
    if not re.fullmatch("[1-9][0-9]{0,8}", args.values[0]):
        raise Fault("SECONDS must be a whole number above 0")
    if not challenge:
        return {"outcome": "not_found"}
    if challenge["route"]["extend"] is None:
        return named(challenge["number"], challenge["route"], "stop")
    result = follow(phone, challenge, "extend", duration_seconds=args.values[0])
    if result["outcome"] == "ok":
        challenge["expires_at"] += int(args.values[0])
        store.save()
    return result


def status(document, store, phone, args):
    challenge = store.record(document["profile"], phone)["challenge"]
    if not challenge:
        return {"outcome": "not_found"}
    if challenge["route"]["status"] is None:
        return named(challenge["number"], challenge["route"], "unavailable")
    return follow(phone, challenge, "status")
