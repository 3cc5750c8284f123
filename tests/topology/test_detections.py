"""What a monitor detects, from its record on: commands, rights of the seller, strikes undone."""

import pytest
from world import HOUR, START, complaint, listing, review, trademark
from world_disputes import acknowledgement, appeal, objection, retraction
from world_monitoring import Tables, watched

from processors.titles.offences import record, strikes
from schemas.events.appeals import AppealDecided
from schemas.events.detections import BlockListing, DelistListing, ReviewDetection
from schemas.events.enforcement import EnforcementConfirmed
from schemas.events.takedowns import ReinstateListing, TakeDownListing
from topology.harness import DriverHarness
from topology.test_lifecycle import (
    COMMANDS,
    COMPLAINTS,
    DECISIONS,
    DONE,
    LISTINGS,
    MARKS,
    OBJECTIONS,
    QUEUE,
    REVIEWS,
    SLA,
    send,
    tell_tables,
)

DETECTIONS, NOTICES, CONDUCT = "ip.detections.events", "ip.notices.commands", "ip.conduct.events"
DAY = 24 * HOUR
COPY, DOUBTFUL = "Cutex replica nail polish", "Cut3x polish"


@pytest.fixture
def driven(tmp_path):
    harness = DriverHarness(tmp_path / "state")
    tell_tables(harness)
    yield harness
    harness.close()


def tell(harness, topic, *events):
    for event in events:
        send(harness, topic, event)
    harness.settle()


def detect(harness, **changes):
    """Tell of a listing's change and of what a monitor finds in it; give the detection."""
    (found,) = watched(Tables([trademark()]), **changes).outputs
    tell(harness, LISTINGS, listing(**changes))
    tell(harness, DETECTIONS, found)
    return found


def kinds(harness):
    return [type(each) for each in harness.read(COMMANDS)]


def counted(harness):
    return [(each.role, each.kind, each.case_id) for each in harness.read(CONDUCT)]


def decide(harness, found, outcome, **changes):
    made = review(case_id=found.detection_id, outcome=outcome)._replace(**changes)
    tell(harness, REVIEWS, made)


def appealed(harness, found, outcome):
    """Let the seller appeal, and a person decide."""
    tell(
        harness,
        OBJECTIONS,
        appeal(appeal_id="appeal-9", case_id=found.detection_id, party_id="seller-9"),
    )
    decide(harness, found, outcome, review_id="review-9", subject_id="appeal-9")


def offences(harness):
    found = ()
    for command in harness.read(COMMANDS):
        found = record(found, command)
    return found


def test_a_block_is_told_with_its_reasons_and_the_seller_may_object_and_appeal(driven):
    found = detect(driven, title=COPY)
    [command] = driven.read(COMMANDS)
    assert isinstance(command, BlockListing)
    assert (command.detection_id, command.reason_codes) == (
        found.detection_id,
        ("counterfeit_words",),
    )
    [notice] = driven.read(NOTICES)
    assert (notice.party_id, notice.role, notice.kind) == ("seller-9", "seller", "decision")
    assert (notice.case_id, notice.outcome) == (found.detection_id, "block")
    assert notice.reason_codes == command.reason_codes
    assert notice.automated
    assert notice.answer_until_milliseconds is not None
    assert notice.appeal_until_milliseconds - notice.issued_at_milliseconds > 180 * DAY
    assert counted(driven) == [("seller", "strike", found.detection_id)]
    assert not driven.read(DECISIONS)
    assert not driven.dead_letters()


def test_an_appeal_puts_it_back_and_takes_the_strike_back(driven):
    found = detect(driven, title=COPY)
    appealed(driven, found, "reinstate")
    assert kinds(driven) == [BlockListing, ReinstateListing]
    assert driven.read(COMMANDS)[1].case_id == found.detection_id
    assert counted(driven) == [
        ("seller", "strike", found.detection_id),
        ("seller", "strike_reversed", found.detection_id),
    ]
    [decided] = driven.read(DECISIONS)
    assert isinstance(decided, AppealDecided)
    assert decided.granted
    told = [each.outcome for each in driven.read(NOTICES) if each.role == "seller"]
    assert told[0] == "block"
    assert "reinstate" in told
    assert strikes(offences(driven), START + 40 * DAY) == 0


def test_an_appeal_that_is_rejected_leaves_it_down(driven):
    found = detect(driven, title=COPY)
    appealed(driven, found, "take_down")
    assert kinds(driven) == [BlockListing]
    assert [each.granted for each in driven.read(DECISIONS)] == [False]
    assert driven.read(NOTICES)[-1].kind == "appeal_decided"


def test_a_stranger_may_neither_appeal_nor_retract(driven):
    found = detect(driven, title=COPY)
    tell(driven, OBJECTIONS, appeal(case_id=found.detection_id, party_id="holder-1"))
    tell(driven, COMPLAINTS, retraction(case_id=found.detection_id))
    assert kinds(driven) == [BlockListing]
    assert not driven.read(QUEUE)


def test_an_objection_goes_to_people_as_nobody_complained(driven):
    found = detect(driven, title=COPY)
    tell(driven, OBJECTIONS, objection(case_id=found.detection_id))
    [task] = driven.read(QUEUE)
    assert (task.kind, task.case_id) == ("counter_notice", found.detection_id)
    decide(driven, found, "reinstate", review_id="r-2", subject_id=task.subject_id)
    assert kinds(driven) == [BlockListing, ReinstateListing]
    assert counted(driven)[-1] == ("seller", "strike_reversed", found.detection_id)


def test_what_is_doubtful_waits_for_a_person(driven):
    upheld = detect(driven, title=DOUBTFUL)
    [task] = driven.read(QUEUE)
    assert isinstance(task, ReviewDetection)
    assert not driven.read(NOTICES)
    for _ in range(2):
        decide(driven, upheld, "take_down", reason_codes=("trademark_infringement",))
    [command] = driven.read(COMMANDS)
    assert (type(command), command.automated) == (BlockListing, False)
    assert command.reason_codes == ("trademark_infringement",)
    [notice] = driven.read(NOTICES)
    assert (notice.outcome, notice.automated) == ("block", False)


@pytest.mark.parametrize("outcome", ["decline", "ask_for_clarification"])
def test_what_a_person_declines_is_left_alone(driven, outcome):
    declined = detect(driven, title=DOUBTFUL)
    decide(driven, declined, outcome)
    assert not driven.read(COMMANDS)
    assert not driven.read(NOTICES)
    assert not driven.read(CONDUCT)


def test_a_repeat_offender_is_delisted(driven):
    found = detect(driven, title=DOUBTFUL)._replace(
        detection_id="other", outcome="delist", reason_codes=("repeat_offender",)
    )
    tell(driven, DETECTIONS, found)
    assert kinds(driven) == [DelistListing]


def test_the_same_detection_again_changes_nothing(driven):
    found = detect(driven, title=COPY)
    tell(driven, DETECTIONS, found)
    assert kinds(driven) == [BlockListing]
    assert len(driven.read(NOTICES)) == 1


def test_a_version_that_is_past_is_not_blocked(driven):
    (found,) = watched(Tables([trademark()]), title=COPY).outputs
    tell(driven, LISTINGS, listing(title="Nail polish", version=2))
    tell(driven, DETECTIONS, found)
    assert not driven.read(COMMANDS)


def test_a_block_is_for_its_version(driven):
    first = detect(driven, title=COPY)
    second = detect(driven, title=COPY + " 200 ml", version=2)
    assert [each.listing_version for each in driven.read(COMMANDS)] == [1, 2]
    appealed(driven, second, "reinstate")
    assert kinds(driven) == [BlockListing, BlockListing, ReinstateListing]
    assert strikes(offences(driven), START + 40 * DAY) == 1
    assert offences(driven)[0].case_id == first.detection_id


def test_its_effect_is_followed_until_the_listing_is_another(driven):
    found = detect(driven, title=COPY)
    [command] = driven.read(COMMANDS)
    done = acknowledgement(command_id=command.command_id, case_id=found.detection_id)
    tell(driven, DONE, done)
    tell(driven, LISTINGS, listing(title=COPY, version=2, status="suspended"))
    stages = [each.stage for each in driven.read(SLA) if isinstance(each, EnforcementConfirmed)]
    assert stages == ["acknowledged", "proved"]


def test_a_seller_who_mends_the_title_is_not_asked_for_again(driven):
    detect(driven, title=COPY)
    tell(driven, LISTINGS, listing(title="Cutex nail polish", version=2))
    driven.pass_time(3 * DAY)
    assert not driven.read(SLA)


def test_a_complaint_joins_a_block_and_keeps_it_down(driven):
    found = detect(driven, title=COPY)
    tell(driven, COMPLAINTS, complaint())
    assert kinds(driven) == [BlockListing]
    appealed(driven, found, "reinstate")
    assert kinds(driven) == [BlockListing]
    tell(driven, COMPLAINTS, retraction())
    assert kinds(driven) == [BlockListing, ReinstateListing]
    assert driven.read(COMMANDS)[-1].undone_case_ids == (found.detection_id,)
    assert strikes(offences(driven), START + 40 * DAY) == 0


def test_what_joined_a_block_is_taken_down_when_the_version_changes(driven):
    detect(driven, title=COPY)
    tell(driven, COMPLAINTS, complaint())
    tell(driven, LISTINGS, listing(version=2, title="Cutex replica polish, new"))
    assert kinds(driven) == [BlockListing, TakeDownListing]


def test_a_block_does_not_keep_a_clean_title_down(driven):
    detect(driven, title=COPY)
    tell(driven, LISTINGS, listing(title="Cutex nail polish", version=2))
    tell(driven, COMPLAINTS, complaint())
    tell(driven, LISTINGS, listing(title="Cutex nail polish", version=3, status="suspended"))
    tell(driven, COMPLAINTS, retraction())
    assert kinds(driven) == [BlockListing, TakeDownListing, ReinstateListing]


def test_two_complaints_that_are_both_retracted_leave_no_strike(driven):
    tell(driven, LISTINGS, listing())
    tell(driven, COMPLAINTS, complaint(), complaint(complaint_id="complaint-2"))
    assert kinds(driven) == [TakeDownListing]
    assert strikes(offences(driven), START + 40 * DAY) == 1
    for number, case_id in enumerate(("complaint-1", "complaint-2")):
        again = retraction(retraction_id=f"retraction-{number}", case_id=case_id)
        tell(driven, COMPLAINTS, again)
        left = strikes(offences(driven), START + 40 * DAY)
        assert left == (1 if case_id == "complaint-1" else 0)
    assert kinds(driven) == [TakeDownListing, ReinstateListing]
    struck = [each.case_id for each in driven.read(CONDUCT) if each.kind == "strike"]
    undone = [each.case_id for each in driven.read(CONDUCT) if each.kind == "strike_reversed"]
    assert struck == undone == ["complaint-1", "complaint-2"]


def test_a_block_whose_mark_has_ended_is_looked_at_by_people(driven):
    found = detect(driven, title=COPY)
    ended = trademark(status="cancelled", recorded_at_milliseconds=START)
    driven.send(MARKS, "US:76044902", ended)
    driven.settle()
    [task] = driven.read(QUEUE)
    assert (task.kind, task.case_id) == ("registry_change", found.detection_id)
    decide(driven, found, "reinstate", decision_number=task.decision_number)
    assert kinds(driven) == [BlockListing, ReinstateListing]


def test_one_that_a_monitor_commanded_itself_is_told_and_may_be_appealed(driven):
    (found,) = watched(Tables([trademark()]), title=COPY).outputs
    tell(driven, LISTINGS, listing(title=COPY))
    tell(driven, DETECTIONS, found._replace(worker_decides=False))
    assert not driven.read(COMMANDS)
    assert not driven.read(CONDUCT)
    assert [each.outcome for each in driven.read(NOTICES)] == ["block"]
    appealed(driven, found, "reinstate")
    assert kinds(driven) == [ReinstateListing]


def test_its_case_comes_back_from_the_changelog(driven):
    found = detect(driven, title=COPY)
    driven.restart(lose_state=True)
    appealed(driven, found, "reinstate")
    assert kinds(driven) == [BlockListing, ReinstateListing]


@pytest.mark.parametrize("of_mark", [True, False])
def test_a_detection_whose_outcome_nobody_knows_is_buried(driven, of_mark):
    (found,) = watched(Tables([trademark()]), title=COPY).outputs
    marks = tuple(each._replace(outcome="burn") for each in found.marks)
    odd = found._replace(marks=marks) if of_mark else found._replace(outcome="burn")
    tell(driven, LISTINGS, listing(title=COPY))
    tell(driven, DETECTIONS, odd)
    assert driven.dead_letters() == ["invalid_outcome"]
    assert kinds(driven) == []
