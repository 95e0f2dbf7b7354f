# SPDX-License-Identifier: MPL-2.0
"""The profile document: read from where it is, and refused where its contract does not hold."""
import contextlib
import json
import pathlib
import re
import sqlite3
import sys
from urllib.parse import parse_qsl, urlencode

VERBS = {
    "send": {"ok", "pending", "already_active", "next_route", "unknown", "stop"},
    "verify": {"ok", "wrong_code", "expired", "not_found", "too_many_attempts", "stop", "unknown"},
    "extend": {"ok", "not_found", "stop", "unknown"},
    "status": {"delivered", "pending", "failed", "not_found", "unavailable", "unknown"},
}
DUTIES = {
    "make_code", "verify_code", "validity", "max_wrong_attempts", "bind_phone", "single_use",
    "bind_recipient_ip", "allowed_countries", "send_limits",
}
RECIPIENT = {"phone_e164", "phone_digits", "recipient_ip"}
TAKEN = RECIPIENT | {"text", "code", "duration_seconds"}
# Headers that say where a request goes and where it ends.
OWN_HEADERS = {"host", "content-length", "content-type", "transfer-encoding", "connection", "keep-alive", "te", "trailer",
               "upgrade", "expect"}
SEGMENT = r"[A-Za-z0-9._~-]*[A-Za-z0-9_~-][A-Za-z0-9._~-]*"  # of a path, and not only dots
# ${VARIABLE}, {{name}} or {{name:number}}. Other braces are the vendor's own.
PLACEHOLDER = re.compile(r"\$\{([^}]*)\}|\{\{([a-z][a-z0-9_]*)(:number)?\}\}")
POINTER = re.compile(r"(/([^~/]|~[01])*)+")


class Fault(Exception):
    """What the operator has to repair. The text never quotes a secret, a query or an answer."""


def tell(text):
    print(text, file=sys.stderr)


def load(args):
    """Read the document of a profile from a file, or from the view of a catalog."""
    name, text = args.profile, None
    if args.document:
        try:
            text = pathlib.Path(args.document).read_text(encoding="utf-8")
        except (OSError, ValueError) as error:
            raise Fault(f"cannot read the document {args.document}: {type(error).__name__}") from None
    else:
        read = from_postgres if re.match("postgres(ql)?:", args.catalog) else from_sqlite
        row = read(args.catalog, name)
        if row is None:
            raise Fault(f"the catalog has no profile {name}")
        text, up_to_date = row
        if not up_to_date:
            tell(f"profile {name}: the document is not up to date")
    try:
        document = json.loads(text)
        check(document, name)
    except Fault as fault:
        raise Fault(f"the document of profile {name} is refused: {fault}") from None
    except (KeyError, TypeError, AttributeError, ValueError, RecursionError):
        raise Fault(f"the document of profile {name} is refused: it is not well formed") from None
    return document


QUERY = "SELECT document, up_to_date FROM otp_profile_documents WHERE name = "


def from_sqlite(path, name):
    """Open it to read: read-write where it may be, because only then can the journal that a killed writer left be
    rolled back; query_only keeps this program from writing."""
    uri = pathlib.Path(path).resolve().as_uri()
    error = None
    for mode in ("rw", "ro"):
        try:
            with contextlib.closing(sqlite3.connect(f"{uri}?mode={mode}", uri=True, timeout=10)) as database:
                database.execute("PRAGMA query_only = ON")
                return database.execute(QUERY + "?", (name,)).fetchone()
        except sqlite3.Error as failed:
            error = error or failed if mode == "rw" else failed
    hint = ""
    if pathlib.Path(path + "-journal").exists():
        hint = ("; the journal of a writer that was killed lies beside it, and only a program that may write the file and its folder "
                "can roll it back: run `terraform plan`, or give this program that right")
    raise Fault(f"cannot read the catalog {path}: {error}{hint}")


def from_postgres(url, name):
    with postgres(url, "read the catalog") as database:
        return database.execute(QUERY + "%s", (name,)).fetchone()


@contextlib.contextmanager
def postgres(url, purpose):
    """One transaction. search_path may be in the URL, which libpq does not know."""
    try:
        import psycopg  # the only module that is not of the standard library
    except ImportError:
        raise Fault(f"to {purpose} in PostgreSQL, the module psycopg is needed: pip install 'psycopg[binary]'") from None
    base, _, query = url.partition("?")
    parameters = parse_qsl(query)
    path = dict(parameters).get("search_path")
    url = base + "?" + urlencode([pair for pair in parameters if pair[0] != "search_path"])
    try:
        with psycopg.connect(url, **({"options": f"-c search_path={path}"} if path else {})) as database:
            yield database
    except psycopg.Error as error:  # its text may quote the URL, and with it a password
        raise Fault(f"cannot {purpose} in PostgreSQL: {type(error).__name__}") from None


def need(condition, otherwise):
    if not condition:
        raise Fault(otherwise)


def whole(value, least, most=2**31 - 1):
    return type(value) is int and least <= value <= most


def names(value):
    return isinstance(value, list) and value and all(isinstance(name, str) and name for name in value)


def countries(value):
    return value is None or names(value) and all(re.fullmatch("[A-Z]{2}", country) for country in value)


def check(document, name):
    """Refuse what does not keep the contract, before anything is sent. Keys that this program does not know are ignored,
    unless the document requires them."""
    need(type(document["schema_version"]) is int and document["schema_version"] == 1, "this program reads schema_version 1 only")
    need("requires" not in document, "it requires what this program does not know")
    need(document["profile"] == name and re.fullmatch("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", name), "it belongs to another profile")
    code, limits, prefixes = document["code"], document["limits"], document["country_prefixes"]
    kinds = [code[kind] for kind in ("digits", "upper_case", "lower_case", "special_characters")]
    need(whole(code["length"], 3, 32) and all(type(kind) is bool for kind in kinds) and any(kinds), "its code policy allows no code")
    need(isinstance(document["brand"], str) and whole(document["validity_seconds"], 1), "brand, or validity_seconds")
    need(whole(document["max_wrong_attempts"], 1, 100), "max_wrong_attempts")
    for limit, least in (("resend_after_seconds", 0), ("per_phone_hour", 1), ("per_phone_day", 1), ("per_ip_hour", 1), ("per_profile_hour", 1)):
        none = limits[limit] is None and limit in ("per_ip_hour", "per_profile_hour")
        need(none or whole(limits[limit], least), f"limits.{limit}")
    need(countries(document["allowed_countries"]), "allowed_countries")
    need(prefixes is None or all(re.fullmatch("[1-9][0-9]{0,14}", digits) and countries([country]) for digits, country in prefixes.items()),
         "country_prefixes")
    need(document["resend_route"] in ("same", "next"), "resend_route")
    need(isinstance(document["routes"], list) and document["routes"], "it has no route")
    for number, route in enumerate(document["routes"]):
        at = f"route {number}"
        calls = {verb: route[verb] for verb in VERBS if isinstance(route.get(verb), dict)}
        route["skipped"] = any("requires" in call for call in calls.values())
        if route["skipped"]:
            need(all(names(call["requires"]) for call in calls.values() if "requires" in call), f"{at}: requires")
            tell(f"{at}: it requires what this program does not know, and is skipped")
            continue
        need(re.fullmatch("[a-z0-9]+", route["vendor"]) and re.fullmatch("[a-z][a-z0-9_]{0,31}", route["channel"]), f"{at}: vendor, or channel")
        need(countries(route["countries"]), f"{at}: countries")
        need(set(route["application_must_enforce"]) <= DUTIES and isinstance(route["application_must_enforce"], list),
             f"{at} has a duty that this program does not know")  # to ignore one is insecure
        duties = set(route["application_must_enforce"])
        need(all(route[verb] is None or verb in calls for verb in VERBS) and "send" in calls, f"{at} has no send, or a call that is none")
        need("verify" in calls or "verify_code" in duties, f"{at}: nobody verifies its codes")
        need("make_code" in duties or "verify_code" not in duties, f"{at}: verify_code without make_code")
        for verb, call in calls.items():
            check_call(f"{at}, {verb}", route, verb, call)


def check_call(at, route, verb, call):
    vendor, kept = route["vendor"].upper(), route["send"].get("keep", {})
    need(call["method"] in ("GET", "POST", "PUT", "PATCH", "DELETE"), f"{at}: method")
    need(call["encoding"] in ("json", "multipart", "form", "query"), f"{at}: encoding")
    need(whole(call.get("timeout_seconds", 30), 1), f"{at}: timeout_seconds")
    known = set(RECIPIENT)
    known |= {"text"} if call.get("texts") else set()
    known |= {"code"} if verb == "verify" or verb == "send" and "make_code" in route["application_must_enforce"] else set()
    known |= {"duration_seconds"} if verb == "extend" else set()
    known |= set(kept) if verb != "send" else set()

    variable = f"OTP_{vendor}(_[A-Z0-9]([A-Z0-9_]*[A-Z0-9])?)?_"  # the vendor's own, of any account
    # A path has to follow the variable, so that nothing can be added to the host name.
    need(re.fullmatch(r"\$\{" + variable + r"BASE_URL\}(/(" + SEGMENT + r"|\{\{[a-z][a-z0-9_]*\}\}))+", call["url"]),
         f"{at}: url is not a base URL of this vendor and a path")
    headers = call.get("headers", {})
    need(len({header.lower() for header in headers} - OWN_HEADERS) == len(headers), f"{at}: headers")
    for header, template in headers.items():
        need(re.fullmatch("[A-Za-z0-9-]+", header) and not re.search(r"[\x00-\x1f\x7f]", template), f"{at}: header {header}")
    for fields in field_sets(call):
        for field, value in fields.items():
            need(re.fullmatch(r"[A-Za-z0-9_.\[\]-]{1,128}", field), f"{at}: the name of a field")
            need(isinstance(value, str) or call["encoding"] == "json" and plain(value), f"{at}: field {field}")
    for template in templates(call):
        need("${" not in PLACEHOLDER.sub("", template), f"{at}: variable without end")
        for match in PLACEHOLDER.finditer(template):
            own = match[1] is not None and re.fullmatch(variable + "(SECRET|API_KEY|API_LOGIN)", match[1])
            need(own or match[2] in known, f"{at}: nobody fills in {match[1] or match[2]}")
            text = match[2] in ("code", "phone_e164", "phone_digits") or match[0] != template or call["encoding"] != "json"
            need(not (match[3] and (text or template in headers.values())), f"{at}: {match[2]} cannot be a number")
    texts = call.get("texts", {"": ""})
    need("" in texts and all(isinstance(text, str) for text in texts.values()), f"{at}: texts")
    need("omit_if_missing" not in call or names(call["omit_if_missing"]), f"{at}: omit_if_missing")
    for name, pointer in call.get("keep", {}).items():
        need(re.fullmatch("[a-z][a-z0-9_]*", name) and name not in TAKEN and POINTER.fullmatch(pointer), f"{at}: keep {name}")
    for name, against in call.get("expect", {}).items():
        need(verb == "verify" and name in kept and against in known, f"{at}: expect {name}")

    rules = call["outcomes"]
    need(isinstance(rules, list) and rules and rules[-1]["when"] == [], f"{at}: the last outcome has conditions")
    need(verb != "verify" or rules[-1]["outcome"] != "ok", f"{at}: every other answer would let the person in")
    for rule in rules:
        need(rule["outcome"] in VERBS[verb], f"{at}: an outcome that is none of this call")
        need(isinstance(rule["when"], list) and (rule["when"] or rule is rules[-1]), f"{at}: when")
        need("remaining" not in rule or POINTER.fullmatch(rule["remaining"]), f"{at}: remaining")
        for condition in rule["when"]:
            check_condition(at, condition)


def check_condition(at, condition):
    """Exactly one form: what is not understood must not pass for what holds."""
    forms = {"http_status", "in", "prefix", "absent"} & set(condition)
    need(len(forms) == 1 and ("pointer" in condition) != ("http_status" in forms), f"{at}: a condition of no form")
    need("pointer" not in condition or POINTER.fullmatch(condition["pointer"]), f"{at}: pointer")
    statuses, values, prefix = condition.get("http_status", [200]), condition.get("in", [0]), condition.get("prefix", "x")
    need(isinstance(statuses, list) and statuses and all(whole(status, 100, 599) for status in statuses), f"{at}: http_status")
    need(isinstance(values, list) and values and all(type(value) in (str, int, bool) for value in values), f"{at}: in")
    need(isinstance(prefix, str) and prefix and condition.get("absent", True) is True, f"{at}: prefix, or absent")


def plain(value):
    """A value of a JSON field: never null, and no number that not every language can hold."""
    if isinstance(value, dict):
        return all(map(plain, value.values()))
    if isinstance(value, list):
        return all(map(plain, value))
    return isinstance(value, (str, bool)) or whole(value, -2**53 + 1, 2**53 - 1)


def field_sets(call):
    return [call["fields"], call.get("resend", {}), *call.get("by_locale", {}).values()]


def texts_of(value):
    """The strings of a field, at any depth."""
    if isinstance(value, (dict, list)):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from texts_of(inner)
    elif isinstance(value, str):
        yield value


def templates(call, omitted=()):
    """All texts of a call that are filled in."""
    found = [*call.get("headers", {}).values(), call["url"].partition("}")[2]]
    for fields in field_sets(call):
        found += [text for name, value in fields.items() if name not in omitted for text in texts_of(value)]
    return found


def uses(call, name, may_omit=False):
    """Whether a call uses a kept value; with may_omit, whether it cannot be made without."""
    if call is None:
        return False
    filled = templates(call, call.get("omit_if_missing", []) if may_omit else ())
    used = {match[2] for template in filled for match in PLACEHOLDER.finditer(template)}
    return name in used or name in call.get("expect", {})
