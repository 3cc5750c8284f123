"""Statements reach the database once each, whatever is repeated, killed or refused."""

import threading

import psycopg
import pytest
from fake_transparency_database import FakeTransparencyDatabase
from statement_events import NOON, decided, removal, sanction

from schemas.wire.delivered import Delivered
from sinks.contract import PositionMoved, Span
from sinks.database.database import connect
from sinks.statements.client import DESTINATION, TransparencyDatabase
from sinks.statements.mapping import StatementSettings
from sinks.statements.store import StatementStore
from sinks.submissions import queue
from sinks.submissions.contract import SubmissionsStopped
from sinks.submissions.sender import Sender

SETTINGS = StatementSettings()
TOPIC = "ip.decisions.events"


@pytest.fixture
def address(migrated):
    with psycopg.connect(migrated, autocommit=True) as connection:
        connection.execute("TRUNCATE submissions, positions")
    return migrated


@pytest.fixture
def fake():
    with FakeTransparencyDatabase() as server:
        yield server


@pytest.fixture
def store(address, clock):
    made = StatementStore(address, SETTINGS, clock)
    yield made
    made.close()


@pytest.fixture
def sender(address, clock, fake):
    client = TransparencyDatabase(fake.address, fake.token, 0.5)
    made = Sender(address, client, clock)
    yield made
    made._disconnect()
    client.close()


def write(store, events, first=0):
    records = [Delivered(TOPIC, 0, first + n, event, NOON) for n, event in enumerate(events)]
    store.write(records, {(TOPIC, 0): Span(first, first + len(records))})


def takedowns(count):
    return [decided(command_id=f"{number:032x}") for number in range(count)]


def backlog(address):
    with connect(address) as connection:
        return queue.backlog(connection, DESTINATION, NOON)


def drain(sender, clock, turns=200):
    """Send until nothing is pending; time goes on by what the queue waits."""
    for _ in range(turns):
        sender.turn()
        clock.now += 60_000
        if not backlog(sender._address).pending:
            return
    raise AssertionError(backlog(sender._address))


def test_all_events_that_are_statements_are_sent_once(store, sender, clock, fake, address):
    events = [*takedowns(250), removal(), sanction(), decided(outcome="decline"), "another event"]
    write(store, events)
    drain(sender, clock)
    assert len(fake.statements) == 252
    assert fake.calls == 3
    assert backlog(address)[:3] == (0, 252, 0)
    assert store.endings["made"] == 252
    assert store.endings["not_a_restriction"] == 1


def test_repeats_in_the_log_and_batches_written_twice_make_no_second(store, address, clock):
    write(store, takedowns(3))
    with pytest.raises(PositionMoved):
        write(store, takedowns(3))
    assert store.positions([TOPIC]) == {(TOPIC, 0): 3}
    write(store, takedowns(3), first=3)
    assert backlog(address).pending == 3
    assert store.endings["repeated"] == 3


def test_what_our_own_checks_refuse_is_set_aside_and_never_sent(store, sender, clock, fake):
    late = 2_200_000_000_000
    bad = decided(command_id="bad", decided_at_milliseconds=late, received_at_milliseconds=late)
    write(store, [bad, *takedowns(1)])
    drain(sender, clock)
    assert len(fake.statements) == 1
    with connect(sender._address) as connection:
        [row] = queue.refused(connection, DESTINATION, 10)
    assert row.key == "takedown-bad"
    assert {error["field"] for error in row.errors} == {"application_date"} | (
        {"content_date"} & {error["field"] for error in row.errors}
    )


def test_a_crash_between_the_call_and_the_commit_doubles_nothing(store, sender, clock, fake):
    write(store, takedowns(120))
    client = TransparencyDatabase(fake.address, fake.token)
    with connect(sender._address) as connection:
        # A sender that is killed after the answer, before it wrote it down.
        client.deliver(queue.due(connection, DESTINATION, 100, clock.now))
    client.close()
    assert len(fake.statements) == 100
    drain(sender, clock)
    assert len(fake.statements) == 120
    assert sender.endings == {"already_there": 100, "sent": 20}


def test_what_the_server_refuses_is_kept_with_its_errors(store, sender, clock, fake, address):
    write(store, takedowns(4))
    with connect(address) as connection:
        connection.execute(
            "UPDATE submissions SET body = body || '{\"category\": \"OLD\"}' WHERE key LIKE '%2'"
        )
    drain(sender, clock)
    assert backlog(address)[:3] == (0, 3, 1)
    with connect(address) as connection:
        [row] = queue.refused(connection, DESTINATION, 10)
    assert row.errors == [{"field": "category", "message": "The selected category is invalid."}]


def test_a_row_at_which_the_server_breaks_does_not_hold_up_the_others(store, sender, clock, fake):
    write(store, takedowns(100))
    fake.broken_by.add(f"takedown-{5:032x}")
    for _ in range(60):
        sender.turn()
        clock.now += 60_000
    assert len(fake.statements) == 99
    fake.broken_by.clear()
    clock.now += 3_600_000
    drain(sender, clock)
    assert len(fake.statements) == 100


def test_faults_lose_and_double_nothing(store, sender, clock, fake):
    write(store, takedowns(300))
    fake.faults += [
        ("status", 503), ("lost", None), ("drop", None), ("status", 500), ("hang", 1.0),
        ("lost", None), ("status", 429),
    ]  # fmt: skip
    drain(sender, clock)
    assert len(fake.statements) == 300
    assert not fake.faults


def test_a_token_that_is_not_accepted_stops_and_keeps_all(store, sender, clock, fake, address):
    write(store, takedowns(2))
    fake.token = "4|new"
    with pytest.raises(SubmissionsStopped):
        sender.run()
    assert backlog(address).pending == 2


def test_a_second_sender_stands_by(store, sender, clock, fake):
    write(store, takedowns(1))
    client = TransparencyDatabase(fake.address, fake.token)
    other = Sender(sender._address, client, clock)
    sender.turn()
    write(store, takedowns(3), first=1)
    assert other.turn() > 0
    assert len(fake.statements) == 1
    sender._disconnect()
    other.turn()
    assert len(fake.statements) == 3
    other._disconnect()
    client.close()


def test_a_database_that_is_away_is_waited_for(clock, fake):
    client = TransparencyDatabase(fake.address, fake.token)
    away = Sender("postgresql://127.0.0.1:1/none", client, clock)
    assert away.turn() > 0
    thread = threading.Thread(target=away.run)
    thread.start()
    away.stop()
    thread.join(10)
    assert not thread.is_alive()
    client.close()
