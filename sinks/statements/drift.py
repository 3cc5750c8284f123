"""Audits a window of statements against the events that they were made of.

It looks for what went wrong on this feed elsewhere: automated detection told the wrong way round
for years, trusted flaggers not told, repeats, and notifications that were no statements (the
Transparency Database's announcements of 2024 to 2026). It does not use the mapping that made the
statements, so that a fault there shows.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, Literal, NamedTuple

from schemas.events.decisions import ComplaintDecided
from schemas.events.detections import BlockListing, DelistListing
from schemas.events.standings import SanctionParty
from schemas.events.takedowns import RestrictListing

DriftKind = Literal[
    "automated_detection_differs",
    "automated_decision_differs",
    "trusted_flagger_missing",
    "trusted_flagger_wrong",
    "duplicate",
    "no_statement",
    "share_jump",
]
"""What an audit finds; each is a label of ip_statement_drift."""

KINDS: tuple[DriftKind, ...] = (
    "automated_detection_differs",
    "automated_decision_differs",
    "trusted_flagger_missing",
    "trusted_flagger_wrong",
    "duplicate",
    "no_statement",
    "share_jump",
)
SHARES = {
    "automated_detection": ("automated_detection", "Yes"),
    "fully_automated": ("automated_decision", "AUTOMATED_DECISION_FULLY"),
    "trusted_flagger": ("source_type", "SOURCE_TRUSTED_FLAGGER"),
    "illegal_content": ("decision_ground", "DECISION_GROUND_ILLEGAL_CONTENT"),
}
"""Shares that are watched: field and value by name."""

LEAST_STATEMENTS = 100
LARGEST_CHANGE = 0.2
MAXIMUM_EXAMPLES = 20


class Drift(NamedTuple):
    """One kind of finding: how many statements it concerns, and some of their identifiers, or for
    a jump what jumped from where to where."""

    kind: DriftKind
    statements: int
    examples: tuple[str, ...]


class Shares(NamedTuple):
    """WatchResult shares of a window, 0 to 1 by name, and how many statements they are of."""

    statements: int
    by_name: Mapping[str, float]


class Audit(NamedTuple):
    """What was found, and the window's shares, with which the next window is compared."""

    drifts: tuple[Drift, ...]
    shares: Shares


def audit(
    pairs: Iterable[tuple[Any, Mapping[str, Any]]],
    earlier: Shares | None,
    trusted_flaggers: frozenset[str] = frozenset(),
) -> Audit:
    """Compare statements with their events, and their shares with those of an earlier window.

    `trusted_flaggers` are party ids of whom it is known from elsewhere, so that an event that does
    not tell it is found too.
    """
    found: dict[DriftKind, list[str]] = {}
    puids: set[str] = set()
    restrictions: set[tuple[str, ...]] = set()
    counts: Counter[str] = Counter()
    total = 0
    for event, statement in pairs:
        total += 1
        counts.update(
            name for name, (field, value) in SHARES.items() if statement.get(field) == value
        )
        puid = str(statement.get("puid"))
        for kind in _kinds(event, statement, trusted_flaggers):
            found.setdefault(kind, []).append(puid)
        restriction = _restriction(event)
        if puid in puids or restriction in restrictions:
            found.setdefault("duplicate", []).append(puid)
        puids.add(puid)
        restrictions.add(restriction)
    shares = Shares(total, {name: counts[name] / total if total else 0.0 for name in SHARES})
    jumps = _jumps(shares, earlier)
    if jumps:
        found["share_jump"] = jumps
    drifts = tuple(
        Drift(kind, len(found[kind]), tuple(found[kind][:MAXIMUM_EXAMPLES]))
        for kind in KINDS
        if kind in found
    )
    return Audit(drifts, shares)


def _kinds(
    event: Any, statement: Mapping[str, Any], trusted_flaggers: frozenset[str]
) -> list[DriftKind]:
    kinds: list[DriftKind] = []
    if not _restricts(event):
        kinds.append("no_statement")
    notice = isinstance(event, ComplaintDecided)
    if statement.get("automated_detection") != ("No" if notice else "Yes"):
        kinds.append("automated_detection_differs")
    alone = getattr(event, "automated", True) and getattr(event, "reviewer_id", None) is None
    if alone != (statement.get("automated_decision") == "AUTOMATED_DECISION_FULLY"):
        kinds.append("automated_decision_differs")
    trusted = isinstance(event, ComplaintDecided) and (
        event.trusted_flagger or event.complainant_id in trusted_flaggers
    )
    told = statement.get("source_type") == "SOURCE_TRUSTED_FLAGGER"
    if trusted and not told:
        kinds.append("trusted_flagger_missing")
    if told and not trusted:
        kinds.append("trusted_flagger_wrong")
    return kinds


def _restricts(event: Any) -> bool:
    match event:
        case ComplaintDecided():
            return event.outcome == "take_down" and event.command_id is not None
        case BlockListing() | DelistListing():
            return True
        case RestrictListing():
            return event.measure != "take_down"
        case SanctionParty():
            return event.role == "seller" and event.sanction in ("restrict", "close", "suspend")
    return False


def _restriction(event: Any) -> tuple[str, ...]:
    """Return what tells a restriction from others, whatever identifier the statement has."""
    match event:
        case ComplaintDecided():
            return ("decision", event.case_id, str(event.decision_number))
        case BlockListing() | DelistListing():
            return (type(event).__name__, event.detection_id)
        case RestrictListing():
            return (type(event).__name__, event.case_id, str(event.decision_number))
        case SanctionParty():
            return ("sanction", event.party_id, event.sanction, str(event.issued_at_milliseconds))
    return ("other", repr(event))


def _jumps(shares: Shares, earlier: Shares | None) -> list[str]:
    if earlier is None or min(shares.statements, earlier.statements) < LEAST_STATEMENTS:
        return []
    return [
        f"{name}: {earlier.by_name[name]:.0%} to {share:.0%}"
        for name, share in shares.by_name.items()
        if name in earlier.by_name and abs(share - earlier.by_name[name]) >= LARGEST_CHANGE
    ]
