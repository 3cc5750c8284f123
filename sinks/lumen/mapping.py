"""Notices made of complaints and what became of them, and counter-notices (Lumen's POST /notices).

Parties go in by name only where the operator names them as organisations; all others are redacted.
docs/transparency.md says what is mapped to what.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, NamedTuple

from schemas.events.complaints import ComplaintFiled
from schemas.events.counter_notices import CounterNoticeFiled
from schemas.events.decisions import ComplaintDecided
from schemas.events.takedowns import RestrictListing, TakeDownListing
from schemas.privacy import personal_values
from schemas.rights import rights_by_ground
from sinks.lumen.redaction import REDACTED, redact
from sinks.lumen.texts import ENGLISH, Text, allegation, body
from sinks.lumen.validation import LANGUAGES, TITLE_LIMIT

TYPES = {
    "counterfeit": "Counterfeit",
    "trademark_infringement": "Trademark",
    "keyword_misuse": "Trademark",
    "copyright_infringement": "DMCA",
    "parallel_import": "Trademark",
}
"""Lumen's type by the complaint's ground; Other for any other."""

REASONS = {
    "owner": "The seller says that the right is its own.",
    "authorized": "The seller says that it is authorised.",
    "no_right": "The seller says that there is no such right.",
    "fair_use": "The seller says that the use is fair.",
    "removed": "The seller says that it took the material away.",
    "not_used": "The seller says that the right is not used in the listing.",
    "other": "The seller objects for another reason.",
}
ACTIONS = {"take_down": "Yes", "decline": "No"}
MAXIMUM_MARK_CHARACTERS = 500


class Organisation(NamedTuple):
    """A party that is no natural person, as the operator names it."""

    name: str
    country_code: str = ""


class LumenSettings(NamedTuple):
    """What the operator says: its marketplaces, organisations by party id, addresses of listings
    by marketplace with `{listing_id}` in them, and whether redacted statements are told."""

    marketplaces: Mapping[str, Organisation] = {}
    organisations: Mapping[str, Organisation] = {}
    listing_addresses: Mapping[str, str] = {}
    with_statements: bool = False


def case_key(case_id: str) -> str:
    """Return a short name of a case that any database can hold."""
    return sha256(case_id.encode()).hexdigest()[:40]


def filed_part(event: ComplaintFiled, settings: LumenSettings) -> dict[str, Any]:
    """Return what of a complaint may be kept: without signature, contact and personal data."""
    names = personal_values(event, "name", "contact")
    kept = (event.listing_id, event.trademark_number)
    return {
        "listing_id": event.listing_id,
        "marketplace": event.marketplace,
        "complainant_id": event.complainant_id,
        "rights_holder_id": event.rights_holder_id,
        "ground": event.ground,
        "territory": event.territory,
        "number": f"{event.trademark_office} {event.trademark_number}".strip(),
        "statement": redact(event.statement, names, kept) if settings.with_statements else "",
        "language": event.language,
        "filed_at_milliseconds": event.filed_at_milliseconds,
    }


def decided_part(event: ComplaintDecided) -> dict[str, Any] | None:
    """Return what of a decision is told; None of one that ends no complaint by its merits."""
    if not event.closes_case or event.outcome not in ACTIONS:
        return None
    return {
        "outcome": event.outcome,
        "received_at_milliseconds": event.received_at_milliseconds,
        "commanded": event.command_id is not None,
        "territories": list(event.restricted_territories),
    }


def removed_part(event: TakeDownListing | RestrictListing) -> dict[str, Any]:
    """Return what of a takedown is told: the listing's address and the mark's words."""
    return {"url": event.url, "mark_text": event.mark_text or ""}


def _kind_of_work(ground: str) -> str:
    profile = rights_by_ground().get(ground)  # type: ignore[call-overload]
    if profile is None:
        return "other"
    return "copyrighted work" if profile.right == "copyright" else profile.right.replace("_", " ")


def counter_part(event: CounterNoticeFiled, settings: LumenSettings) -> dict[str, Any]:
    """Return what of a counter-notice may be kept."""
    names = personal_values(event, "name", "contact")
    kept = (event.listing_id,)
    return {
        "counter_notice_id": event.counter_notice_id,
        "seller_id": event.seller_id,
        "reason": event.reason,
        "statement": redact(event.statement, names, kept) if settings.with_statements else "",
        "filed_at_milliseconds": event.filed_at_milliseconds,
    }


def notice_of(
    key: str,
    filed: Mapping[str, Any],
    decided: Mapping[str, Any],
    removed: Mapping[str, Any],
    settings: LumenSettings,
) -> dict[str, Any]:
    """Return Lumen's notice of a complaint that was decided."""
    ground = filed["ground"]
    kind = TYPES.get(ground, "Other")
    language = filed["language"] if filed["language"] in LANGUAGES else ""
    said = allegation(ground, language)
    told = body(said, filed["statement"], language)
    restricted = decided.get("territories") or ()
    mark = str(removed.get("mark_text") or "")[:MAXIMUM_MARK_CHARACTERS]
    notice = _base(key, kind, filed, settings) | {
        "body": told.text,
        "language": told.language,
        "date_sent": _day(filed["filed_at_milliseconds"]),
        "date_received": _day(decided["received_at_milliseconds"]),
        "action_taken": "Partial" if restricted else ACTIONS[decided["outcome"]],
        "works_attributes": [
            {
                "description": f"{said.text} ({mark})" if mark else said.text,
                "kind": _kind_of_work(ground),
                **_addresses(filed, removed, settings),
            }
        ],
        "entity_notice_roles_attributes": _roles(
            sender=settings.organisations.get(filed["complainant_id"]),
            recipient=settings.marketplaces.get(filed["marketplace"]),
            principal=settings.organisations.get(filed["rights_holder_id"]),
        ),
    }
    if restricted:
        # It is hidden where the right holds, and there only.
        notice["jurisdiction_list"] = ",".join(each.lower() for each in restricted)
    if kind in ("Trademark", "Counterfeit") and filed["number"]:
        notice["mark_registration_number"] = filed["number"][:TITLE_LIMIT]
    return notice


def counter_notice_of(
    key: str,
    filed: Mapping[str, Any],
    removed: Mapping[str, Any],
    counter: Mapping[str, Any],
    settings: LumenSettings,
) -> dict[str, Any]:
    """Return Lumen's counter-notice; the sender adds which notice it is for."""
    reason = REASONS.get(counter["reason"], REASONS["other"])
    # A counter-notice tells no language of its own: what a seller stated is not judged.
    told = body(Text(reason, ENGLISH), counter["statement"], "")
    seller = settings.organisations.get(counter["seller_id"])
    day = _day(counter["filed_at_milliseconds"])
    return _base(key, "Counternotice", filed, settings) | {
        "body": told.text,
        "language": told.language,
        "date_sent": day,
        "date_received": day,
        "action_taken": "Unspecified",
        "works_attributes": [
            {
                "description": reason,
                "kind": "Unspecified",
                **_addresses(filed, removed, settings),
            }
        ],
        "entity_notice_roles_attributes": _roles(
            sender=seller,
            recipient=settings.marketplaces.get(filed["marketplace"]),
            principal=seller,
        ),
    }


def _base(key: str, kind: str, filed: Mapping[str, Any], settings: LumenSettings) -> dict[str, Any]:
    place = settings.marketplaces.get(filed["marketplace"])
    recipient = f" to {place.name}" if place else ""
    notice = {
        "type": kind,
        "title": f"{kind} notice{recipient}"[:TITLE_LIMIT],
        "source": "Online form",
        "tag_list": f"marketplace,{key}",
        "regulation_list": "DMCA" if kind == "DMCA" else "Digital Services Act Article 16",
    }
    territory = filed["territory"].strip().upper()
    if len(territory) == 2 and territory.isalpha() and territory.isascii():
        notice["jurisdiction_list"] = territory.lower()
    return notice


def _addresses(
    filed: Mapping[str, Any], removed: Mapping[str, Any], settings: LumenSettings
) -> dict[str, Any]:
    address = str(removed.get("url") or "")
    template = settings.listing_addresses.get(filed["marketplace"])
    if not address and template:
        address = template.replace("{listing_id}", filed["listing_id"])
    if not address.startswith(("http://", "https://")):
        return {}
    return {"infringing_urls_attributes": [{"url": address}]}


def _roles(**parties: Organisation | None) -> list[dict[str, Any]]:
    roles = []
    for role, party in parties.items():
        entity = {"name": REDACTED, "kind": "individual"}
        if party is not None:
            entity = {"name": party.name, "kind": "organization"}
            if party.country_code:
                entity["country_code"] = party.country_code
        roles.append({"name": role, "entity_attributes": entity})
    return roles


def _day(milliseconds: int) -> str:
    return datetime.fromtimestamp(milliseconds / 1000, UTC).date().isoformat()
