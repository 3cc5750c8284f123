"""A case after its decision: what parties say, what reviewers answer, and what time brings."""

import itertools

import pytest
from world import HOUR, agent, complaint, listing, owner, review
from world_disputes import acknowledgement, answer, appeal, clarification, objection, retraction

from schemas.events.appeals import AppealDecided
from schemas.events.complaints import Evidence
from schemas.events.enforcement import EnforcementConfirmed, EnforcementOverdue
from schemas.events.sla import (
    CaseClosed,
    SlaBreached,
    SlaClockPaused,
    SlaClockResumed,
    SlaWarningRaised,
)
from schemas.events.takedowns import ReinstateListing, TakeDownListing
from topology.harness import DriverHarness
from topology.test_lifecycle import (
    COMMANDS,
    COMPLAINTS,
    DECISIONS,
    LISTINGS,
    PARTIES,
    QUEUE,
    REVIEWS,
    SLA,
    send,
    tell_tables,
)

OBJECTIONS, DONE = "ip.counter-notices.events", "ip.acknowledgements.events"
NOTICES, CONDUCT = "ip.notices.commands", "ip.conduct.events"
DAY = 24 * HOUR


@pytest.fixture
def driven(tmp_path):
    harness = DriverHarness(tmp_path / "state")
    yield harness
    harness.close()


@pytest.fixture
def taken_down(driven):
    """A counterfeit that was taken down."""
    tell_tables(driven)
    tell(driven, LISTINGS, listing())
    tell(driven, COMPLAINTS, complaint())
    return driven


def tell(harness, topic, *events):
    for event in events:
        send(harness, topic, event)
    harness.settle()


def told(harness, kind):
    return [each for each in harness.read(SLA) if isinstance(each, kind)]


def kinds(harness):
    return [type(command) for command in harness.read(COMMANDS)]


def reasons(harness):
    return [d.reason_codes for d in harness.read(DECISIONS) if not isinstance(d, AppealDecided)]


def said(harness, role):
    return [each.kind for each in harness.read(NOTICES) if each.role == role]


def counted(harness):
    """Return what counted, of complainants, then of sellers: each party has a partition."""
    found = [(each.role, each.kind) for each in harness.read(CONDUCT)]
    return sorted(found, key=lambda each: each[0])


def asked(harness, kind):
    return [task for task in harness.read(QUEUE) if task.kind == kind]


def test_both_parties_are_told_and_both_records_count(taken_down):
    assert said(taken_down, "complainant") == ["complaint_received", "decision"]
    [notice] = [each for each in taken_down.read(NOTICES) if each.role == "seller"]
    assert notice.party_id == "seller-9"
    assert notice.automated
    assert notice.answer_until_milliseconds is not None
    assert notice.appeal_until_milliseconds - notice.issued_at_milliseconds > 180 * DAY
    assert counted(taken_down) == [("complainant", "complaint_upheld"), ("seller", "strike")]


def test_a_question_to_the_complainant_stops_the_clock(driven):
    tell_tables(driven)
    tell(driven, LISTINGS, listing())
    tell(driven, COMPLAINTS, complaint(signature=""))
    [paused] = told(driven, SlaClockPaused)
    driven.driver.advance(30 * HOUR)
    assert not told(driven, SlaWarningRaised)
    tell(driven, COMPLAINTS, clarification())
    [resumed] = told(driven, SlaClockResumed)
    assert resumed.paused_seconds == pytest.approx(30 * 3600, abs=1)
    assert resumed.deadline_at_milliseconds > paused.deadline_at_milliseconds
    [closed] = told(driven, CaseClosed)
    assert closed.within_deadline
    assert closed.open_seconds < 1
    assert closed.paused_seconds == resumed.paused_seconds
    assert kinds(driven) == [TakeDownListing]


def test_after_a_pause_the_rest_of_the_clock_runs(driven):
    tell_tables(driven)
    tell(driven, LISTINGS, listing(title="Cutexx nail polish remover"))
    tell(driven, COMPLAINTS, complaint(signature=""))
    driven.driver.advance(10 * HOUR)
    tell(driven, COMPLAINTS, clarification())
    [resumed] = told(driven, SlaClockResumed)
    now = driven.driver.clock.now_milliseconds()
    driven.driver.advance(resumed.deadline_at_milliseconds - now - 1)
    assert len(told(driven, SlaWarningRaised)) == 1
    assert not told(driven, SlaBreached)
    driven.driver.advance(1)
    assert len(told(driven, SlaBreached)) == 1


def test_silence_of_the_complainant_declines(driven):
    tell_tables(driven)
    tell(driven, LISTINGS, listing())
    tell(driven, COMPLAINTS, complaint(signature=""))
    [paused] = told(driven, SlaClockPaused)
    now = driven.driver.clock.now_milliseconds()
    driven.driver.advance(paused.answer_until_milliseconds - now)
    assert reasons(driven)[-1] == ("clarification_not_given",)
    assert told(driven, CaseClosed)[0].within_deadline
    tell(driven, COMPLAINTS, clarification())
    assert len(reasons(driven)) == 2


def test_nobody_else_clarifies_or_retracts(taken_down):
    tell(taken_down, COMPLAINTS, retraction(complainant_id="agent-1"))
    tell(taken_down, COMPLAINTS, clarification(complainant_id="agent-1"))
    tell(taken_down, COMPLAINTS, clarification())
    assert len(reasons(taken_down)) == 1


def test_a_retraction_puts_the_listing_back_and_takes_the_strike_back(taken_down):
    tell(taken_down, COMPLAINTS, retraction())
    tell(taken_down, COMPLAINTS, retraction(retraction_id="retraction-2"))
    assert kinds(taken_down) == [TakeDownListing, ReinstateListing]
    assert counted(taken_down) == [
        ("complainant", "complaint_upheld"),
        ("complainant", "complaint_retracted"),
        ("seller", "strike"),
        ("seller", "strike_reversed"),
    ]
    tell(taken_down, LISTINGS, listing(version=2, title="Cutex nail polish, new"))
    assert len(kinds(taken_down)) == 2


def test_an_objection_that_is_accepted_puts_the_listing_back(taken_down):
    tell(taken_down, OBJECTIONS, objection(), objection())
    assert said(taken_down, "complainant")[-1] == "counter_notice_filed"
    tell(taken_down, OBJECTIONS, answer(answer="accept"))
    assert kinds(taken_down) == [TakeDownListing, ReinstateListing]
    assert reasons(taken_down)[-1] == ("counter_notice_accepted",)
    assert ("complainant", "complaint_countered") in counted(taken_down)


def test_silence_to_an_objection_puts_the_listing_back(taken_down):
    tell(taken_down, OBJECTIONS, objection())
    [notice] = [n for n in taken_down.read(NOTICES) if n.kind == "counter_notice_filed"]
    now = taken_down.driver.clock.now_milliseconds()
    taken_down.driver.advance(notice.answer_until_milliseconds - now - 1)
    assert kinds(taken_down) == [TakeDownListing]
    taken_down.driver.advance(1)
    assert kinds(taken_down) == [TakeDownListing, ReinstateListing]


def test_three_objections_are_heard_and_no_fourth(taken_down):
    for number in range(1, 4):
        tell(taken_down, OBJECTIONS, objection(counter_notice_id=f"objection-{number}"))
        tell(taken_down, OBJECTIONS, answer(answer_id=f"answer-{number}"))
        task = asked(taken_down, "counter_notice")[-1]
        assert task.subject_id == f"objection-{number}"
        upheld = review(
            review_id=f"review-{number}", subject_id=task.subject_id, decision_number=number
        )
        tell(taken_down, REVIEWS, upheld, upheld)
    tell(taken_down, OBJECTIONS, objection(counter_notice_id="objection-4"))
    assert len(asked(taken_down, "counter_notice")) == 3
    assert kinds(taken_down) == [TakeDownListing]
    assert counted(taken_down) == [("complainant", "complaint_upheld"), ("seller", "strike")]


def test_a_seller_that_is_silent_for_three_business_days_forfeits(taken_down):
    taken_down.driver.advance(8 * DAY)
    tell(taken_down, OBJECTIONS, objection())
    assert "counter_notice_filed" not in said(taken_down, "complainant")


@pytest.mark.parametrize("court_action", [False, True])
def test_copyright_is_put_back_after_ten_business_days_without_court_action(driven, court_action):
    tell_tables(driven)
    tell(driven, LISTINGS, listing())
    filed = complaint(ground="copyright_infringement", trademark_number="")
    tell(driven, COMPLAINTS, filed)
    tell(driven, REVIEWS, review(reason_codes=("copyright_infringement",)))
    driven.driver.advance(30 * DAY)
    tell(driven, OBJECTIONS, objection())
    [notice] = [n for n in driven.read(NOTICES) if n.kind == "counter_notice_filed"]
    if court_action:
        tell(driven, OBJECTIONS, answer(answer="court_action"))
    now = driven.driver.clock.now_milliseconds()
    driven.driver.advance(notice.answer_until_milliseconds - now - 1)
    assert notice.answer_until_milliseconds - now > 10 * DAY
    assert kinds(driven) == [TakeDownListing]
    driven.driver.advance(1)
    back = [] if court_action else [ReinstateListing]
    assert kinds(driven) == [TakeDownListing, *back]


def test_an_appeal_is_decided_by_others_and_may_put_the_listing_back(driven):
    tell_tables(driven)
    tell(driven, LISTINGS, listing(title="Cutexx nail polish remover"))
    tell(driven, COMPLAINTS, complaint())
    tell(driven, REVIEWS, review())
    tell(driven, OBJECTIONS, appeal(), appeal(), appeal(appeal_id="appeal-2"))
    [task] = asked(driven, "appeal")
    assert task.excluded_reviewer_ids == ("reviewer-7",)
    granted = review(
        review_id="review-2",
        subject_id="appeal-1",
        decision_number=task.decision_number,
        outcome="reinstate",
        reason_codes=("nominative_use",),
    )
    tell(driven, REVIEWS, granted)
    assert len(asked(driven, "appeal")) == 2
    assert kinds(driven) == [TakeDownListing]
    tell(driven, REVIEWS, granted._replace(review_id="review-3", reviewer_id="reviewer-8"))
    [decided] = [d for d in driven.read(DECISIONS) if isinstance(d, AppealDecided)]
    assert decided.granted
    assert decided.reviewer_id == "reviewer-8"
    assert kinds(driven) == [TakeDownListing, ReinstateListing]
    assert ("seller", "strike_reversed") in counted(driven)


def test_both_parties_may_appeal_one_after_the_other(taken_down):
    tell(taken_down, OBJECTIONS, appeal(), appeal(appeal_id="appeal-x", party_id="holder-1"))
    assert len(asked(taken_down, "appeal")) == 1
    first = review(subject_id="appeal-1", outcome="reinstate", reason_codes=("nominative_use",))
    tell(taken_down, REVIEWS, first)
    tell(taken_down, OBJECTIONS, appeal(appeal_id="appeal-y", party_id="holder-1"))
    second = review(review_id="review-2", subject_id="appeal-y", reviewer_id="reviewer-8")
    tell(taken_down, REVIEWS, second)
    assert kinds(taken_down) == [TakeDownListing, ReinstateListing, TakeDownListing]
    decided = [d for d in taken_down.read(DECISIONS) if isinstance(d, AppealDecided)]
    assert [(d.role, d.granted) for d in decided] == [("seller", True), ("complainant", True)]
    assert [kind for role, kind in counted(taken_down) if role == "complainant"] == [
        "complaint_upheld",
        "complaint_countered",
        "complaint_restored",
    ]


def test_an_appeal_comes_within_six_months(taken_down):
    taken_down.driver.advance(181 * DAY)
    tell(taken_down, OBJECTIONS, appeal(party_id="stranger"), appeal())
    assert len(asked(taken_down, "appeal")) == 1
    rejected = review(subject_id="appeal-1", outcome="decline", reason_codes=("counterfeit",))
    tell(taken_down, REVIEWS, rejected)
    taken_down.driver.advance(10 * DAY)
    tell(taken_down, OBJECTIONS, appeal(appeal_id="appeal-2"))
    assert len(asked(taken_down, "appeal")) == 1
    assert kinds(taken_down) == [TakeDownListing]


def test_a_new_complaint_is_decided_while_an_appeal_is_open(taken_down):
    tell(taken_down, OBJECTIONS, appeal())
    tell(taken_down, COMPLAINTS, complaint(complaint_id="complaint-2", complainant_id="agent-1"))
    decided = {each.case_id: each.outcome for each in taken_down.read(DECISIONS)}
    assert decided["complaint-2"] == "take_down"
    granted = review(subject_id="appeal-1", outcome="reinstate", reason_codes=("nominative_use",))
    tell(taken_down, REVIEWS, granted)
    # The second case keeps the listing down.
    assert kinds(taken_down) == [TakeDownListing]


def test_a_command_is_confirmed_by_the_marketplace_and_then_by_the_listing(taken_down):
    [command] = taken_down.read(COMMANDS)
    done = acknowledgement(command.command_id)
    tell(taken_down, DONE, done, done, acknowledgement("another"))
    tell(taken_down, LISTINGS, listing(version=2, status="removed"))
    confirmed = told(taken_down, EnforcementConfirmed)
    assert [each.stage for each in confirmed] == ["acknowledged", "proved"]
    taken_down.driver.advance(30 * DAY)
    assert not told(taken_down, EnforcementOverdue)


def test_what_is_not_confirmed_is_told_a_few_times_ever_later(taken_down):
    taken_down.driver.advance(HOUR - 10)
    assert not told(taken_down, EnforcementOverdue)
    taken_down.driver.advance(30 * DAY)
    overdue = told(taken_down, EnforcementOverdue)
    assert [each.reminder_number for each in overdue] == [1, 2, 3, 4, 5, 6]
    assert {each.missing for each in overdue} == {"acknowledgement"}
    waits = [b.due_at_milliseconds - a.due_at_milliseconds for a, b in itertools.pairwise(overdue)]
    assert waits == sorted(waits)


def test_a_reinstatement_is_proved_by_the_listing_that_is_back(taken_down):
    tell(taken_down, LISTINGS, listing(version=2, status="removed"))
    tell(taken_down, COMPLAINTS, retraction())
    tell(taken_down, LISTINGS, listing(version=3))
    confirmed = told(taken_down, EnforcementConfirmed)
    assert [(each.action, each.stage) for each in confirmed] == [
        ("take_down", "proved"),
        ("reinstate", "proved"),
    ]
    assert kinds(taken_down) == [TakeDownListing, ReinstateListing]


def test_a_refused_command_is_told_at_once(taken_down):
    [command] = taken_down.read(COMMANDS)
    tell(taken_down, DONE, acknowledgement(command.command_id, result="refused"))
    [overdue] = told(taken_down, EnforcementOverdue)
    assert overdue.command_id == command.command_id
    taken_down.driver.advance(30 * DAY)
    assert len(told(taken_down, EnforcementOverdue)) == 1


@pytest.mark.parametrize("lose_state", [False, True])
def test_an_open_dispute_survives_a_restart(taken_down, lose_state):
    tell(taken_down, OBJECTIONS, objection(), appeal())
    taken_down.restart(lose_state)
    taken_down.driver.advance(20 * DAY)
    assert kinds(taken_down) == [TakeDownListing, ReinstateListing]
    [decided] = [d for d in taken_down.read(DECISIONS) if isinstance(d, AppealDecided)]
    assert decided.granted


def test_trusted_flaggers_and_price_and_language_reach_the_reviewers(driven):
    tell_tables(driven)
    flagger = owner(trusted_flagger_grounds=("counterfeit",))
    driven.send(PARTIES, "holder-1", flagger)
    driven.send(PARTIES, "agent-1", agent())
    tell(driven, LISTINGS, listing(title="Cutexx remover", language="en", price_euros=2_000.0))
    tell(driven, COMPLAINTS, complaint())
    [task] = driven.read(QUEUE)
    assert (task.trusted_flagger, task.language, task.price_euros) == (True, "en", 2_000.0)


def test_what_says_nothing_usable_is_buried(taken_down):
    tell(taken_down, OBJECTIONS, objection(seller_id=""))
    tell(taken_down, OBJECTIONS, objection(statement="x" * 30_000))
    tell(taken_down, COMPLAINTS, clarification(trademark_number_kind="neither"))
    assert taken_down.dead_letters() == ["invalid_id", "invalid_number_kind", "text_too_long"]


def test_the_complainant_is_told_what_the_seller_said_and_by_what_id_to_answer(taken_down):
    tell(taken_down, OBJECTIONS, objection())
    [notice] = [each for each in taken_down.read(NOTICES) if each.kind == "counter_notice_filed"]
    assert (notice.role, notice.subject_id) == ("complainant", "objection-1")
    assert (notice.said_by, notice.statement) == ("seller-9", objection().statement)
    tell(taken_down, OBJECTIONS, answer(answer="reject", explanation="The invoice is forged."))
    [told_back] = [
        each for each in taken_down.read(NOTICES) if each.kind == "counter_notice_answered"
    ]
    assert (told_back.role, told_back.party_id) == ("seller", "seller-9")
    assert (told_back.subject_id, told_back.statement) == ("objection-1", "The invoice is forged.")
    assert told_back.said_by == "holder-1"


def test_the_seller_of_a_work_is_told_of_a_court_action(driven):
    tell_tables(driven)
    tell(driven, LISTINGS, listing())
    tell(driven, COMPLAINTS, complaint(ground="copyright_infringement"))
    [task] = asked(driven, "complaint")
    tell(driven, REVIEWS, review(decision_number=task.decision_number))
    tell(driven, OBJECTIONS, objection())
    filed = [each for each in driven.read(NOTICES) if each.kind == "counter_notice_filed"]
    assert filed[0].statement == objection().statement
    tell(driven, OBJECTIONS, answer(answer="court_action", explanation="1:26-cv-1"))
    [decided] = [each for each in driven.read(NOTICES) if each.kind == "counter_notice_decided"]
    assert (decided.statement, decided.subject_id) == ("1:26-cv-1", "objection-1")


@pytest.mark.parametrize(
    ("party", "reason", "words"),
    [
        (agent(identity_verified=False), "complainant_unverified", "identity document"),
        (agent(authorisations=()), "complainant_not_authorised", "letter of authorisation"),
    ],
)
def test_an_agent_is_told_what_would_do_and_not_asked_the_same_twice(driven, party, reason, words):
    tell_tables(driven)
    driven.send(PARTIES, party.party_id, party)
    tell(driven, LISTINGS, listing())
    tell(driven, COMPLAINTS, complaint(complainant_id="agent-1"))
    assert reasons(driven) == [(reason,)]
    [notice] = [each for each in driven.read(NOTICES) if each.kind == "clarification_asked"]
    assert any(words in each for each in notice.asked_for)
    letter = (Evidence("letter-1", "letter_of_authorisation", None),)
    tell(driven, COMPLAINTS, clarification(complainant_id="agent-1", evidence=letter))
    assert said(driven, "complainant").count("clarification_asked") == 1
    [task] = asked(driven, "complaint")
    assert task.reason_codes == (reason,)
    assert not driven.read(COMMANDS)


def test_another_thing_is_asked_for_after_the_first(driven):
    tell_tables(driven)
    driven.send(PARTIES, "agent-1", agent(identity_verified=False))
    tell(driven, LISTINGS, listing())
    tell(driven, COMPLAINTS, complaint(complainant_id="agent-1", signature=""))
    tell(driven, COMPLAINTS, clarification(complainant_id="agent-1"))
    assert reasons(driven) == [("signature_missing",), ("complainant_unverified",)]


def test_what_a_complaint_must_say_is_asked_for_until_it_is_said(driven):
    tell_tables(driven)
    tell(driven, LISTINGS, listing())
    tell(driven, COMPLAINTS, complaint(signature=""))
    tell(driven, COMPLAINTS, clarification(signature=" "))
    assert reasons(driven) == [("signature_missing",)] * 2
    assert not asked(driven, "complaint")
