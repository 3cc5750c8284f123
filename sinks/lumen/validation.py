"""Checks of a notice by Lumen's limits, and that it names nobody.

Source: notices_controller.rb, notice.rb, entity.rb and schema.rb of berkmancenter/lumendatabase,
2026-06-29. Its columns without a stated limit are held to 255 characters, as its forms are.
"""

import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from sinks.lumen.redaction import REDACTED, redact, redactable

TITLE_LIMIT = 255
BODY_LIMIT = 100_000
ADDRESS_LIMIT = 8_192
TYPES = frozenset(("Trademark", "Counterfeit", "DMCA", "Counternotice", "Other"))
ACTIONS = frozenset(("Yes", "No", "Partial", "Unspecified"))
ROLES = frozenset(
    "principal agent attorney recipient sender submitter target issuing_court plaintiff "
    "defendant".split()
)
ENTITY_KINDS = frozenset(("organization", "individual"))
LANGUAGES = frozenset(
    "af am ar az be bg bn bs ca cs cy da de el en eo es et eu fa fi fil fr ga gl gu hi hr ht hu hy "
    "id is it iw ja ka kk km kn ko ky lt lv la lg lo mg mk ml mn mr ms mt my ne nl no nn or pa pl "
    "pt rm ro ru rw si sk sl sq sr sv sw ta th tl tr uk ur uz vi yi yo zh zu".split()
)
EARLIEST = date(1998, 10, 28)
LIMITS = {
    "type": 32,
    "title": TITLE_LIMIT,
    "subject": 255,
    "body": BODY_LIMIT,
    "date_sent": 10,
    "date_received": 10,
    "source": 255,
    "tag_list": 255,
    "jurisdiction_list": 255,
    "regulation_list": 255,
    "language": 16,
    "action_taken": 16,
    "request_type": 255,
    "mark_registration_number": 255,
}
FIELDS = {
    *LIMITS,
    "counternotice_for_id",
    "works_attributes",
    "entity_notice_roles_attributes",
}
REQUIRED = ("type", "title", "works_attributes", "entity_notice_roles_attributes")
DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
WORK_FIELDS = {
    "description",
    "kind",
    "infringing_urls_attributes",
    "copyrighted_urls_attributes",
}
Errors = list[dict[str, str]]


def validate(notice: Mapping[str, Any], today: date) -> tuple[dict[str, str], ...]:
    """Return every error of a notice, each with `field` and `message`; empty when it may be
    sent.
    """
    errors = [_error(name, "is not a field of a notice") for name in notice.keys() - FIELDS]
    errors += [_error(name, "is required") for name in REQUIRED if not notice.get(name)]
    for name, limit in LIMITS.items():
        if name in notice:
            errors += _text_errors(name, notice[name], limit)
    body = notice.get("body")
    if isinstance(body, str) and redact(body, kept=_told_numbers(notice)) != redactable(body):
        errors.append(_error("body", "holds personal data"))
    for name, codes in (("type", TYPES), ("action_taken", ACTIONS), ("language", LANGUAGES)):
        if name in notice and notice[name] not in codes:
            errors.append(_error(name, "is none of its codes"))
    for name in ("date_sent", "date_received"):
        if name in notice and not _is_date(notice[name], today):
            errors.append(_error(name, f"is no date after {EARLIEST} and before tomorrow"))
    if "mark_registration_number" in notice and notice.get("type") not in (
        "Trademark",
        "Counterfeit",
    ):
        errors.append(_error("mark_registration_number", "belongs to trade marks only"))
    number = notice.get("counternotice_for_id")
    if number is not None and (type(number) is not int or notice.get("type") != "Counternotice"):
        errors.append(_error("counternotice_for_id", "is a number in a counter-notice"))
    errors += _work_errors(notice.get("works_attributes"))
    errors += _role_errors(notice.get("entity_notice_roles_attributes"))
    return tuple(errors)


def _text_errors(name: str, value: Any, limit: int) -> Errors:
    if not isinstance(value, str):
        return [_error(name, "is not a text")]
    errors = []
    if not value.strip():
        errors.append(_error(name, "is blank"))
    if len(value) > limit:
        errors.append(_error(name, f"has more than {limit} characters"))
    if "\0" in value:
        errors.append(_error(name, "has a null character"))
    return errors


def _told_numbers(notice: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the numbers that a notice tells besides its body: its mark's and its listings'."""
    addresses = re.findall(r"[0-9]+", str(notice.get("works_attributes", "")))
    return (*addresses, str(notice.get("mark_registration_number", "")))


def _work_errors(works: Any) -> Errors:
    if not isinstance(works, list):
        return [_error("works_attributes", "is not a list")]
    errors = []
    for place, work in enumerate(works):
        name = f"works_attributes.{place}"
        allowed = {
            "description",
            "kind",
            "infringing_urls_attributes",
            "copyrighted_urls_attributes",
        }
        if not isinstance(work, dict) or work.keys() - allowed:
            errors.append(_error(name, "has unknown fields"))
            continue
        errors += _text_errors(f"{name}.description", work.get("description"), BODY_LIMIT)
        for addresses in ("infringing_urls_attributes", "copyrighted_urls_attributes"):
            for each in work.get(addresses, []):
                if not _is_address(each):
                    errors.append(_error(f"{name}.{addresses}", "is no http or https address"))
    return errors


def _role_errors(roles: Any) -> Errors:
    if not isinstance(roles, list):
        return [_error("entity_notice_roles_attributes", "is not a list")]
    errors = []
    for place, role in enumerate(roles):
        name = f"entity_notice_roles_attributes.{place}"
        entity = role.get("entity_attributes") if isinstance(role, dict) else None
        if not isinstance(entity, dict) or role.get("name") not in ROLES:
            errors.append(_error(name, "is no role with an entity"))
            continue
        if entity.keys() - {"name", "kind", "country_code"}:
            errors.append(_error(name, "tells more than name, kind and country"))
        errors += _text_errors(f"{name}.name", entity.get("name"), 255)
        if entity.get("kind") not in ENTITY_KINDS:
            errors.append(_error(f"{name}.kind", "is none of its codes"))
        if entity.get("kind") == "individual" and entity.get("name") != REDACTED:
            errors.append(_error(f"{name}.name", "names a natural person"))
    return errors


def _is_address(value: Any) -> bool:
    address = value.get("url") if isinstance(value, dict) and value.keys() == {"url"} else None
    return (
        isinstance(address, str)
        and address.startswith(("http://", "https://"))
        and len(address) <= ADDRESS_LIMIT
        and not any(character.isspace() or character == "\0" for character in address)
    )


def _is_date(value: Any, today: date) -> bool:
    if not isinstance(value, str) or not DATE.fullmatch(value):
        return False
    try:
        return EARLIEST < date.fromisoformat(value) < today + timedelta(days=1)
    except ValueError:
        return False


def _error(field: str, message: str) -> dict[str, str]:
    return {"field": field, "message": message}
