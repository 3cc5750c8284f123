"""How a complainant stands: what became of its complaints over a rolling three months.

The standing follows from the complaints within the window alone, so their order does not matter.
Of a case its latest conclusion counts. The newest complaints are remembered one by one; those
before are counted by day, so that a row stays small whatever an agent files.
"""

from collections import defaultdict
from collections.abc import Iterator

from processors.standing_policy import DAY_MILLISECONDS, StandingPolicy
from schemas.conduct import ConductKind, ConductRecorded
from schemas.party_rows import ConcludedComplaint, ConductDay, PartyConduct
from schemas.standings import ConductFactors, GroundStanding, StandingChanged, Tier

MAXIMUM_COMPLAINTS = 300
GRAVE_GROUND = "counterfeit"

Counts = tuple[int, int, int]
"""Concluded, upheld, countered."""

_COUNTS: dict[ConductKind, Counts] = {
    "complaint_retracted": (0, 0, 0),
    "complaint_declined": (1, 0, 0),
    "complaint_upheld": (1, 1, 0),
    "complaint_countered": (1, 0, 1),
    "complaint_restored": (1, 1, 0),
}
"""What a complaint counts for by what became of it, of equal times the later in this order. One
taken back by its complainant counts for nothing."""

_CORRECTIONS: dict[ConductKind, Counts] = {
    "complaint_countered": (0, -1, 1),
    "complaint_retracted": (-1, -1, 0),
    "complaint_restored": (0, 1, 0),
}
"""What a turn of a case counts for that was counted before and is no longer remembered."""

_RANKS: dict[ConductKind, int] = {kind: rank for rank, kind in enumerate(_COUNTS)}


def take_complaint(row: PartyConduct, item: ConductRecorded) -> PartyConduct:
    """Give the row with a complaint's conclusion; the same row where it says nothing newer."""
    new = ConcludedComplaint(
        item.case_id, item.ground, item.kind, item.manifest, item.occurred_at_milliseconds
    )
    kept = row.complaints
    known = next((each for each in kept if each.case_id == new.case_id), None)
    if known is not None:
        if _order(new) <= _order(known):
            return row
        kept = tuple(each for each in kept if each is not known)
    elif row.days and new.kind in _CORRECTIONS:
        return row._replace(days=_added(row.days, new, _CORRECTIONS[new.kind]))
    row = row._replace(complaints=tuple(sorted((*kept, new), key=_order)))
    return row if len(row.complaints) <= MAXIMUM_COMPLAINTS else _folded(row)


def without_old_complaints(row: PartyConduct, now: int, policy: StandingPolicy) -> PartyConduct:
    """Give the row without what can no longer matter."""
    first = now // DAY_MILLISECONDS - policy.retained_days + 1
    if all(day >= first for day, *_ in _records(row)):
        return row
    return row._replace(
        complaints=tuple(each for each in row.complaints if _day(each) >= first),
        days=tuple(each for each in row.days if each.day >= first),
    )


def complainant_standing(row: PartyConduct, now: int, policy: StandingPolicy) -> StandingChanged:
    """Give how a complainant stands at a time."""
    today = now // DAY_MILLISECONDS
    records = list(_records(row))
    unfounded = [each for each in row.complaints if _is_unfounded(each)]
    current = _within(unfounded, today, policy)
    concluded = _concluded(records, today, policy)
    suspended_until = _suspended_until(unfounded, records, now, policy)
    warned = _is_abuse(len(current), concluded, policy.warning_unfounded, policy)
    counts = _by_ground(records, today, policy)
    lanes = _fast_lanes(counts, policy)
    tier: Tier = "fast_lane" if lanes else "ordinary"
    if suspended_until is not None:
        tier = "suspended"
    elif warned:
        tier = "warned"
    intention = "unknown" if current else "none"
    if len(current) > policy.warning_unfounded or tier == "suspended":
        intention = "repeated after a warning"
    return StandingChanged(
        party_id=row.party_id,
        role="complainant",
        tier=tier,
        grounds=tuple(
            GroundStanding(ground, *counts[ground], ground in lanes and tier == "fast_lane")
            for ground in sorted(counts)
        ),
        strikes=0,
        factors=ConductFactors(
            len(current),
            len(current) / concluded if concluded > 0 else 0.0,
            _gravity(current),
            intention,
        ),
        until_milliseconds=suspended_until,
        changed_at_milliseconds=now,
    )


def next_complaint_expiry(
    row: PartyConduct, suspended_until: int | None, now: int, policy: StandingPolicy
) -> int | None:
    """Give when a complainant's standing may next change by itself, or None."""
    today = now // DAY_MILLISECONDS
    days = [day for day, *_ in _records(row)]
    counted = [day for day in days if day > today - policy.window_days]
    due = [(day + policy.window_days) * DAY_MILLISECONDS for day in counted]
    if not counted:
        due = [(day + policy.retained_days) * DAY_MILLISECONDS for day in days]
    if suspended_until is not None:
        due.append(suspended_until)
    return min((at for at in due if at > now), default=None)


Record = tuple[int, str, int, int, int]
"""Day, ground and counts."""


def _records(row: PartyConduct) -> Iterator[Record]:
    yield from row.days
    for each in row.complaints:
        yield _day(each), each.ground, *_COUNTS[each.kind]


def _day(complaint: ConcludedComplaint) -> int:
    return complaint.concluded_at_milliseconds // DAY_MILLISECONDS


def _order(complaint: ConcludedComplaint) -> tuple[int, int, str, bool]:
    at, rank = complaint.concluded_at_milliseconds, _RANKS[complaint.kind]
    return at, rank, complaint.case_id, complaint.manifest


def _is_unfounded(complaint: ConcludedComplaint) -> bool:
    return complaint.manifest and complaint.kind == "complaint_declined"


def _within(
    complaints: list[ConcludedComplaint], day: int, policy: StandingPolicy
) -> list[ConcludedComplaint]:
    return [each for each in complaints if day - policy.window_days < _day(each) <= day]


def _concluded(records: list[Record], day: int, policy: StandingPolicy) -> int:
    first = day - policy.window_days
    return sum(count for at, _, count, _, _ in records if first < at <= day)


def _by_ground(records: list[Record], day: int, policy: StandingPolicy) -> dict[str, Counts]:
    counts: dict[str, Counts] = defaultdict(lambda: (0, 0, 0))
    first = day - policy.window_days
    for at, ground, concluded, upheld, countered in records:
        if first < at <= day:
            before = counts[ground]
            counts[ground] = (
                before[0] + concluded,
                before[1] + upheld,
                before[2] + countered,
            )
    return counts


def _fast_lanes(counts: dict[str, Counts], policy: StandingPolicy) -> frozenset[str]:
    """Give the grounds that are in the fast lane: the whole must do as well as the ground."""
    columns = list(zip(*counts.values(), strict=True)) or [(), (), ()]
    if not _is_good((sum(columns[0]), sum(columns[1]), sum(columns[2])), policy):
        return frozenset()
    return frozenset(ground for ground, each in counts.items() if _is_good(each, policy))


def _is_good(counts: Counts, policy: StandingPolicy) -> bool:
    concluded, upheld, countered = counts
    return (
        concluded >= policy.minimum_concluded
        and 100 * upheld >= policy.upheld_percent * concluded
        and 100 * countered <= policy.countered_percent * concluded
    )


def _is_abuse(unfounded: int, concluded: int, threshold: int, policy: StandingPolicy) -> bool:
    """Tell whether unfounded complaints are frequent, by number and by share (Article 23(3))."""
    return unfounded >= threshold and 100 * unfounded >= policy.unfounded_percent * concluded


def _suspended_until(
    unfounded: list[ConcludedComplaint], records: list[Record], now: int, policy: StandingPolicy
) -> int | None:
    """Give until when a complainant is suspended, for the complaint that reached the threshold.

    It was warned by then, as the window held as many as the warning's threshold before.
    """
    if len(unfounded) < policy.suspension_unfounded:
        return None
    ends = []
    for index, each in enumerate(unfounded):
        before = _within(unfounded[: index + 1], _day(each), policy)
        concluded = _concluded(records, _day(each), policy)
        if _is_abuse(len(before), concluded, policy.suspension_unfounded, policy):
            grave = _gravity(before) == "grave"
            days = policy.grave_suspension_days if grave else policy.suspension_days
            ends.append(each.concluded_at_milliseconds + days * DAY_MILLISECONDS)
    until = max(ends, default=now)
    return until if until > now else None


def _gravity(unfounded: list[ConcludedComplaint]) -> str:
    return "grave" if any(each.ground == GRAVE_GROUND for each in unfounded) else "ordinary"


def _folded(row: PartyConduct) -> PartyConduct:
    """Count the oldest complaint by its day; manifestly unfounded ones are remembered longest."""
    oldest = next((each for each in row.complaints if not _is_unfounded(each)), row.complaints[0])
    return row._replace(
        complaints=tuple(each for each in row.complaints if each is not oldest),
        days=_added(row.days, oldest, _COUNTS[oldest.kind]),
    )


def _added(
    days: tuple[ConductDay, ...], complaint: ConcludedComplaint, counts: Counts
) -> tuple[ConductDay, ...]:
    names = {(each.day, each.ground): each for each in days}
    name = (_day(complaint), complaint.ground)
    before = names.get(name, ConductDay(*name, 0, 0, 0))
    names[name] = ConductDay(
        *name,
        before.concluded_count + counts[0],
        before.upheld_count + counts[1],
        before.countered_count + counts[2],
    )
    return tuple(names[each] for each in sorted(names))
