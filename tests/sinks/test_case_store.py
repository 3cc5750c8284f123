"""The case store ends in the same rows whatever the order, the repeats and the faults."""

import threading
import time

import psycopg
import pytest
from world import START, complaint
from world_cases import TAKEDOWNS, TASKS, delivered, detection, life, shuffled, task

from ops.local.postgres import PostgresServer
from schemas.events.takedowns import ReinstateListing
from schemas.wire.delivered import Delivered
from sinks.case_store.case_store import TOPICS, CaseStore
from sinks.contract import PositionMoved, SinkUnavailable, Span
from sinks.database.database import migrate

TABLES = (
    "cases",
    "decisions",
    "commands",
    "detections",
    "clarifications",
    "counter_notices",
    "counter_notice_answers",
    "appeals",
    "reviews",
    "notices",
    "standings",
    "complainants",
    "review_tasks",
    "case_overview",
)
CASES = 6


def spans_of(records, positions):
    spans = {}
    for record in records:
        source = (record.topic, record.partition)
        start = spans[source].expected if source in spans else positions.get(source, 0)
        spans[source] = Span(start, record.offset + 1)
    return spans


def feed(store, records, size=7):
    """Write records in batches, as a reader does."""
    positions = store.positions(list(TOPICS))
    for start in range(0, len(records), size):
        batch = records[start : start + size]
        spans = spans_of(batch, positions)
        store.write(batch, spans)
        positions.update({source: span.next for source, span in spans.items()})


def rows(address):
    with psycopg.connect(address) as connection:
        return {
            table: sorted(map(repr, connection.execute(f"SELECT * FROM {table}").fetchall()))
            for table in TABLES
        }


def empty(address):
    with psycopg.connect(address) as connection:
        names = ", ".join([*TABLES[:-1], "positions", "refused_records"])
        connection.execute(f"TRUNCATE {names}")


@pytest.fixture
def records():
    told = [each for number in range(CASES) for each in life(f"case-{number}", f"holder-{number}")]
    return delivered([*told, *detection("detection-1")])


@pytest.fixture
def store(database):
    made = CaseStore(database)
    yield made
    made.close()


def only(address, query, *parameters):
    with psycopg.connect(address, row_factory=psycopg.rows.dict_row) as connection:
        (row,) = connection.execute(query, parameters).fetchall()
        return row


def test_a_case_s_life_is_told_by_its_row(store, database, records):
    feed(store, records)
    case = only(database, "SELECT * FROM case_overview WHERE case_id = 'case-3'")
    assert (case["decision_number"], case["outcome"]) == (6, "reinstate")
    assert case["deadline_at_milliseconds"] == START + 25 * 3_600_000
    assert (case["clock_state"], case["within_deadline"]) == ("closed", True)
    assert case["paused_seconds"] == 3_600.0
    assert case["counter_notice_state"] == "counter_notice_decided"
    assert case["open_appeals"] == 0
    down = only(database, "SELECT * FROM commands WHERE case_id = 'case-3' AND kind = 'take_down'")
    assert down["acknowledged_at_milliseconds"] == START + 6 * 3_600_000
    assert down["refused_at_milliseconds"] == START + 5 * 3_600_000
    assert down["refusal"] == "failed: busy"
    assert down["proved_at_milliseconds"] == START + 7 * 3_600_000
    assert down["reminders"] == 1
    decisions = "SELECT count(*), max(decision_number) FROM decisions WHERE case_id = 'case-3'"
    assert only(database, decisions) == {"count": 6, "max": 6}


def test_while_the_clock_stands_the_case_is_paused_and_its_task_gone(store, database):
    feed(store, delivered(life("case-1")[:8]))
    case = only(database, "SELECT * FROM case_overview")
    assert case["clock_state"] == "paused"
    assert case["answer_until_milliseconds"] == START + 99 * 3_600_000
    assert only(database, "SELECT state FROM review_tasks") == {"state": "stale"}


@pytest.mark.parametrize("size", [1, 40])
def test_any_order_between_topics_ends_in_the_same_rows(store, database, records, size):
    feed(store, records)
    wanted = rows(database)
    assert len(wanted["review_tasks"]) == 4 * CASES + 1
    assert sum("'stale'" in row for row in wanted["review_tasks"]) == 4 * CASES
    for seed in range(3):
        empty(database)
        feed(store, shuffled(records, seed), size)
        assert rows(database) == wanted


def test_records_that_come_again_change_nothing(store, database, records):
    feed(store, records)
    wanted = rows(database)
    with psycopg.connect(database) as connection:
        # As if the positions were lost: all is read again from the start.
        connection.execute("DELETE FROM positions")
    feed(store, records, size=50)
    assert rows(database) == wanted


def test_a_reader_that_lost_its_partition_is_refused(store, database, records):
    zombie = CaseStore(database)
    first, second = records[:10], records[10:20]
    store.write(first, spans_of(first, {}))
    positions = store.positions(list(TOPICS))
    store.write(second, spans_of(second, positions))
    wanted = rows(database)
    with pytest.raises(PositionMoved):
        zombie.write(second, spans_of(second, positions))
    with pytest.raises(PositionMoved):
        zombie.write(first, spans_of(first, {}))
    zombie.close()
    assert rows(database) == wanted


def test_a_position_that_was_never_written_is_not_taken_for_granted(store, records):
    with pytest.raises(PositionMoved):
        store.write(records[:1], {(records[0].topic, 0): Span(5, 6)})
    assert store.positions(list(TOPICS)) == {}


def test_what_postgresql_can_t_hold_is_set_aside_and_the_rest_written(store, database):
    long = complaint(complaint_id="".join(map(str, range(20_000))))
    odd = complaint(complaint_id="odd\x00id", statement="a\x00b \\u0000")
    batch = [
        Delivered(TOPICS[0], 0, offset, event, START)
        for offset, event in enumerate([complaint(), long, odd])
    ]
    store.write(batch, spans_of(batch, {}))
    assert store.endings == {"written": 2, "refused": 1}
    refused = only(database, "SELECT topic, record_offset, event FROM refused_records")
    assert refused == {"topic": TOPICS[0], "record_offset": 1, "event": "ComplaintFiled"}
    kept = only(database, "SELECT statement FROM cases WHERE case_id LIKE 'odd%%'")
    assert kept["statement"] == "a\ufffdb \\u0000"
    assert store.positions(list(TOPICS)) == {(TOPICS[0], 0): 3}


def test_two_readers_of_the_same_listings_leave_no_stale_task(database, records):
    """Decisions come by one reader and tasks by another, at the same time."""
    parts = ([], [])
    for record in records:
        parts[record.topic == "ip.reviews.commands"].append(record)
    stores = [CaseStore(database), CaseStore(database)]
    threads = [
        threading.Thread(target=feed, args=(store, part, 3))
        for store, part in zip(stores, parts, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for store in stores:
        store.close()
    count = "SELECT count(*) FILTER (WHERE state = 'open') AS open, count(*) FROM review_tasks"
    assert only(database, count) == {"open": 1, "count": 4 * CASES + 1}


def test_postgresql_killed_amid_writes_loses_and_doubles_nothing(records):
    told = [each for number in range(40) for each in life(f"case-{number}")]
    records = delivered(told)
    with PostgresServer() as server:
        migrate(server.address)
        store = CaseStore(server.address)
        errors = []
        feeding = threading.Thread(target=feed_until_done, args=(store, records, errors))
        feeding.start()
        # The server is started by this thread, since it ends with the thread that started it.
        for written in (200, 700):
            while store.endings["written"] < written:
                time.sleep(0.005)
            server.kill()
            server.start()
        feeding.join()
        found = rows(server.address)
        store.close()
        empty(server.address)
        undisturbed = CaseStore(server.address)
        feed(undisturbed, records, 500)
        undisturbed.close()
        assert found == rows(server.address)
    assert errors


def feed_until_done(store, records, errors):
    """Write as a reader does: after an error from where the store says."""
    positions = None
    while True:
        try:
            if positions is None:
                positions = store.positions(list(TOPICS))
                todo = [r for r in records if r.offset >= positions.get((r.topic, r.partition), 0)]
            if not todo:
                return
            batch, todo = todo[:10], todo[10:]
            spans = spans_of(batch, positions)
            store.write(batch, spans)
            positions.update({source: span.next for source, span in spans.items()})
        except SinkUnavailable as error:
            errors.append(error)
            positions = None
            time.sleep(0.05)


@pytest.mark.parametrize("seed", range(4))
def test_what_is_asked_of_a_block_that_was_put_back_leaves_the_queue(store, database, seed):
    found, _asked = detection("detection-2")
    listing = "listing-of-detection-2"
    looked_at = task("detection-2", 1, listing_id=listing, kind="second_look", subject_id="look-1")
    back = ReinstateListing(
        "back-1", "detection-2", 2, listing, "shop", "seller-9", ("counterfeit",), START
    )
    told = [found, (TASKS, looked_at), (TAKEDOWNS, back)]
    feed(store, shuffled(delivered(told), seed), 1)
    assert only(database, "SELECT state FROM review_tasks") == {"state": "stale"}
