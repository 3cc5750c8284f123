"""A listing that another seller offers, after it was taken down for a case.

What was proved was proved of the former seller's goods, and who offers them now was never heard. So
nothing is taken from it without a person; the former seller's strike stands while the case does.
"""

from typing import Final

from processors.cases.case_clock import without_timers
from processors.cases.case_decision import CaseResult, put_into_effect
from processors.cases.counter_notices import ANSWERED_PHASES, OBJECTION_TIMERS
from processors.cases.enforcement import withdrawn
from processors.cases.judgement import Judgement
from processors.policies.service_level import OTHER_SELLERS
from processors.step import Moment
from schemas.events.cases import Case
from schemas.events.listings import ListingChanged

RULE_ID: Final = "step:other_seller"
REASON: Final = "offered_by_other_seller"


def passed_on(case: Case, listing: ListingChanged, moment: Moment) -> CaseResult | None:
    """Return a case that people decide on for another seller; None where it is the same one's.

    While an objection or an appeal of the former seller is being decided, the case stays its.
    """
    if moment.levels.of_case(case).steps_edition < OTHER_SELLERS or not case.taken_down:
        return None
    if not (case.seller_id and listing.seller_id) or case.seller_id == listing.seller_id:
        return None
    objection = case.counter_notice
    heard = objection is not None and objection.phase in ANSWERED_PHASES
    if heard or any(appeal.open for appeal in case.appeals):
        return None
    former = dict.fromkeys((*case.former_seller_ids, case.seller_id))
    free = without_timers(withdrawn(case), OBJECTION_TIMERS)._replace(
        taken_down=False,
        decided_by_review=False,
        counter_notice=None,
        seller_id=listing.seller_id,
        former_seller_ids=tuple(each for each in former if each != listing.seller_id),
    )
    judgement = Judgement("send_to_review", (REASON,), RULE_ID, {}, None, None, "")
    return put_into_effect(free, judgement, listing, moment, "ListingChanged")
