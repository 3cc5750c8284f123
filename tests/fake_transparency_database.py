"""The DSA Transparency Database's API as its source of 2026-06-24 has it, on real HTTP.

Written from the server's rules, not from our validator, so that one can be held to the other.
"""

import re
import uuid
from datetime import date

from fake_server import FakeServer

from schemas.statements.law import ECONOMIC_AREA
from sinks.statements import vocabulary as words

EXISTING = re.compile(r"/api/v1/statement/existing-puid/(.+)")
LISTS = {
    "decision_visibility": words.VISIBILITY,
    "category_specification": words.KEYWORDS,
    "category_addition": words.CATEGORIES,
    "content_type": words.CONTENT_TYPES,
    "territorial_scope": ECONOMIC_AREA,
}
CHOICES = {
    "decision_monetary": words.MONETARY,
    "decision_provision": words.PROVISION,
    "decision_account": words.ACCOUNT,
    "account_type": words.ACCOUNT_TYPES,
    "decision_ground": words.GROUNDS,
    "category": words.CATEGORIES,
    "content_language": words.LANGUAGES,
    "source_type": words.SOURCES,
    "automated_detection": words.YES_NO,
    "automated_decision": words.AUTOMATED_DECISIONS,
}
LIMITS = {
    "decision_ground_reference_url": 500,
    "illegal_content_legal_ground": 500,
    "illegal_content_explanation": 2000,
    "incompatible_content_ground": 500,
    "incompatible_content_explanation": 2000,
    "category_specification_other": 500,
    "decision_facts": 5000,
    "source_identity": 500,
    "puid": 500,
}
REQUIRED = (
    "decision_ground", "content_type", "category", "content_date", "application_date",
    "decision_facts", "source_type", "automated_detection", "automated_decision", "puid",
)  # fmt: skip
DECISIONS = ("decision_visibility", "decision_monetary", "decision_provision", "decision_account")
DATES = {
    "content_date": date(2000, 1, 1),
    "application_date": date(2020, 1, 1),
    "end_date_account_restriction": date.min,
    "end_date_monetary_restriction": date.min,
    "end_date_service_restriction": date.min,
    "end_date_visibility_restriction": date.min,
}
NOT_UNIQUE = "The platform identifier(s) are not all unique within this call."


def words_of(name):
    return name.replace("_", " ")


def errors_of(statement):
    """Return errors as Laravel does: messages by field."""
    given = {name: value for name, value in statement.items() if value not in (None, "", [])}
    errors = {}
    for name in needed_of(given):
        if name not in given:
            errors[name] = [f"The {words_of(name)} field is required."]
    for name, value in given.items():
        message = message_of(name, value)
        if message:
            errors[name] = [message]
    return errors


def needed_of(given):
    needed = list(REQUIRED)
    if not any(name in given for name in DECISIONS):
        needed += DECISIONS
    kind = str(given.get("decision_ground", "")).removeprefix("DECISION_GROUND_").lower()
    if kind == "illegal_content":
        needed += ["illegal_content_legal_ground", "illegal_content_explanation"]
    if kind == "incompatible_content":
        needed += ["incompatible_content_ground", "incompatible_content_explanation"]
    if "DECISION_VISIBILITY_OTHER" in str(given.get("decision_visibility")):
        needed.append("decision_visibility_other")
    if "CONTENT_TYPE_OTHER" in str(given.get("content_type")):
        needed.append("content_type_other")
    return needed


def message_of(name, value):
    if name in LISTS and not isinstance(value, list):
        return f"The {words_of(name)} field must be an array."
    if (name in LISTS and set(value) - LISTS[name]) or (
        name in CHOICES and str(value) not in CHOICES[name]
    ):
        return f"The selected {words_of(name)} is invalid."
    if name in LIMITS and len(str(value)) > LIMITS[name]:
        return f"The {words_of(name)} field must not be greater than {LIMITS[name]} characters."
    if name in DATES and not is_date(value, DATES[name]):
        return f"The {words_of(name)} does not match the format YYYY-MM-DD."
    if name == "puid" and not re.fullmatch(r"[a-zA-Z0-9-_]+", str(value)):
        return "The puid format is invalid."
    return ""


def is_date(value, earliest):
    if not isinstance(value, str) or not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        return False
    try:
        return earliest <= date.fromisoformat(value) <= date(2038, 1, 1)
    except ValueError:
        return False


class FakeTransparencyDatabase(FakeServer):
    """Statements by identifier; `held` are identifiers that another call holds."""

    def __init__(self, token="3|secret"):
        super().__init__(token)
        self.statements = {}
        self.held = set()
        self.broken_by = set()
        self.calls = 0

    def is_authorised(self, headers, _body):
        return headers.get("Authorization") == f"Bearer {self.token}"

    def answer(self, method, path, body):
        look_up = EXISTING.fullmatch(path)
        if method == "GET" and look_up:
            found = look_up[1] in self.statements
            message = f"statement of reason {'' if found else 'not '}found"
            location = {"Location": f"{self.address}/somewhere-else"} if found else {}
            return (302 if found else 404), location, {"message": message, "puid": look_up[1]}
        if (method, path) != ("POST", "/api/v1/statements"):
            return 404, {}, {"message": "Not Found"}
        self.calls += 1
        statements = body.get("statements")
        if not isinstance(statements, list) or not 1 <= len(statements) <= 100:
            message = "The statements field must have between 1 and 100 items."
            return 422, {}, {"message": message, "errors": {"statements": [message]}}
        return self._store(statements)

    def _store(self, statements):
        if any(each.get("puid") in self.broken_by for each in statements):
            return 500, {}, {"message": "Server Error"}
        errors = {
            f"statement_{index}": found
            for index, each in enumerate(statements)
            if (found := errors_of(each))
        }
        if errors:
            return 422, {}, {"errors": errors}
        puids = [each["puid"] for each in statements]
        twice = sorted({puid for puid in puids if puids.count(puid) > 1})
        known = twice or [p for p in puids if p in self.held] or [
            puid for puid in puids if puid in self.statements
        ]  # fmt: skip
        if known:
            self.held.clear()
            found = {"puid": [NOT_UNIQUE], "existing_puids": known}
            return 422, {}, {"message": NOT_UNIQUE, "errors": found}
        made = [{**each, "uuid": str(uuid.uuid4())} for each in statements]
        self.statements |= {each["puid"]: each for each in made}
        return 201, {}, {"statements": made}
