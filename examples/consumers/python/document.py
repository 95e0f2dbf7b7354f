"""The profile document: read from the catalog, and refused where its contract does not hold."""
import contextlib
import json
import pathlib
import re
import sqlite3
import sys

CALLS = ("send", "verify", "extend", "status")
DUTIES = {
    "make_code", "verify_code", "validity", "max_wrong_attempts", "bind_phone", "single_use",
    "bind_recipient_ip", "allowed_countries", "send_limits",
}
# ${VARIABLE}, {{name}} or {{name:number}}.
PLACEHOLDER = re.compile(r"\$\{([^}]*)\}|\{\{([A-Za-z0-9_]+)(:number)?\}\}")


class Fault(Exception):
    """What the operator has to repair. The text never quotes a secret, a query or an answer."""


def load(catalog, profile):
    """Read the document of a profile from a SQLite catalog that is opened read-only."""
    if catalog.startswith(("postgres:", "postgresql:")):  # not quoted: it may hold a password
        raise Fault("this program reads SQLite catalogs only; the one in Go reads PostgreSQL, too")
    uri = pathlib.Path(catalog).resolve().as_uri() + "?mode=ro"
    query = "SELECT document, up_to_date FROM otp_profile_documents WHERE name = ?"
    try:
        with contextlib.closing(sqlite3.connect(uri, uri=True)) as database:
            row = database.execute(query, (profile,)).fetchone()
    except sqlite3.Error as error:
        raise Fault(f"cannot read the catalog {catalog}: {error}") from None
    if row is None:
        raise Fault(f"the catalog {catalog} has no profile {profile}")
    if not row[1]:
        print(f"profile {profile}: the document is not up to date", file=sys.stderr)
    try:
        document = json.loads(row[0])
        need(document["schema_version"] == 1, "this program reads schema_version 1 only")
        need(document["profile"] == profile, "it belongs to another profile")
        for number, route in enumerate(document["routes"]):
            check(f"route {number}", route)
    except Fault as fault:
        raise Fault(f"the document of profile {profile} is refused: {fault}") from None
    except (KeyError, TypeError, AttributeError, ValueError):
        raise Fault(f"the document of profile {profile} is refused: it is not well formed") from None
    return document


def need(condition, otherwise):
    if not condition:
        raise Fault(otherwise)


def check(at, route):
    """Refuse what this program does not know: to ignore a duty is insecure."""
    duties = set(route["application_must_enforce"])
    need(re.fullmatch("[a-z0-9]+", route["vendor"]), f"{at} has no vendor")
    need(duties <= DUTIES, f"{at} has a duty that this program does not know")
    need(route["send"] and (route["verify"] or "verify_code" in duties), f"{at} cannot send or verify")
    for verb in CALLS:
        if route[verb]:
            check_call(f"{at}, {verb}", route["vendor"].upper(), route[verb])


def check_call(at, vendor, call):
    variable = f"OTP_{vendor}(_[A-Z0-9_]+)?_"  # the vendor's own, of any account
    # A path has to follow the variable, so that nothing can be added to the host name.
    need(re.fullmatch(r"\$\{" + variable + r"BASE_URL\}/[A-Za-z0-9._~/-]+", call["url"]),
         f"{at}: url is not a base URL of this vendor and a path")
    need(call["encoding"] in ("json", "multipart", "form", "query"), f"{at}: encoding")
    for name in call.get("headers") or {}:
        own = name.lower() in ("host", "content-length", "transfer-encoding")
        need(re.fullmatch("[A-Za-z0-9-]+", name) and not own, f"{at}: header {name}")
    for template in templates(call):
        need("${" not in PLACEHOLDER.sub(".", template), f"{at}: variable without end")
        for match in PLACEHOLDER.finditer(template):
            known = match[1] is None or re.fullmatch(variable + "(SECRET|API_KEY|API_LOGIN)", match[1])
            need(known, f"{at}: variable {match[1]} is not one of this vendor")
            text = match[2] in ("code", "phone_e164", "phone_digits") or match[0] != template
            need(not (match[3] and text), f"{at}: {match[2]} cannot be a number")


def templates(call, omitted=()):
    """All texts of a call that are filled in."""
    found = list((call.get("headers") or {}).values())
    for fields in [call["fields"], call.get("resend") or {}, *(call.get("by_locale") or {}).values()]:
        found += [value for name, value in fields.items() if isinstance(value, str) and name not in omitted]
    return found


def uses(call, name, may_omit=False):
    """Whether a call uses a kept value; with may_omit, whether it cannot be made without."""
    if call is None:
        return False
    filled = templates(call, (call.get("omit_if_missing") or []) if may_omit else [])
    used = {match[2] for template in filled for match in PLACEHOLDER.finditer(template)}
    return name in used or name in (call.get("expect") or {})
