"""Checks of a statement of reasons, at least as strict as the Transparency Database's server.

The server's rules are those of StatementStoreRequest.php and GroupedSubmissionsService.php. Beyond
them are refused: fields that it does not know or would drop, repeated codes, blank texts, a missing
territorial scope, an end before the beginning, an end of a restriction that is not imposed, a wrong
check digit, and what looks like personal data (Article 24(5)).
"""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from schemas.statements.law import ECONOMIC_AREA
from sinks.statements import vocabulary as words

TEXT_LIMITS = {
    "decision_visibility_other": 500,
    "decision_monetary_other": 500,
    "decision_ground_reference_url": 500,
    "illegal_content_legal_ground": 500,
    "illegal_content_explanation": 2_000,
    "incompatible_content_ground": 500,
    "incompatible_content_explanation": 2_000,
    "content_type_other": 500,
    "category_specification_other": 500,
    "decision_facts": 5_000,
    "source_identity": 500,
    "puid": 500,
}
CHOICES = {
    "decision_monetary": words.MONETARY,
    "decision_provision": words.PROVISION,
    "decision_account": words.ACCOUNT,
    "account_type": words.ACCOUNT_TYPES,
    "decision_ground": words.GROUNDS,
    "incompatible_content_illegal": words.YES_NO,
    "category": words.CATEGORIES,
    "content_language": words.LANGUAGES,
    "source_type": words.SOURCES,
    "automated_detection": words.YES_NO,
    "automated_decision": words.AUTOMATED_DECISIONS,
}
LISTS = {
    "decision_visibility": words.VISIBILITY,
    "category_specification": words.KEYWORDS,
    "category_addition": words.CATEGORIES,
    "content_type": words.CONTENT_TYPES,
    "territorial_scope": ECONOMIC_AREA,
}
LATEST = date(2038, 1, 1)
EARLIEST = {"content_date": date(2000, 1, 1), "application_date": date(2020, 1, 1)}
END_DATES = {
    "end_date_visibility_restriction": "decision_visibility",
    "end_date_monetary_restriction": "decision_monetary",
    "end_date_service_restriction": "decision_provision",
    "end_date_account_restriction": "decision_account",
}
DECISIONS = tuple(END_DATES.values())
REQUIRED = (
    "decision_ground", "content_type", "category", "territorial_scope", "content_date",
    "application_date", "decision_facts", "source_type", "automated_detection",
    "automated_decision", "puid",
)  # fmt: skip
CONDITIONAL = {
    "decision_visibility_other": ("decision_visibility", "DECISION_VISIBILITY_OTHER"),
    "decision_monetary_other": ("decision_monetary", "DECISION_MONETARY_OTHER"),
    "content_type_other": ("content_type", "CONTENT_TYPE_OTHER"),
    "category_specification_other": ("category_specification", "KEYWORD_OTHER"),
    "illegal_content_legal_ground": ("decision_ground", "DECISION_GROUND_ILLEGAL_CONTENT"),
    "illegal_content_explanation": ("decision_ground", "DECISION_GROUND_ILLEGAL_CONTENT"),
    "incompatible_content_ground": ("decision_ground", "DECISION_GROUND_INCOMPATIBLE_CONTENT"),
    "incompatible_content_explanation": ("decision_ground", "DECISION_GROUND_INCOMPATIBLE_CONTENT"),
}
"""Texts that are needed with a code, and only allowed with it."""
FIELDS = {*TEXT_LIMITS, *CHOICES, *LISTS, *EARLIEST, *END_DATES, "content_id"}
PUID = re.compile(r"[a-zA-Z0-9_-]+")
DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
EAN_13 = re.compile(r"[0-9]{13}")
PERSONAL = {
    "an e-mail address": re.compile(r"[^\s@]{1,64}@[^\s@]{1,255}\.[^\s@]"),
    "a telephone number": re.compile(r"(?<![\w/])(?:\+|00)[0-9][0-9 ()./-]{6,}[0-9]"),
}


class FieldError(NamedTuple):
    """What is wrong with one field."""

    field: str
    message: str


def validate(statement: Mapping[str, Any]) -> tuple[FieldError, ...]:
    """Return every error of a statement, in the order of the checks; empty when it may be sent."""
    given = {name: value for name, value in statement.items() if value is not None}
    errors = [FieldError(name, "is not a field of a statement") for name in given.keys() - FIELDS]
    errors += [FieldError(name, "is required") for name in REQUIRED if name not in given]
    if not any(given.get(name) for name in DECISIONS):
        errors += [FieldError(name, "one of the four decisions is required") for name in DECISIONS]
    for name, value in given.items():
        errors += [FieldError(name, message) for message in _field_errors(name, value)]
    errors += _conditional_errors(given)
    errors += _date_order_errors(given)
    return tuple(errors)


def _field_errors(name: str, value: Any) -> list[str]:
    if name in CHOICES:
        known = isinstance(value, str) and value in CHOICES[name]
        return [] if known else [f"{value!r:.80} is none of its codes"]
    if name in LISTS:
        return _list_errors(value, LISTS[name])
    if name in TEXT_LIMITS:
        return _text_errors(name, value)
    if name in EARLIEST or name in END_DATES:
        return _date_errors(value, EARLIEST.get(name, date.min))
    if name == "content_id":
        return _content_id_errors(value)
    return []


def _list_errors(value: Any, codes: frozenset[str]) -> list[str]:
    if not isinstance(value, list | tuple):
        return ["is not a list"]
    if not value:
        return ["is empty"]
    unknown = [each for each in value if not isinstance(each, str) or each not in codes]
    if unknown:
        return [f"{each!r:.80} is none of its codes" for each in unknown]
    return [] if len(set(value)) == len(value) else ["says a code twice"]


def _text_errors(name: str, value: Any) -> list[str]:
    if not isinstance(value, str):
        return ["is not a text"]
    if not value.strip():
        return ["is blank"]
    errors = []
    if len(value) > TEXT_LIMITS[name]:
        errors.append(f"has {len(value)} characters, of at most {TEXT_LIMITS[name]}")
    if name == "puid":
        if not PUID.fullmatch(value):
            errors.append("has characters other than a-z, A-Z, 0-9, - and _")
        return errors
    if name == "decision_ground_reference_url" and not _is_web_address(value):
        errors.append("is no http or https address")
    if "\0" in value:
        errors.append("has a null character")
    errors += [f"holds {what}" for what, found in PERSONAL.items() if found.search(value)]
    return errors


def _is_web_address(value: str) -> bool:
    try:
        parts = urlsplit(value)
        host = parts.hostname
    except ValueError:
        return False
    blank = any(character.isspace() for character in value)
    return parts.scheme in ("http", "https") and bool(host) and "." in str(host) and not blank


def _as_date(value: Any) -> date | None:
    if not isinstance(value, str) or not DATE.fullmatch(value):
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None


def _date_errors(value: Any, earliest: date) -> list[str]:
    day = _as_date(value)
    if day is None:
        return ["is no date of the form YYYY-MM-DD"]
    if not earliest <= day <= LATEST:
        return [f"is not between {earliest} and {LATEST}"]
    return []


def _content_id_errors(value: Any) -> list[str]:
    if not isinstance(value, Mapping):
        return ["is not an object"]
    errors = [f"{key!r:.80} is no key of it" for key in value if key != "EAN-13"]
    code = value.get("EAN-13")
    if not isinstance(code, str) or not EAN_13.fullmatch(code):
        errors.append("EAN-13 does not have 13 digits")
    elif sum(int(digit) * (1, 3)[place % 2] for place, digit in enumerate(code)) % 10:
        errors.append("EAN-13 has a wrong check digit")
    return errors


def _conditional_errors(given: Mapping[str, Any]) -> list[FieldError]:
    errors = []
    for name, (decider, code) in CONDITIONAL.items():
        value = given.get(decider)
        chosen = code in value if isinstance(value, list | tuple) else value == code
        if chosen and name not in given:
            errors.append(FieldError(name, f"is required with {code}"))
        elif name in given and not chosen:
            errors.append(FieldError(name, f"is only allowed with {code}"))
    if "incompatible_content_illegal" in given and (
        given.get("decision_ground") != "DECISION_GROUND_INCOMPATIBLE_CONTENT"
    ):
        message = "is only allowed with DECISION_GROUND_INCOMPATIBLE_CONTENT"
        errors.append(FieldError("incompatible_content_illegal", message))
    if "source_identity" in given and given.get("source_type") == "SOURCE_VOLUNTARY":
        errors.append(FieldError("source_identity", "is not allowed with SOURCE_VOLUNTARY"))
    additions = given.get("category_addition")
    if isinstance(additions, list | tuple) and given.get("category") in additions:
        errors.append(FieldError("category_addition", "repeats the category"))
    return errors


def _date_order_errors(given: Mapping[str, Any]) -> list[FieldError]:
    errors = []
    begins = _as_date(given.get("application_date"))
    for name, decision in END_DATES.items():
        if name not in given:
            continue
        if decision not in given:
            errors.append(FieldError(name, f"is given without {decision}"))
        ends = _as_date(given[name])
        if begins is not None and ends is not None and ends < begins:
            errors.append(FieldError(name, "is before application_date"))
    return errors
