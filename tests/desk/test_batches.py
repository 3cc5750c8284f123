"""Tasks that are alike are taken and decided together: each shown, each undone, none twice."""

import threading

import pytest
from desk.test_desk import World
from world import HOUR, START
from world_cases import DECISIONS, decided, detection, task

from processors.reviews.assignment import Reviewer
from sinks.database.database import connect
from streams.sources.desk import batches
from streams.sources.desk.desk import Desk
from streams.sources.desk.types import DeskRefused, Verdict

SECOND = 1_000


@pytest.fixture
def world(database):
    made = World(database)
    made.team("anna", "ben")
    yield made
    made.close()


def like(count, first=0, **changes):
    changes = {"trademark_key": "EM:1", **changes}
    return [task(f"c{number}", **changes) for number in range(first, first + count)]


def taken(world, lead, who="anna"):
    """Take the tasks like a case's together; give their ids."""
    claimed = world.desk.claim_together(world.state(lead)["task_id"], who)
    return [each.task.task_id for each in claimed]


def verdicts(ids, who="anna", outcome="decline", reasons=("insufficient_evidence",)):
    return [Verdict(each, who, outcome, reasons) for each in ids]


def cases(world, state):
    query = f"SELECT case_id FROM review_tasks WHERE state = '{state}' ORDER BY case_id"
    return [row["case_id"] for row in world.rows(query)]


def test_groups_are_of_one_kind_ground_complainant_and_mark(world):
    world.put(
        *like(3),
        *like(2, 10, complainant_id="holder-2"),
        *like(2, 20, trademark_key="EM:2"),
        *like(1, 30, ground="trademark_use"),
        *like(4, 40, kind="appeal", subject_id="a"),
        *like(1, 50, complainant_id="holder-3", trademark_key=None),
    )
    found = world.desk.groups("anna")
    told = [(each["complainant_id"], each["trademark_key"], each["tasks"]) for each in found]
    assert told[0] == ("holder-1", "EM:1", 3)
    assert sorted(told[1:]) == [("holder-1", "EM:2", 2), ("holder-2", "EM:1", 2)]
    assert len(taken(world, "c10")) == 2
    assert cases(world, "leased") == ["c10", "c11"]


def test_what_a_reviewer_may_not_take_is_in_no_batch(world):
    world.desk.put_reviewer(Reviewer("cleo", ("complaint:*",), ("de",)))
    world.put(
        *like(2, language="de"),
        *like(1, 5, language="ja"),
        *like(1, 6, language="de", excluded_reviewer_ids=("cleo",)),
    )
    (group,) = world.desk.groups("cleo")
    assert group["tasks"] == 2
    assert len(taken(world, "c0", "cleo")) == 2
    assert cases(world, "open") == ["c5", "c6"]


def test_titles_that_were_found_are_not_alike(world):
    world.take([*detection("d1"), *detection("d2")])
    assert world.desk.groups("anna") == []


@pytest.mark.parametrize("kind", ["appeal", "counter_notice", "second_look", "registry_change"])
def test_what_needs_a_reading_of_its_own_is_not_taken_together(world, kind):
    world.put(*like(2, kind=kind, subject_id="subject"))
    assert world.desk.groups("anna") == []
    with pytest.raises(DeskRefused, match="none of a batch"):
        taken(world, "c0")


def test_a_batch_is_decided_after_its_hold_and_the_rest_goes_back(world):
    world.put(*like(5))
    ids = taken(world, "c0")
    held = world.desk.hold_together(verdicts(ids[:3]), ids[3:])
    assert (held.held, held.refused, held.returned) == (3, (), 2)
    assert held.settles_at_milliseconds == START + 120 * SECOND
    world.clock.advance(119 * SECOND)
    world.desk.upkeep()
    assert world.outbox("ReviewDecided") == []
    back = cases(world, "open")
    assert len(back) == 2
    world.clock.advance(SECOND)
    world.desk.upkeep()
    assert [each["outcome"] for each in world.outbox("ReviewDecided")] == ["decline"] * 3
    ending = "SELECT DISTINCT ending FROM assignments ORDER BY ending"
    assert [row["ending"] for row in world.rows(ending)] == ["decided", "returned"]
    assert world.desk.claim("anna").case_id in back


def test_all_is_undone_at_once_and_stays_with_the_reviewer(world):
    world.put(*like(4))
    ids = taken(world, "c0")
    world.desk.hold_together(verdicts(ids), [])
    assert world.desk.undo_together(ids[0], "ben") == 0
    assert world.desk.undo_together(ids[0], "anna") == 4
    world.clock.advance(HOUR // 4)
    world.desk.upkeep()
    assert world.outbox("ReviewDecided") == []
    assert [row["outcome"] for row in world.desk.batch_of(ids[0], "anna")] == [None] * 4


def test_what_is_refused_stays_and_does_not_hinder_the_others(world):
    world.put(*like(3))
    ids = taken(world, "c0")
    world.desk.hold(Verdict(ids[0], "anna", "decline", ("insufficient_evidence",)))
    stale = Verdict("gone", "anna", "decline", ("insufficient_evidence",))
    held = world.desk.hold_together([stale, *verdicts(ids[1:])], ["gone", *ids])
    assert [each.task_id for each in held.refused] == ["gone"]
    assert (held.held, held.returned) == (2, 0)


def test_nobody_decides_or_puts_back_what_another_holds(world):
    world.put(*like(3))
    ids = taken(world, "c0")
    held = world.desk.hold_together(verdicts(ids[:2], "ben"), ids[2:])
    assert (held.held, len(held.refused), held.returned) == (0, 2, 0)
    assert len(cases(world, "leased")) == 3


def test_dear_goods_of_a_batch_are_seen_by_two(world):
    world.put(*like(1), *like(1, 1, price_euros=20_000.0))
    world.desk.hold_together(verdicts(taken(world, "c0"), outcome="take_down"), [])
    world.clock.advance(HOUR // 4)
    world.desk.upkeep()
    assert [each["case_id"] for each in world.outbox("ReviewDecided")] == ["c0"]
    assert world.state("c1")["state"] == "open"


def test_a_case_that_moved_on_is_not_decided(world):
    world.put(*like(2))
    world.desk.hold_together(verdicts(taken(world, "c0")), [])
    world.take([(DECISIONS, decided("c1", 2, "retract"))])
    world.clock.advance(HOUR // 4)
    world.desk.upkeep()
    assert [each["case_id"] for each in world.outbox("ReviewDecided")] == ["c0"]


def test_no_task_is_with_two_reviewers(world):
    world.put(*like(60))
    lead, got = world.state("c0")["task_id"], {}

    def take(name):
        with connect(world.address) as connection:
            desk = Desk(connection, world.clock)
            got[name] = [each.case_id for each in desk.claim_together(lead, name)]

    threads = [threading.Thread(target=take, args=(name,)) for name in ("anna", "ben")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(got["anna"] + got["ben"]) == sorted(f"c{number}" for number in range(60))


def test_a_batch_has_a_bound_and_one_is_finished_before_the_next(world, monkeypatch):
    monkeypatch.setattr(batches, "MAXIMUM_TOGETHER", 25)
    world.put(*like(30), *like(2, 40, trademark_key="EM:2"))
    assert len(taken(world, "c0")) == 25
    with pytest.raises(DeskRefused, match="holds 25"):
        taken(world, "c40")
