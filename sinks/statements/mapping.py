"""Statements of reasons made of the pipeline's events, one for each restriction (DSA Article 17).

Nothing that a person wrote or that names one goes in: texts are made of codes. docs/transparency.md
says what is mapped to what, and why.
"""

import hashlib
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any, NamedTuple

from schemas.events.decisions import ComplaintDecided
from schemas.events.detections import BlockListing, DelistListing
from schemas.events.standings import SanctionParty
from schemas.events.takedowns import RestrictListing
from schemas.statements.law import ECONOMIC_AREA
from sinks.statements import texts
from sinks.statements.grounds import (
    Right,
    is_illegal,
    keyword_of,
    law_of,
    misuse_law,
    name_of,
    scope_of,
)
from sinks.statements.texts import PublicTexts
from sinks.statements.vocabulary import LANGUAGES

Source = ComplaintDecided | BlockListing | DelistListing | RestrictListing | SanctionParty
"""Events of which statements are made."""

CATEGORY = "STATEMENT_CATEGORY_INTELLECTUAL_PROPERTY_INFRINGEMENTS"
PLAIN_IDENTIFIER = re.compile(r"[a-z0-9_-]{1,400}")
EARLIEST_CONTENT = date(2000, 1, 1)


class StatementSettings(NamedTuple):
    """What the operator says of the service.

    `marketplace_territories`: countries of each marketplace, of those not named here the whole
    European Economic Area; `trusted_flaggers`: names of organisations by party id, told as source
    identity; `terms`: what of the terms and conditions forbids infringements, with an address or
    "".
    """

    marketplace_territories: Mapping[str, tuple[str, ...]] = {}
    trusted_flaggers: Mapping[str, str] = {}
    terms: str = "Intellectual property policy of the marketplace"
    terms_address: str = ""


class Statement(NamedTuple):
    """A statement of reasons: its identifier on the platform, and all its fields."""

    puid: str
    body: dict[str, Any]


class OmittedStatement(NamedTuple):
    """An event that no statement is due for, and why."""

    reason: str


def statement_of(event: Source, settings: StatementSettings) -> Statement | OmittedStatement:
    """Return the statement that an event makes due, or why none is."""
    match event:
        case ComplaintDecided():
            return _of_decision(event, settings)
        case RestrictListing(measure="take_down"):
            return OmittedStatement("stated_by_its_decision")
        case BlockListing() | DelistListing() | RestrictListing():
            return _of_removal(event, settings)
        case SanctionParty():
            return _of_sanction(event, settings)


def puid_of(kind: str, command_id: str) -> str:
    """Return the identifier of a statement: the same for the same command, for ever.

    Identifiers with other characters are hashed, capitals too: the database that compares them
    may not tell case.
    """
    if not PLAIN_IDENTIFIER.fullmatch(command_id):
        command_id = "x" + hashlib.sha256(command_id.encode()).hexdigest()
    return f"{kind}-{command_id}"


def _of_decision(
    event: ComplaintDecided, settings: StatementSettings
) -> Statement | OmittedStatement:
    if event.outcome != "take_down":
        return OmittedStatement("not_a_restriction")
    if event.command_id is None:
        return OmittedStatement("already_restricted")
    limited = event.restricted_territories
    scope = (
        scope_of(limited)
        if limited
        else _scope(event.listing_territories, event.marketplace, settings)
    )
    if not scope:
        return OmittedStatement("outside_the_union")
    right = Right(event.ground, _office(event.capsule.trademark_key), event.territory)
    told = PublicTexts(event)
    body = _listing_statement(right, told, settings)
    decided = day_of(event.decided_at_milliseconds)
    seen = event.listing_changed_at_milliseconds
    content = day_of(event.received_at_milliseconds if seen is None else seen)
    body |= {
        "puid": puid_of("takedown", event.command_id),
        # What is hidden in some countries is still there for others.
        "decision_visibility": [
            f"DECISION_VISIBILITY_CONTENT_{'DISABLED' if limited else 'REMOVED'}"
        ],
        "territorial_scope": list(scope),
        "content_date": _not_later(content, decided),
        "application_date": decided.isoformat(),
        "decision_facts": told.facts,
        "source_type": "SOURCE_TRUSTED_FLAGGER" if event.trusted_flagger else "SOURCE_ARTICLE_16",
        "automated_detection": "No",
        "automated_decision": automation_of(event),
    }
    language = event.listing_language.strip().upper()[:2]
    if language in LANGUAGES:
        body["content_language"] = language
    name = settings.trusted_flaggers.get(event.complainant_id)
    if event.trusted_flagger and name:
        body["source_identity"] = name
    return Statement(body["puid"], body)


def _of_removal(
    event: BlockListing | DelistListing | RestrictListing, settings: StatementSettings
) -> Statement | OmittedStatement:
    restricted = isinstance(event, RestrictListing)
    if isinstance(event, RestrictListing):
        scope = scope_of(event.territories)
        kind = event.measure
    else:
        scope = _scope((), event.marketplace, settings)
        kind = "block" if isinstance(event, BlockListing) else "delist"
    if not scope:
        return OmittedStatement("outside_the_union")
    right = Right("trademark_infringement", _office(event.trademark_key), "")
    told = PublicTexts(event)
    body = _listing_statement(right, told, settings)
    day = day_of(event.issued_at_milliseconds)
    removal = "DISABLED" if restricted or kind == "block" else "REMOVED"
    body |= {
        "puid": puid_of(kind, event.command_id),
        "decision_visibility": [f"DECISION_VISIBILITY_CONTENT_{removal}"],
        "territorial_scope": list(scope),
        # A title is judged as soon as it is shown: the content is of the same day.
        "content_date": day.isoformat(),
        "application_date": day.isoformat(),
        "decision_facts": told.facts,
        "source_type": "SOURCE_VOLUNTARY",
        "automated_detection": "Yes",
        # Where a reviewer decided, it was on what the matcher had found.
        "automated_decision": f"AUTOMATED_DECISION_{'FULLY' if event.automated else 'PARTIALLY'}",
    }
    return Statement(body["puid"], body)


def _of_sanction(event: SanctionParty, settings: StatementSettings) -> Statement | OmittedStatement:
    if event.sanction in ("warn", "lift", "propose_closure", "announce_closure", "uphold"):
        return OmittedStatement("not_a_restriction")
    if event.role == "complainant":
        # Article 23(2) suspends the processing of notices; no content of theirs is restricted.
        return OmittedStatement("not_a_restriction_of_content")
    day = day_of(event.issued_at_milliseconds)
    told, law = PublicTexts(event), misuse_law()
    body: dict[str, Any] = {
        "puid": puid_of("account", event.command_id),
        "account_type": "ACCOUNT_TYPE_BUSINESS",
        "decision_ground": "DECISION_GROUND_ILLEGAL_CONTENT",
        "decision_ground_reference_url": law.address,
        "illegal_content_legal_ground": name_of(law),
        "illegal_content_explanation": told.explanation,
        "content_type": ["CONTENT_TYPE_PRODUCT"],
        "category": CATEGORY,
        "category_specification": ["KEYWORD_TRADEMARK_INFRINGEMENT"],
        "territorial_scope": sorted(ECONOMIC_AREA),
        # When the account was opened is not known here; it was there on this day.
        "content_date": day.isoformat(),
        "application_date": day.isoformat(),
        "decision_facts": told.facts,
        "source_type": "SOURCE_VOLUNTARY",
        "automated_detection": "Yes",
        "automated_decision": f"AUTOMATED_DECISION_{_extent(event.decided_by_person)}",
    }
    ends = event.until_milliseconds
    until = None if ends is None else max(day, day_of(ends)).isoformat()
    if event.sanction == "restrict":
        body["decision_provision"] = "DECISION_PROVISION_PARTIAL_SUSPENSION"
        body["end_date_service_restriction"] = until
    else:
        closed = event.sanction == "close"
        body["decision_account"] = f"DECISION_ACCOUNT_{'TERMINATED' if closed else 'SUSPENDED'}"
        body["end_date_account_restriction"] = until
    return Statement(body["puid"], {name: value for name, value in body.items() if value})


def _extent(decided_by_person: bool) -> str:
    return "PARTIALLY" if decided_by_person else "FULLY"


def automation_of(event: ComplaintDecided) -> str:
    """Return how far a decision was automated: fully without a person, partially where a person
    decided on what automated steps had found, else not."""
    if event.automated and event.reviewer_id is None:
        return "AUTOMATED_DECISION_FULLY"
    if event.automated or event.findings:
        return "AUTOMATED_DECISION_PARTIALLY"
    return "AUTOMATED_DECISION_NOT_AUTOMATED"


def _listing_statement(
    right: Right, told: PublicTexts, settings: StatementSettings
) -> dict[str, Any]:
    keyword = keyword_of(right.ground)
    body: dict[str, Any] = {
        "content_type": ["CONTENT_TYPE_PRODUCT"],
        "category": CATEGORY,
        "category_specification": [keyword],
    }
    if keyword == "KEYWORD_OTHER":
        body["category_specification_other"] = texts.OTHER_RIGHT
    if is_illegal(right):
        law = law_of(right)
        return body | {
            "decision_ground": "DECISION_GROUND_ILLEGAL_CONTENT",
            "decision_ground_reference_url": law.address,
            "illegal_content_legal_ground": name_of(law),
            "illegal_content_explanation": told.explanation,
        }
    body |= {
        "decision_ground": "DECISION_GROUND_INCOMPATIBLE_CONTENT",
        "incompatible_content_ground": settings.terms,
        "incompatible_content_explanation": told.explanation,
        "incompatible_content_illegal": "No",
    }
    if settings.terms_address:
        body["decision_ground_reference_url"] = settings.terms_address
    return body


def _scope(
    listed: tuple[str, ...], marketplace: str, settings: StatementSettings
) -> tuple[str, ...]:
    sold = settings.marketplace_territories.get(marketplace, tuple(sorted(ECONOMIC_AREA)))
    return scope_of(listed or sold)


def _office(trademark_key: str | None) -> str:
    return (trademark_key or "").partition(":")[0].strip().upper()


def day_of(milliseconds: int) -> date:
    """Return the day of a time, UTC."""
    return datetime.fromtimestamp(milliseconds / 1000, UTC).date()


def _not_later(day: date, latest: date) -> str:
    return max(EARLIEST_CONTENT, min(day, latest)).isoformat()
