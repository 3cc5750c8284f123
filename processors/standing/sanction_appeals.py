"""Appeals against measures against accounts: people decide, and nobody who decided before.

What a party is sanctioned for by numbers counts no more from when an appeal is granted, so that the
same conduct does not bring the measure back. Of a closure people decide as they did before. What
has ended may be appealed too, for six months from when it began (DSA Article 20(1)).
"""

from typing import Final, Literal, NamedTuple

from processors.identifiers import hashed
from processors.policies.business_calendar import Calendar
from processors.policies.service_level import ServiceLevel
from processors.policies.standing_policy import StandingPolicy
from processors.standing.closures import ClosureNoAction, decide_closure, deciders
from processors.standing.sanctions import SANCTIONS, SEVERITY
from schemas.durations import DAY_MILLISECONDS
from schemas.events.conduct import ClosureDecided, SanctionAppealDecided, SanctionAppealFiled
from schemas.events.parties import PartyRole
from schemas.events.party_rows import PartyConduct, SanctionAppeal
from schemas.events.standings import ReviewSanction, Sanction, SanctionParty, StandingChanged, Tier

MAXIMUM_APPEALS: Final = 20
"""Appeals kept of one party; of those that were decided the oldest are forgotten."""
_CLOSURES: Final[frozenset[Tier]] = frozenset({"closure_proposed", "closed"})

AppealNoAction = (
    Literal["duplicate_appeal", "appeal_already_open", "no_sanction_to_appeal", "no_open_appeal"]
    | ClosureNoAction
)


class Appealed(NamedTuple):
    """A row after an appeal or what people decided of it, or why nothing came of it."""

    row: PartyConduct
    appeal: SanctionAppeal | None = None
    no_action: AppealNoAction | None = None
    told: StandingChanged | None = None
    """How the party stands by the measure appealed."""


def file_appeal(
    row: PartyConduct, filed: SanctionAppealFiled, now: int, policy: StandingPolicy
) -> Appealed:
    """Return the row with an appeal that people are to decide."""
    told = _told(row, filed.role)
    if any(each.appeal_id == filed.appeal_id for each in row.appeals):
        return Appealed(row, no_action="duplicate_appeal")
    if any(each.open and each.role == filed.role for each in row.appeals):
        return Appealed(row, no_action="appeal_already_open")
    ended = None
    if told is None or told.tier not in SANCTIONS:
        told = ended = _ended(row, filed.role, now, policy)
    if told is None:
        return Appealed(row, no_action="no_sanction_to_appeal")
    appeal = SanctionAppeal(filed.appeal_id, filed.role, told.tier, now, ended=ended)
    kept = _with_room(row.appeals)
    return Appealed(row._replace(appeals=(*kept, appeal)), appeal, told=told)


def decide_appeal(
    row: PartyConduct, decided: SanctionAppealDecided, now: int, policy: StandingPolicy
) -> Appealed:
    """Return the row with what people decided of an open appeal."""
    appeal = next((each for each in row.appeals if each.appeal_id == decided.appeal_id), None)
    if appeal is None or not appeal.open:
        return Appealed(row, no_action="no_open_appeal")
    closure = row.closure
    if closure is not None and not set(deciders(decided)).isdisjoint(closure.reviewer_ids):
        return Appealed(row, no_action="same_reviewer")
    settled = appeal._replace(open=False)
    if appeal.ended is None and appeal.tier in _CLOSURES and closure_is_peoples(row, policy):
        kept = decide_closure(row, _kept(decided), now, policy) if decided.granted else None
        row = row if kept is None or kept.no_action is not None else kept.row
    elif decided.granted:
        settled = settled._replace(granted_at_milliseconds=now)
    appeals = tuple([settled if each is appeal else each for each in row.appeals])
    return Appealed(row._replace(appeals=appeals), settled)


def closure_is_peoples(row: PartyConduct, policy: StandingPolicy) -> bool:
    """Tell whether people decide on the closure of a party, or have."""
    return bool(policy.closure_by_person) or row.closure is not None


def lifted_until(row: PartyConduct, role: PartyRole) -> int:
    """Return until when conduct counts no more, as an appeal was granted; 0 for none was."""
    return max([_counts_no_more(each) for each in row.appeals if each.role == role], default=0)


def with_ended(
    row: PartyConduct, before: StandingChanged, after: StandingChanged, policy: StandingPolicy
) -> PartyConduct:
    """Return the row with a measure that ends, as long as it may be appealed."""
    ends = before.tier in SANCTIONS and SEVERITY[after.tier] < SEVERITY[before.tier]
    if not policy.ended_appeal_days or not ends:
        return row
    kept = (each for each in row.ended if each.role != before.role)
    return row._replace(ended=(*kept, before))


def asked(
    row: PartyConduct,
    filed: SanctionAppealFiled,
    told: StandingChanged,
    now: int,
    level: ServiceLevel,
) -> ReviewSanction:
    """Return the command that has people decide an appeal against how a party stands."""
    days = level.appeal_review_business_days
    return ReviewSanction(
        command_id=hashed(filed.party_id, filed.role, "appeal", filed.appeal_id),
        appeal_id=filed.appeal_id,
        party_id=filed.party_id,
        role=filed.role,
        tier=told.tier,
        reason_codes=(f"appeal_of_{filed.role}",),
        statement=filed.statement,
        evidence=filed.evidence,
        strikes=told.strikes if filed.role == "seller" else told.factors.absolute_number,
        factors=told.factors,
        excluded_reviewer_ids=() if row.closure is None else row.closure.reviewer_ids,
        filed_at_milliseconds=now,
        issued_at_milliseconds=now,
        deadline_at_milliseconds=Calendar(level.calendar, ("",)).business_days_end(now, days),
        private_statement=filed.private_statement,
    )


def told_of(
    row: PartyConduct, appeal: SanctionAppeal, decided: SanctionAppealDecided, now: int
) -> SanctionParty | None:
    """Return what a party is told beside a change of how it stands: that its appeal was rejected,
    or that a measure which had ended was lifted. None where the measure ended meanwhile."""
    told = appeal.ended or _told(row, appeal.role)
    if told is None or told.tier not in SANCTIONS or (decided.granted and not appeal.ended):
        return None
    sanction: Sanction = "lift" if decided.granted else "uphold"
    return SanctionParty(
        command_id=hashed(decided.party_id, appeal.role, sanction, decided.decision_id),
        party_id=decided.party_id,
        role=appeal.role,
        sanction=sanction,
        reason_codes=decided.reason_codes,
        strikes=told.strikes if appeal.role == "seller" else told.factors.absolute_number,
        factors=told.factors,
        until_milliseconds=None if decided.granted else told.until_milliseconds,
        issued_at_milliseconds=now,
        decided_by_person=True,
    )


def by_people(command: SanctionParty, decided: SanctionAppealDecided) -> SanctionParty:
    """Return a command with what people decided who granted an appeal."""
    return command._replace(reason_codes=decided.reason_codes, decided_by_person=True)


def _told(row: PartyConduct, role: PartyRole) -> StandingChanged | None:
    return next((each for each in row.standings if each.role == role), None)


def _ended(
    row: PartyConduct, role: PartyRole, now: int, policy: StandingPolicy
) -> StandingChanged | None:
    """Return the newest measure that has ended and may be appealed: not too late, and once."""
    ended = next((each for each in row.ended if each.role == role), None)
    if ended is None:
        return None
    began = ended.changed_at_milliseconds
    if began + policy.ended_appeal_days * DAY_MILLISECONDS <= now:
        return None
    decided = (each for each in row.appeals if each.role == role and not each.open)
    heard = any(each.filed_at_milliseconds >= began for each in decided)
    return None if heard else ended


def _counts_no_more(appeal: SanctionAppeal) -> int:
    """Return until when conduct counts no more by an appeal; 0 for it was not granted."""
    if appeal.granted_at_milliseconds is None:
        return 0
    ended = appeal.ended
    return appeal.granted_at_milliseconds if ended is None else ended.changed_at_milliseconds


def _kept(decided: SanctionAppealDecided) -> ClosureDecided:
    return ClosureDecided(
        decision_id=decided.decision_id,
        party_id=decided.party_id,
        outcome="keep",
        reason_codes=decided.reason_codes,
        reviewer_id=decided.reviewer_id,
        decided_at_milliseconds=decided.decided_at_milliseconds,
        second_reviewer_id=decided.second_reviewer_id,
    )


def _with_room(appeals: tuple[SanctionAppeal, ...]) -> tuple[SanctionAppeal, ...]:
    """Return appeals with room for one more; those that are open, or lift something, stay."""
    kept = list(appeals)
    for each in appeals:
        if len(kept) < MAXIMUM_APPEALS:
            break
        if not each.open and each.granted_at_milliseconds is None:
            kept.remove(each)
    return tuple(kept)
