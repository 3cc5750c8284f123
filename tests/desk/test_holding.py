"""Verdicts that wait a moment: undone in time, taken afterwards, and never lost or doubled."""

import pytest
from desk.test_desk import World, verdict
from world import HOUR, START, complaint
from world_cases import COMPLAINTS, DECISIONS, decided, task
from world_disputes import answer, appeal, clarification, objection

from schemas.declaration import declaration_of
from schemas.events.reviews import ReviewedListing, ReviewedMark
from schemas.private_texts import withheld
from sinks.private_texts.store import ERASED
from streams.sources.desk.types import DeskRefused

LISTING = ReviewedListing(
    3, "active", "Shoes inspired by Nike", None, "Shoes", (25,), ("DE",),
    "https://shop.example/3", START, None,
)  # fmt: skip
MARK = ReviewedMark(
    "NIKE", "word", "registered", ("Nike Innovate C.V.",), (25,), ("DE",), None, None
)
OBJECTIONS = "ip.counter-notices.events"
SECOND = 1_000


@pytest.fixture
def world(database):
    made = World(database)
    made.team("anna", "ben")
    yield made
    made.close()


def test_a_verdict_that_is_undone_in_time_tells_nobody_and_the_task_stays(world):
    world.put(task("c1"))
    claimed = world.desk.claim("anna")
    assert world.desk.hold(verdict(claimed, "anna")) == START + 30 * SECOND
    world.desk.undo(claimed.task.task_id, "anna")
    world.clock.advance(HOUR // 12)
    world.desk.upkeep()
    assert world.outbox("ReviewDecided") == []
    assert [each["case_id"] for each in world.desk.tasks_of("anna")] == ["c1"]


def test_a_verdict_is_taken_once_when_its_hold_is_over(world):
    world.put(task("c1"))
    claimed = world.desk.claim("anna")
    world.desk.hold(verdict(claimed, "anna"))
    world.desk.upkeep()
    assert world.outbox("ReviewDecided") == []
    assert world.desk.tasks_of("anna") == []
    world.clock.advance(30 * SECOND)
    world.desk.upkeep()
    world.desk.upkeep()
    assert [each["outcome"] for each in world.outbox("ReviewDecided")] == ["take_down"]
    with pytest.raises(DeskRefused, match="can't be undone"):
        world.desk.undo(claimed.task.task_id, "anna")


def test_a_held_task_outlives_its_lease_and_only_its_holder_undoes(world):
    world.put(task("c1"))
    claimed = world.desk.claim("anna")
    world.clock.advance(30 * 60 * SECOND - SECOND)
    world.desk.hold(verdict(claimed, "anna"))
    with pytest.raises(DeskRefused):
        world.desk.undo(claimed.task.task_id, "ben")
    world.clock.advance(29 * SECOND)
    assert world.desk.claim("ben") is None
    world.clock.advance(2 * SECOND)
    world.desk.upkeep()
    assert world.state("c1")["state"] == "decided"


def test_no_hold_goes_beyond_the_time_of_the_case(world):
    world.put(task("c1", deadline_at_milliseconds=START + 10 * SECOND))
    assert world.desk.hold(verdict(world.desk.claim("anna"), "anna")) == START + 10 * SECOND


def test_what_would_be_refused_later_is_refused_at_once(world):
    world.put(task("c1"))
    claimed = world.desk.claim("anna")
    for refused in (
        verdict(claimed, "anna", "reinstate_all"),
        verdict(claimed, "anna", reasons=()),
        verdict(claimed, "anna")._replace(explanation="stop\x00"),
        verdict(claimed, "ben"),
    ):
        with pytest.raises(DeskRefused):
            world.desk.hold(refused)
    assert world.desk.held_by("anna") == []


def test_a_case_that_moved_on_while_a_verdict_was_held_is_not_decided(world):
    world.put(task("c1"))
    world.desk.hold(verdict(world.desk.claim("anna"), "anna"))
    world.take([(DECISIONS, decided("c1", 2, "retract"))])
    world.clock.advance(HOUR)
    world.desk.upkeep()
    assert world.outbox("ReviewDecided") == []
    assert world.desk.held_by("anna") == []


def test_the_holder_alone_is_shown_listing_mark_words_and_what_was_found(world):
    world.take(
        [
            (COMPLAINTS, complaint(complaint_id="c1", listing_id="listing-of-c1")),
            (DECISIONS, decided("c1", 1, "send_to_review")),
        ]
    )
    world.put(task("c1", listing=LISTING, mark=MARK))
    claimed = world.desk.claim("anna")
    shown = world.desk.show(claimed.task.task_id, "anna", world.texts)
    assert shown.row["listing"]["title"] == "Shoes inspired by Nike"
    assert shown.row["mark"]["owners"] == ["Nike Innovate C.V."]
    assert [word.kind for word in shown.words] == ["complaint"]
    assert shown.words[0].evidence
    assert shown.decision["findings"] == {"registry": "in_force"}
    with pytest.raises(DeskRefused):
        world.desk.show(claimed.task.task_id, "ben", world.texts)


def test_a_reviewer_reads_private_words_of_both_sides_until_they_are_erased(world):
    given = [complaint(complaint_id="c1"), clarification(case_id="c1", statement="And this.")]
    given += [objection(case_id="c1"), answer(case_id="c1"), appeal(case_id="c1")]
    told = []
    for event, topic in zip(given, (COMPLAINTS, COMPLAINTS, *[OBJECTIONS] * 3), strict=True):
        party = getattr(event, declaration_of(type(event)).subject)
        texts = world.texts.sealing(world.connection, party)
        told.append((topic, withheld(event, texts.keep)))
        world.texts.put(world.connection, texts, "f-1")
    world.take(told)
    world.put(task("c1"))
    task_id = world.desk.claim("anna").task.task_id

    def words():
        shown = world.desk.show(task_id, "anna", world.texts).words
        return {word.kind: word.text for word in shown}

    sent = [getattr(each, "statement", None) or each.explanation for each in given]
    assert sorted(words().values()) == sorted(sent)
    world.texts.erase(world.connection, given[0].complainant_id)
    assert words()["complaint"] == words()["clarification"] == words()["answer"] == ERASED
    assert words()["counter_notice"] == given[2].statement
    world.texts.erase(world.connection, given[2].seller_id)
    assert words()["counter_notice"] == ERASED


def test_of_a_second_look_nobody_is_told_what_was_decided(world):
    world.take([(DECISIONS, decided("c1", 1, "take_down"))])
    world.put(task("c1", kind="second_look", subject_id="look"))
    shown = world.desk.show(world.desk.claim("anna").task.task_id, "anna", world.texts)
    assert shown.decision is None
    assert shown.earlier == ()
