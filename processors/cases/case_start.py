"""How a case begins, whatever it begins with."""

from processors.policies.service_level import clock_timers
from processors.step import Moment
from schemas.events.cases import Case
from schemas.events.complaints import ComplaintFiled
from schemas.record import maker

_case = maker(Case)


def begun(complaint: ComplaintFiled, moment: Moment, clocked: bool = False) -> Case:
    """Return a case that nothing was decided on, under the policy of now; clocked, it is timed."""
    now = moment.now_milliseconds
    policy_hash = moment.levels.choose(complaint)
    level = moment.levels.get(policy_hash)
    return _case(
        complaint=complaint,
        received_at_milliseconds=now,
        deadline_at_milliseconds=now + level.deadline_milliseconds,
        decision_number=0,
        outcome="wait_for_listing",
        reason_codes=(),
        decided_by_review=False,
        taken_down=False,
        closed_at_milliseconds=None,
        trademark_key=None,
        trademark_recorded_at_milliseconds=None,
        listing_version=None,
        timers=clock_timers(level, now) if clocked else (),
        policy_hash=policy_hash,
    )
