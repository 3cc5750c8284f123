"""The review desk: no task is given twice, none is lost, and decisions go out once."""

import threading
from random import Random

import psycopg
import pytest
from world import HOUR, START
from world_cases import TASKS, decided, delivered, detection, life, task

from processors.reviews.assignment import Reviewer, is_eligible, priority
from schemas.events.reviews import ReviewDecided
from schemas.events.standings import ConductFactors, ReviewSanction, SanctionParty
from schemas.reasons import SAFETY_HAZARD
from schemas.record import record_of
from sinks.case_store.case_store import CaseStore
from sinks.contract import Span
from sinks.database.database import connect
from sinks.private_texts.store import PrivateTextStore
from sinks.private_texts.wrapping_keys import WrappingKeys
from streams.clock import VirtualClock
from streams.sources.desk.desk import Desk
from streams.sources.desk.inquiries import Inquiry
from streams.sources.desk.rows import fetch_all, task_of
from streams.sources.desk.types import DeskRefused, DeskSettings, Verdict

ALL = ("*",)
ACCOUNTS = "ip.accounts.commands"


class World:
    """A store with tasks, and a desk on it."""

    def __init__(self, address):
        self.address = address
        self.clock = VirtualClock(START)
        self.store = CaseStore(address)
        self.connection = connect(address)
        self.desk = Desk(self.connection, self.clock)
        keys = WrappingKeys({"test": bytes(32)})
        self.texts = PrivateTextStore(keys, self.clock.now_milliseconds)

    def put(self, *tasks):
        self.take([(TASKS, each) for each in tasks])

    def take(self, told):
        records = delivered(told)
        expected = self.store.positions(sorted({record.topic for record in records}))
        spans, moved = {}, []
        for record in records:
            source = (record.topic, 0)
            start = expected.get(source, 0)
            moved.append(record._replace(offset=start + record.offset))
            spans[source] = Span(start, start + record.offset + 1)
        self.store.write(moved, spans)

    def team(self, *names, **others):
        for name in names:
            self.desk.put_reviewer(Reviewer(name, ALL, ALL, **others))

    def rows(self, query):
        return fetch_all(self.connection, query)

    def outbox(self, name):
        query = f"SELECT content FROM outbox WHERE event_type = '{name}' ORDER BY outbox_id"
        return [row["content"] for row in self.rows(query)]

    def state(self, case_id):
        (row,) = self.rows(f"SELECT * FROM review_tasks WHERE case_id = '{case_id}'")
        return row

    def close(self):
        self.connection.close()
        self.store.close()


@pytest.fixture
def world(database):
    made = World(database)
    yield made
    made.close()


def verdict(claimed, reviewer, outcome="take_down", reasons=("counterfeit",)):
    return Verdict(claimed.task.task_id, reviewer, outcome, reasons)


def test_what_is_decided_goes_out_as_a_review_and_only_once(world):
    world.team("ann")
    world.put(task("case-1"))
    claimed = world.desk.claim("ann")
    assert (claimed.case_id, claimed.lease_until_milliseconds) == ("case-1", START + HOUR // 2)
    assert world.desk.claim("ann") is None
    given = verdict(claimed, "ann")
    assert world.desk.decide(given).status == "decided"
    # A reviewer's tool that got no answer sends the verdict again.
    assert world.desk.decide(given).status == "decided"
    (review,) = (record_of(ReviewDecided, each) for each in world.outbox("ReviewDecided"))
    assert (review.case_id, review.decision_number, review.outcome) == ("case-1", 1, "take_down")
    assert len(world.outbox("ReviewAssigned")) == 1
    with pytest.raises(DeskRefused, match="decided"):
        world.desk.decide(given._replace(outcome="decline"))


def test_a_detection_is_reviewed_under_its_own_id(world):
    world.team("ann")
    world.take(detection("detection-1"))
    claimed = world.desk.claim("ann")
    with pytest.raises(DeskRefused, match="none of take_down, decline"):
        world.desk.decide(verdict(claimed, "ann", "ask_for_clarification"))
    assert world.desk.decide(verdict(claimed, "ann")).status == "decided"
    (review,) = world.outbox("ReviewDecided")
    assert (review["case_id"], review["listing_id"]) == (
        "detection-1",
        "listing-of-detection-1",
    )


def test_claims_come_in_the_order_and_to_the_people_of_the_pure_rules(world):
    random = Random(5)
    kinds = ("complaint", "counter_notice", "appeal", "registry_change")
    spans = {"counter_notice": 72, "appeal": 240}
    for number in range(60):
        kind = random.choice(kinds)
        issued = START - random.randrange(20) * HOUR
        world.put(
            task(
                f"case-{number}",
                kind=kind,
                subject_id="" if kind in ("complaint", "registry_change") else f"s-{number}",
                ground=random.choice(("counterfeit", "other")),
                language=random.choice(("en", "th", "")),
                reason_codes=random.choice(
                    (("near_match_only",), ("near_match_only", SAFETY_HAZARD))
                ),
                trusted_flagger=random.random() < 0.2,
                fast_lane=random.random() < 0.3,
                issued_at_milliseconds=issued,
                deadline_at_milliseconds=issued + spans.get(kind, 24) * HOUR,
                excluded_reviewer_ids=random.choice(((), ("ann",), ("bob",))),
            )
        )
    team = (
        Reviewer("ann", ("*",), ("en",)),
        Reviewer("bob", ("complaint:*", "appeal:other"), ("*",)),
        Reviewer("cho", ("complaint:counterfeit", "counter_notice:*"), ("th",)),
    )
    for reviewer in team:
        world.desk.put_reviewer(reviewer)
    desk = Desk(world.connection, world.clock, DeskSettings(maximum_held=100))
    empty = 0
    while empty < len(team):
        reviewer = random.choice(team)
        left = [task_of(row) for row in world.rows("SELECT * FROM review_tasks WHERE state='open'")]
        may = [each for each in left if is_eligible(reviewer, each, ())]
        first = min(may, key=lambda each: priority(each, START), default=None)
        claimed = desk.claim(reviewer.reviewer_id)
        assert (claimed and claimed.task) == first
        empty = empty + 1 if claimed is None else 0
    assert world.desk.state().forecast.late == len(
        world.rows("SELECT FROM review_tasks WHERE state IN ('open', 'leased')")
    )


def test_no_task_is_given_twice_to_many_who_claim_at_once(world):
    names = [f"reviewer-{number}" for number in range(6)]
    world.team(*names)
    world.put(*(task(f"case-{number}") for number in range(120)))
    taken = {name: [] for name in names}

    def work(name):
        with connect(world.address) as connection:
            desk = Desk(connection, world.clock)
            while (claimed := desk.claim(name)) is not None:
                taken[name].append(claimed.task.task_id)
                assert desk.decide(verdict(claimed, name)).status == "decided"

    threads = [threading.Thread(target=work, args=(name,)) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    given = [each for tasks in taken.values() for each in tasks]
    assert len(given) == len(set(given)) == 120
    reviews = world.outbox("ReviewDecided")
    assert len({review["review_id"] for review in reviews}) == len(reviews) == 120


def test_a_reviewer_who_vanishes_gives_the_task_back(world):
    world.team("ann", "bob")
    world.put(task("case-1"))
    lost = world.desk.claim("ann")
    assert world.desk.claim("bob") is None
    world.clock.advance(HOUR // 2)
    found = world.desk.claim("bob")
    assert found.task.task_id == lost.task.task_id
    with pytest.raises(DeskRefused, match="does not hold"):
        world.desk.decide(verdict(lost, "ann"))
    assert world.desk.decide(verdict(found, "bob")).status == "decided"
    endings = [row["ending"] for row in world.rows("SELECT * FROM assignments ORDER BY 1")]
    assert endings == ["expired", "decided"]


def test_skips_rise_through_the_levels_end_and_lose_nothing(world):
    world.team("ann", "bob")
    world.team("sue", seniority=2)
    world.put(task("case-1"))
    order = []
    for _ in range(10):
        for name in ("ann", "bob", "sue"):
            claimed = world.desk.claim(name)
            if claimed is not None:
                order.append(name)
                world.desk.skip(claimed.task.task_id, name, "not my field")
    assert sorted(order) == ["ann", "bob", "sue"]
    row = world.state("case-1")
    assert (row["state"], row["level"], row["unclaimable"]) == ("open", 2, True)
    assert [each["level"] for each in world.outbox("ReviewEscalated")] == [2]
    assert len(world.outbox("ReviewSkipped")) == 3
    assert world.desk.state().tasks == {("complaint", "unclaimable"): 1}
    # A new colleague takes it, or one who skipped it and is told to.
    world.team("lea", seniority=3)
    assert world.desk.claim("lea").case_id == "case-1"
    world.desk.skip(row["task_id"], "lea", "nor mine")
    assert world.desk.assign(row["task_id"], "ann").case_id == "case-1"


def test_of_high_values_two_decide_and_a_senior_where_they_differ(world):
    world.team("ann", "bob")
    world.team("sue", seniority=2)
    world.put(*(task(f"case-{number}", price_euros=1_000.0) for number in (1, 2)))
    first = world.desk.claim("ann")
    assert world.desk.decide(verdict(first, "ann")).status == "second_opinion_wanted"
    other = world.desk.claim("ann")
    assert other.case_id != first.case_id
    assert world.desk.decide(verdict(other, "ann")).status == "second_opinion_wanted"
    assert world.desk.claim("ann") is None
    assert world.outbox("ReviewDecided") == []
    again = world.desk.claim("bob")
    assert world.desk.decide(verdict(again, "bob")).status == "decided"
    (review,) = world.outbox("ReviewDecided")
    assert (review["reviewer_id"], review["second_reviewer_id"]) == ("ann", "bob")
    differing = world.desk.claim("bob")
    assert world.desk.decide(verdict(differing, "bob", "decline")).status == "escalated"
    assert world.state(differing.case_id)["level"] == 2
    assert world.desk.claim("bob") is None
    senior = world.desk.claim("sue")
    assert world.desk.decide(verdict(senior, "sue", "decline")).status == "decided"
    assert world.outbox("ReviewDecided")[-1]["outcome"] == "decline"


def test_to_ask_for_clarification_needs_no_second(world):
    world.team("ann")
    world.put(task("case-1", price_euros=9_000.0))
    claimed = world.desk.claim("ann")
    asked = verdict(claimed, "ann", "ask_for_clarification", ("statement_missing",))
    assert world.desk.decide(asked).status == "decided"


def test_what_a_reviewer_escalates_goes_to_a_senior_only(world):
    world.team("ann", "bob")
    world.team("sue", seniority=2)
    world.put(task("case-1"))
    claimed = world.desk.claim("ann")
    assert world.desk.escalate(claimed.task.task_id, "ann", "a new kind of trick") == 2
    assert world.desk.claim("bob") is None
    assert world.desk.claim("ann") is None
    assert world.desk.claim("sue").case_id == "case-1"
    (told,) = world.outbox("ReviewEscalated")
    assert (told["level"], told["reviewer_id"]) == (2, "ann")


def test_a_task_whose_case_moved_on_leaves_the_queue_also_from_a_desk(world):
    world.team("ann")
    world.put(task("case-1"), task("case-2"))
    claimed = world.desk.claim("ann")
    moved = decided(claimed.case_id, 2, "take_down")
    world.take([("ip.decisions.events", moved)])
    world.desk.upkeep()
    (assignment,) = world.rows("SELECT * FROM assignments")
    assert (assignment["ending"], assignment["ended_at_milliseconds"]) == ("stale", START)
    assert world.desk.decide(verdict(claimed, "ann")).status == "stale"
    assert world.outbox("ReviewDecided") == []
    assert world.desk.claim("ann").case_id != claimed.case_id
    assert world.desk.claim("ann") is None


def test_a_bad_row_does_not_fail_the_batch(world):
    world.team("ann")
    world.put(*(task(f"case-{number}") for number in range(4)))
    claimed = [world.desk.claim("ann") for _ in range(4)]
    given = [verdict(each, "ann") for each in claimed]
    given[1] = given[1]._replace(outcome="maybe")
    given[2] = given[2]._replace(reason_codes=("because",))
    given.insert(0, given[0]._replace(task_id="no\x00task"))
    results = world.desk.decide_many(given)
    assert [result.status for result in results] == [None, "decided", None, None, "decided"]
    assert "no such reason code as because" in str(results[3].refusal)
    assert len(world.outbox("ReviewDecided")) == 2


def test_a_reviewer_holds_a_bounded_number_of_tasks(world):
    world.team("ann")
    desk = Desk(world.connection, world.clock, DeskSettings(maximum_held=2))
    world.put(*(task(f"case-{number}") for number in range(4)))
    assert desk.claim("ann")
    assert desk.claim("ann")
    with pytest.raises(DeskRefused, match="holds 2 tasks"):
        desk.claim("ann")
    with pytest.raises(DeskRefused, match="no active reviewer"):
        desk.claim("nobody")


def test_inquiries_are_answered_and_their_time_told(world):
    world.team("ann")
    asked = Inquiry("inquiry-1", "holder-1", "When is my case decided?", "en", "case-1")
    assert world.desk.receive_inquiry(asked, world.texts)
    assert not world.desk.receive_inquiry(asked, world.texts)
    world.clock.advance(25 * HOUR)
    state = world.desk.state()
    assert (state.inquiries, state.overdue_inquiries) == (1, 1)
    (waiting,) = world.desk.inquiries("reviewer ann", world.texts)
    assert (waiting["question"], waiting["answer"]) == (asked.question, None)
    answer = ("inquiry-1", "ann", "Today.", world.texts)
    assert world.desk.answer_inquiry(*answer) == 25 * 3_600.0
    with pytest.raises(DeskRefused, match="was answered by ann"):
        world.desk.answer_inquiry(*answer)
    assert world.desk.inquiries("reviewer ann", world.texts) == []
    (told,) = world.outbox("InquiryAnswered")
    assert told["elapsed_seconds"] == 25 * 3_600.0


def test_new_complainants_and_complicated_cases_are_called_on_once(world):
    world.team("ann")
    world.take([each for number in range(3) for each in life(f"case-{number}", "holder-new")])
    for _ in range(2):
        world.desk.upkeep()
    told = world.outbox("OutreachRequested")
    assert sorted((each["reason"], each["case_id"]) for each in told) == [
        ("complicated_case", "case-0"),
        ("complicated_case", "case-1"),
        ("complicated_case", "case-2"),
        ("new_party", "case-0"),
    ]
    for each in world.desk.outreach():
        world.desk.finish_outreach(each["outreach_id"], "ann")
    assert world.desk.outreach() == []


def test_operations_fail_clearly_when_postgresql_ends_the_connection(world):
    world.team("ann")
    world.put(task("case-1"))
    with connect(world.address) as other:
        mine = world.connection.info.backend_pid
        other.execute("SELECT pg_terminate_backend(%s)", (mine,))
    with pytest.raises(psycopg.OperationalError):
        world.desk.claim("ann")
    with connect(world.address) as connection:
        assert Desk(connection, world.clock).claim("ann").case_id == "case-1"


def sanctioned(sanction="propose_closure", number=1, at=START):
    factors = ConductFactors(9, 1.0, "grave", "repeated after a warning")
    reasons = ("repeat_offender",)
    return SanctionParty(
        f"command-{number}", "seller-1", "seller", sanction, reasons, 9, factors, None, at
    )


def appealed(role="seller", excluded=()):
    factors = ConductFactors(6, 1.0, "grave", "repeated after a warning")
    return ReviewSanction(
        command_id="task-1",
        appeal_id="appeal-1",
        party_id="party-1",
        role=role,
        tier="restricted",
        reason_codes=(f"appeal_of_{role}",),
        statement="They are genuine.",
        evidence=(),
        strikes=6,
        factors=factors,
        excluded_reviewer_ids=excluded,
        filed_at_milliseconds=START,
        issued_at_milliseconds=START,
        deadline_at_milliseconds=START + 10 * 24 * HOUR,
    )


@pytest.mark.parametrize("outcome", ["close", "keep"])
def test_two_people_decide_on_a_closure_with_a_reason(world, outcome):
    world.team("ann", "bob")
    world.take([(ACCOUNTS, sanctioned())])
    first = world.desk.claim("ann")
    assert (first.task.kind, first.row["seller_id"]) == ("closure", "seller-1")
    with pytest.raises(DeskRefused, match="reason code"):
        world.desk.decide(verdict(first, "ann", outcome, ()))
    with pytest.raises(DeskRefused, match="is none of close, keep"):
        world.desk.decide(verdict(first, "ann", "take_down"))
    given = world.desk.decide(verdict(first, "ann", outcome, ("repeat_offender",)))
    assert given.status == "second_opinion_wanted"
    assert world.outbox("ClosureDecided") == []
    second = world.desk.claim("bob")
    given = world.desk.decide(verdict(second, "bob", outcome, ("repeat_offender",)))
    assert given.status == "decided"
    (told,) = world.outbox("ClosureDecided")
    assert (told["party_id"], told["outcome"]) == ("seller-1", outcome)
    assert (told["reviewer_id"], told["second_reviewer_id"]) == ("ann", "bob")
    assert world.outbox("ReviewDecided") == []


@pytest.mark.parametrize(("outcome", "granted"), [("grant", True), ("reject", False)])
@pytest.mark.parametrize("role", ["seller", "complainant"])
def test_two_people_decide_on_an_appeal_against_a_measure(world, role, outcome, granted):
    world.team("ann", "bob", "eve")
    world.take([(TASKS, appealed(role, excluded=("eve",)))])
    assert world.desk.claim("eve") is None
    for name in ("ann", "bob"):
        claimed = world.desk.claim(name)
        assert claimed.task.kind == "sanction_appeal"
        world.desk.decide(verdict(claimed, name, outcome, ("seller_authorised",)))
    (told,) = world.outbox("SanctionAppealDecided")
    assert (told["appeal_id"], told["party_id"]) == ("appeal-1", "party-1")
    assert told["granted"] is granted
    assert told["second_reviewer_id"] == "bob"
    (said,) = world.rows("SELECT * FROM appeals")
    assert said["statement"] == "They are genuine."


def test_a_later_proposal_takes_the_place_of_an_earlier_one(world):
    world.team("ann")
    world.take([(ACCOUNTS, sanctioned())])
    world.take([(ACCOUNTS, sanctioned(number=2, at=START + HOUR))])
    assert world.desk.claim("ann").task.task_id == "command-2"
    assert world.desk.claim("ann") is None


def test_other_measures_ask_nobody(world):
    world.team("ann")
    world.take([(ACCOUNTS, sanctioned(each, n)) for n, each in enumerate(("warn", "restrict"))])
    assert world.desk.claim("ann") is None
