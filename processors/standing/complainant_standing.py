"""How a complainant stands: what became of its complaints over a rolling three months.

The standing follows from the complaints within the window alone, so their order does not matter.
All are counted by day and ground. Of a case its latest conclusion counts: the newest complaints
are remembered, so that a turn can be taken out of the count and its successor put in. However many
complaints on one listing and ground ended alike are one.
"""

from bisect import bisect_left, insort
from collections.abc import Iterable

from processors.identifiers import hashed
from processors.policies.service_level import LISTINGS_ONCE
from processors.policies.standing_policy import StandingPolicy
from processors.restraint.share_bounds import is_beyond
from processors.standing.sanction_appeals import lifted_until
from processors.standing.steps import Counting, counted
from schemas.durations import DAY_MILLISECONDS
from schemas.events.conduct import ConductKind, ConductRecorded
from schemas.events.party_rows import ConcludedComplaint, ConductDay, PartyConduct
from schemas.events.standings import ConductFactors, GroundStanding, StandingChanged, Tier
from schemas.record import maker

MAXIMUM_COMPLAINTS = 300
GRAVE_GROUND = "counterfeit"

Counts = tuple[int, int, int]
"""Concluded, upheld, countered."""

_NOTHING: Counts = (0, 0, 0)
_standing_changed = maker(StandingChanged)
_COUNTS: dict[ConductKind, Counts] = {
    "complaint_retracted": _NOTHING,
    "complaint_declined": (1, 0, 0),
    "complaint_upheld": (1, 1, 0),
    "complaint_countered": (1, 0, 1),
    "complaint_restored": (1, 1, 0),
    "action_upheld": (1, 1, 0),
    "action_overturned": (1, 0, 1),
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


def take_complaint(row: PartyConduct, item: ConductRecorded, edition: int = 0) -> PartyConduct:
    """Return the row with a complaint's conclusion; the same row where it says nothing newer.

    `edition` is the steps' by which a worker goes.
    """
    new = ConcludedComplaint(
        item.case_id,
        item.ground,
        item.kind,
        item.manifest,
        item.occurred_at_milliseconds,
        item.batch_id,
        hashed(item.marketplace, item.listing_id) if edition >= LISTINGS_ONCE else "",
    )
    complaints = list(row.complaints)
    known = next((each for each in complaints if each.case_id == new.case_id), None)
    if known is not None:
        if _order(new) <= _order(known):
            return row
        complaints.remove(known)
    elif len(complaints) >= MAXIMUM_COMPLAINTS and new.kind in _CORRECTIONS:
        return row._replace(days=_counted(row.days, new, _CORRECTIONS[new.kind]))
    insort(complaints, new, key=_order)
    before = _each_once(each for each in row.complaints if each is known or _on_same(each, new))
    after = _each_once(each for each in complaints if _on_same(each, new))
    days = row.days
    for each in before:
        if each not in after:
            days = _counted(days, each, _COUNTS[each.kind], -1)
    for each in after:
        if each not in before:
            days = _counted(days, each, _COUNTS[each.kind])
    if len(complaints) > MAXIMUM_COMPLAINTS:
        gone = _alike(_least_needed(complaints))
        complaints = [each for each in complaints if _alike(each) != gone]
    return row._replace(complaints=tuple(complaints), days=days)


def without_old_complaints(row: PartyConduct, now: int, policy: StandingPolicy) -> PartyConduct:
    """Return the row without what can no longer matter."""
    first = now // DAY_MILLISECONDS - policy.retained_days + 1
    if row.complaints and _day(row.complaints[0]) < first:
        kept = tuple(each for each in row.complaints if _day(each) >= first)
        row = row._replace(complaints=kept)
    if row.days and row.days[0].day < first:
        row = row._replace(days=tuple(each for each in row.days if each.day >= first))
    return row


def complainant_standing(row: PartyConduct, now: int, policy: StandingPolicy) -> StandingChanged:
    """Return how a complainant stands at a time."""
    today = now // DAY_MILLISECONDS
    grounds = counts_by_ground(row.days, today, policy)
    concluded, upheld, countered = sum_of_counts(grounds)
    unfounded = _mistakes(row, policy)
    current = _within(unfounded, today, policy)
    until = _suspended_until(unfounded, row.days, now, policy)
    lanes = _fast_lanes(grounds, policy)
    tier: Tier = "fast_lane" if lanes else "ordinary"
    if until is not None:
        tier = "suspended"
    elif _is_abuse(len(current), concluded, policy.warning_unfounded, policy):
        tier = "warned"
    intention = "unknown" if current else "none"
    if len(current) > policy.warning_unfounded or tier == "suspended":
        intention = "repeated after a warning"
    return _standing_changed(
        party_id=row.party_id,
        role="complainant",
        tier=tier,
        grounds=tuple(
            [
                GroundStanding(ground, *counts, ground in lanes and tier == "fast_lane")
                for ground, counts in sorted(grounds.items())
            ]
        ),
        strikes=0,
        factors=ConductFactors(
            len(current),
            len(current) / concluded if concluded > 0 else 0.0,
            _gravity(current),
            intention,
        ),
        until_milliseconds=until,
        changed_at_milliseconds=now,
        automatic=not is_beyond(
            countered, upheld + countered, policy.complainant_overturned_percent
        ),
    )


def next_complaint_expiry(
    row: PartyConduct, suspended_until: int | None, now: int, policy: StandingPolicy
) -> int | None:
    """Return when a complainant's standing may next change by itself, or None.

    Complaints leave the window at midnight, so that there is one timer a day however many do.
    """
    due = [] if suspended_until is None else [suspended_until]
    outside = now // DAY_MILLISECONDS - policy.window_days
    begin = bisect_left(row.days, (outside + 1,))
    if begin < len(row.days):
        due.append((row.days[begin].day + policy.window_days) * DAY_MILLISECONDS)
    elif row.complaints or row.days:
        oldest = [each.day for each in row.days[:1]] + [_day(each) for each in row.complaints[:1]]
        due.append((min(oldest) + policy.retained_days) * DAY_MILLISECONDS)
    return min([at for at in due if at > now], default=None)


def _on_same(complaint: ConcludedComplaint, other: ConcludedComplaint) -> bool:
    if not other.listing:
        return complaint is other
    return complaint.listing == other.listing


def _alike(complaint: ConcludedComplaint) -> tuple[str, str, ConductKind]:
    """Return what complaints have in common that count as one."""
    return complaint.listing or complaint.case_id, complaint.ground, complaint.kind


def _each_once(complaints: Iterable[ConcludedComplaint]) -> list[ConcludedComplaint]:
    """Return complaints, the earliest of those that count as one."""
    found: dict[tuple[str, str, ConductKind], ConcludedComplaint] = {}
    for each in complaints:
        found.setdefault(_alike(each), each)
    return list(found.values())


def _day(complaint: ConcludedComplaint) -> int:
    return complaint.concluded_at_milliseconds // DAY_MILLISECONDS


def _order(complaint: ConcludedComplaint) -> tuple[int, int, str, bool]:
    at, rank = complaint.concluded_at_milliseconds, _RANKS[complaint.kind]
    return at, rank, complaint.case_id, complaint.manifest


def _mistakes(row: PartyConduct, policy: StandingPolicy) -> list[ConcludedComplaint]:
    """Return the manifestly unfounded complaints that count, by time.

    Those of one request and ground, or of one day on one listing, are one mistake and count once.
    """
    lifted = lifted_until(row, "complainant")
    unfounded = [
        each
        for each in row.complaints
        if _is_unfounded(each) and each.concluded_at_milliseconds > lifted
    ]
    if not unfounded:
        return unfounded
    first = {_mistake(each): each for each in reversed(_once_a_day(unfounded))}
    items = [(each, name, each.concluded_at_milliseconds) for name, each in first.items()]
    counting = Counting(
        (policy.warning_unfounded, policy.suspension_unfounded),
        policy.window_days * DAY_MILLISECONDS,
        policy.step_days * DAY_MILLISECONDS,
    )
    return counted(reversed(items), counting)[0]


def _once_a_day(complaints: list[ConcludedComplaint]) -> list[ConcludedComplaint]:
    first = {(*_alike(each), _day(each)): each for each in reversed(complaints)}
    return sorted(first.values(), key=_order)


def _mistake(complaint: ConcludedComplaint) -> tuple[str, str]:
    alone = not complaint.batch_id
    return (complaint.case_id, "") if alone else (complaint.batch_id, complaint.ground)


def _is_unfounded(complaint: ConcludedComplaint) -> bool:
    return complaint.manifest and complaint.kind == "complaint_declined"


def _least_needed(complaints: list[ConcludedComplaint]) -> ConcludedComplaint:
    """Return what is to be forgotten: the oldest, but manifestly unfounded ones last."""
    return next((each for each in complaints if not _is_unfounded(each)), complaints[0])


def _counted(
    days: tuple[ConductDay, ...], complaint: ConcludedComplaint, counts: Counts, times: int = 1
) -> tuple[ConductDay, ...]:
    """Return the days with a complaint counted, or with `times` -1 taken out again."""
    if counts == _NOTHING:
        return days
    day, ground = _day(complaint), complaint.ground
    at = bisect_left(days, (day, ground))
    if at == len(days) or days[at][:2] != (day, ground):
        return (*days[:at], ConductDay(day, ground, *(times * each for each in counts)), *days[at:])
    sums = [old + times * more for old, more in zip(days[at][2:], counts, strict=True)]
    changed = (ConductDay(day, ground, *sums),) if any(sums) else ()
    return (*days[:at], *changed, *days[at + 1 :])


def counts_by_ground(
    days: tuple[ConductDay, ...], day: int, policy: StandingPolicy
) -> dict[str, Counts]:
    """Return by ground the counts of the window that ends with a day."""
    grounds: dict[str, Counts] = {}
    begin = bisect_left(days, (day - policy.window_days + 1,))
    end = bisect_left(days, (day + 1,))
    for _, ground, concluded, upheld, countered in days[begin:end]:
        before = grounds.get(ground, _NOTHING)
        grounds[ground] = (before[0] + concluded, before[1] + upheld, before[2] + countered)
    return grounds


def _within(
    complaints: list[ConcludedComplaint], day: int, policy: StandingPolicy
) -> list[ConcludedComplaint]:
    return [each for each in complaints if day - policy.window_days < _day(each) <= day]


def _fast_lanes(grounds: dict[str, Counts], policy: StandingPolicy) -> frozenset[str]:
    """Return the grounds that are in the fast lane: the whole must do as well as the ground."""
    if not _is_good(sum_of_counts(grounds), policy):
        return frozenset()
    return frozenset([ground for ground, each in grounds.items() if _is_good(each, policy)])


def sum_of_counts(grounds: dict[str, Counts]) -> Counts:
    """Return the counts of all grounds together."""
    concluded = upheld = countered = 0
    for counts in grounds.values():
        concluded += counts[0]
        upheld += counts[1]
        countered += counts[2]
    return concluded, upheld, countered


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
    unfounded: list[ConcludedComplaint],
    days: tuple[ConductDay, ...],
    now: int,
    policy: StandingPolicy,
) -> int | None:
    """Return until when a complainant is suspended: from the last complaint that made for abuse.

    It was warned by then, as the window held as many as the warning's threshold before.
    """
    concluded: dict[int, int] = {}
    for index in range(len(unfounded), policy.suspension_unfounded - 1, -1):
        last = unfounded[index - 1]
        day = _day(last)
        before = _within(unfounded[:index], day, policy)
        grave = _gravity(before) == "grave"
        length = policy.grave_suspension_days if grave else policy.suspension_days
        until = last.concluded_at_milliseconds + length * DAY_MILLISECONDS
        if until <= now:
            return None
        if day not in concluded:
            grounds = counts_by_ground(days, day, policy)
            concluded[day] = sum_of_counts(grounds)[0]
        if _is_abuse(len(before), concluded[day], policy.suspension_unfounded, policy):
            return until
    return None


def _gravity(unfounded: list[ConcludedComplaint]) -> str:
    return "grave" if any(each.ground == GRAVE_GROUND for each in unfounded) else "ordinary"
