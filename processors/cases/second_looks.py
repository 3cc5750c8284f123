"""A second look at a sample of what was decided without a person, by one who isn't told how.

The sample is drawn by hash, so that it is the same whenever it is drawn, and is as large as the
policy says of each marketplace's week. What a person decides otherwise is done, and counts against
the rule.
"""

from processors.cases.case_commands import Subject, review
from processors.cases.conduct import conduct_of_rule
from processors.cases.enforcement import Removal
from processors.cases.judgement import Judgement
from processors.identifiers import hashed
from processors.restraint.action_counts import looks_in_week, looks_name, share_of
from processors.restraint.restraint import rule_party
from processors.step import Moment, Output
from schemas.durations import DAY_MILLISECONDS
from schemas.events.cases import Case, SecondLook
from schemas.events.conduct import ConductKind, ConductRecorded
from schemas.events.listings import ListingChanged
from schemas.events.reviews import ReviewDecided

LOOK_DAYS = 7
HASH_RANGE = 1 << 32
UNEVEN = 2
"""How many times its even share of a week's minimum a partition takes: actions are not spread
evenly over partitions."""


def ask(
    case: Case,
    judgement: Judgement,
    command: object,
    listing: ListingChanged | None,
    moment: Moment,
) -> tuple[Case, list[Output]]:
    """Return the case, and the task for a reviewer where its decision is in the sample."""
    acts, declines = isinstance(command, Removal), judgement.outcome == "decline"
    if judgement.reviewer_ids or not judgement.rule_set_hash or not (acts or declines):
        return case._replace(second_look=None) if case.second_look else case, []
    if not (_is_drawn(case, moment) or (acts and _is_of_minimum(case, moment))):
        return case._replace(second_look=None) if case.second_look else case, []
    case_id, number = case.complaint.complaint_id, str(case.decision_number)
    look = SecondLook(
        hashed("second_look", case_id, number),
        case.decision_number,
        rule_party(judgement.rule_id, judgement.rule_set_hash),
        "take_down" if acts else "decline",
    )
    until = moment.now_milliseconds + LOOK_DAYS * DAY_MILLISECONDS
    subject = Subject("second_look", look.subject_id, ("second_look",), until)
    case = case._replace(second_look=look)
    return case, [review(case, subject, listing, moment)]


def agrees(look: SecondLook, decided: ReviewDecided) -> bool | None:
    """Tell whether a person decided as was decided; None where the person could not decide."""
    if decided.outcome == "ask_for_clarification":
        return None
    return (decided.outcome == "take_down") == (look.outcome == "take_down")


def verdict(case: Case, look: SecondLook, upheld: bool, moment: Moment) -> list[ConductRecorded]:
    """Return what a second look counts for, of the rule that had decided."""
    kind: ConductKind = "action_upheld" if upheld else "action_overturned"
    return conduct_of_rule(case, look.rule, kind, moment)


def _is_drawn(case: Case, moment: Moment) -> bool:
    percent = moment.service_level.standing.second_look_percent
    if not percent:
        return False
    drawn = hashed("second_look", "drawn", case.complaint.complaint_id, str(case.decision_number))
    return int(drawn[:8], 16) * 100 < percent * HASH_RANGE


def _is_of_minimum(case: Case, moment: Moment) -> bool:
    minimum = moment.service_level.standing.second_looks_a_week
    if not minimum:
        return False
    share = UNEVEN * max(1, share_of(minimum, moment.partitions, moment.origin.partition))
    done = looks_in_week(
        moment.counted(looks_name(case.complaint.marketplace)), moment.now_milliseconds
    )
    return done < min(minimum, share)
