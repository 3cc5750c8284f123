"""A pipeline taken over to more partitions: rows, tables and waiting inputs, once and in order."""

import os
import subprocess
import sys
import time
from collections import Counter, defaultdict
from types import SimpleNamespace

import pytest
from world_disputes import answer, objection

from ops.local.process import ServerProcess
from ops.trials.chaos.test_bed import PARTITIONS, TestBed
from ops.trials.load import complaints, listing_changes
from ops.trials.worker_processes import end_worker
from replay.log import KafkaLog
from schemas.events.decisions import ComplaintDecided
from schemas.events.takedowns import ReinstateListing, RestrictListing, TakeDownListing
from schemas.topic_names import (
    CASES_STATE,
    COMPLAINTS_EVENTS,
    DECISIONS_EVENTS,
    PARTIES_STATE,
    PREFIX_VARIABLE,
    STANDINGS_STATE,
    TAKEDOWNS_COMMANDS,
    TRADEMARKS_EVENTS,
)
from schemas.wire.registry import connect
from sinks.contract import Span
from sinks.database.database import advance_positions, read_positions
from sinks.database.database import connect as connect_database
from streams.kafka.clients import admin_client
from streams.kafka.log_ends import LogEnds
from streams.kafka.partitioner import partition_of
from streams.kafka.producing import keyed
from streams.state.row_keys import is_listing, listing_id_of

GROWN = 2 * PARTITIONS
SINK = "dispatch"
AGAINST = (TakeDownListing, RestrictListing)
FILED = {1: 80, 2: 40, 3: 1}
"""Complaints by seed."""


@pytest.fixture
def field(topics, schema_registry, tmp_path):
    addresses = (topics, schema_registry.address)
    return TestBed(addresses, tmp_path, f"test-{time.time_ns()}", 1, 50)


@pytest.fixture
def prefix(topics):
    """A new prefix; its topics are removed afterwards."""
    name = f"wide-{time.time_ns()}."
    yield name
    admin = admin_client(topics)
    present = [each for each in admin.list_topics(timeout=10).topics if each.startswith(name)]
    for future in admin.delete_topics(present).values() if present else ():
        future.result(30)


def told(field, prefix, *words):
    """Run a command of the new pipeline to its end."""
    line = [sys.executable, "-m", "ops", *words, "--bootstrap-servers", field.addresses[0]]
    environment = {**os.environ, PREFIX_VARIABLE: prefix}
    return subprocess.run(line, env=environment, capture_output=True, text=True, check=False)


def make_topics(field, prefix, partitions=GROWN):
    words = ("--partitions", str(partitions), "--replication-factor", "1")
    made = told(field, prefix, "topics", "create", *words)
    assert made.returncode == 0, made.stderr


def move(field, prefix, database, *words):
    return told(field, prefix, *move_words(field, database), *words)


def move_words(field, database):
    groups = ("--group", field.group, "--monitor-group", f"{field.group}-monitors")
    return ("move-topics", "--former-prefix", "", *groups, "--database", database)


def decide(field, events):
    """Have a worker take events, and end it."""
    progress = field.progress()
    field.send(events)
    worker = field.start("former")
    progress.wait_for_all(worker)
    end_worker(worker)
    progress.close()


class New:
    """The pipeline under the new prefix."""

    def __init__(self, field, prefix):
        self.servers, self.prefix = field.addresses[0], prefix
        self.codec = connect(field.addresses[1], register=True)
        self.field = field
        self.log = KafkaLog(self.servers)

    def start(self, instance):
        build = SimpleNamespace(environment={PREFIX_VARIABLE: self.prefix})
        return self.field.start(instance, ("--partitions", str(GROWN)), build=build)

    def records(self, topic):
        return list(self.log.read_all(self.prefix + topic))

    def events(self, topic, kind):
        found = (self.codec.decode(topic, each.value, []) for each in self.records(topic))
        return [each for each in found if isinstance(each, kind)]


def by_key(records):
    found = defaultdict(list)
    for each in records:
        found[each.key].append((each.value, each.timestamp_milliseconds, list(each.headers or ())))
    return found


def former(field, topic, kind=object):
    codec = connect(field.addresses[1], register=False)
    found = (
        codec.decode(topic, each.value, []) for each in KafkaLog(field.addresses[0]).read_all(topic)
    )
    return [each for each in found if isinstance(each, kind)]


def killed_midway(field, prefix, database):
    """Begin a move in small transactions, and kill it while rows are moved."""
    words = [*move_words(field, database), "--transaction-records", "5"]
    line = [sys.executable, "-m", "ops", *words, "--bootstrap-servers", field.addresses[0]]
    log = field.directory / "move.log"
    process = ServerProcess(line, log, {PREFIX_VARIABLE: prefix})
    last = f"moved to {prefix}{TAKEDOWNS_COMMANDS}"
    process.wait_until(lambda: last in log.read_text(), "what is moved before the rows")
    process.kill()
    assert "may begin" not in log.read_text()


def test_a_pipeline_goes_on_with_more_partitions(field, prefix, database):
    field.clear()
    decide(field, [*listing_changes(150, 60, 1), *complaints(FILED[1], 60, 1)])
    waiting = list(complaints(FILED[2], 60, 2))
    field.send(waiting)
    servers = field.addresses[0]
    log = KafkaLog(servers)
    with connect_database(database) as connection:
        ends = LogEnds(servers).ask(TAKEDOWNS_COMMANDS, range(PARTITIONS))[1]
        read = {(TAKEDOWNS_COMMANDS, number): Span(0, end) for number, end in ends.items() if end}
        advance_positions(connection, SINK, read)
    make_topics(field, prefix)
    killed_midway(field, prefix, database)
    moved = move(field, prefix, database)
    assert moved.returncode == 0, moved.stderr
    new = New(field, prefix)
    for topic in (TRADEMARKS_EVENTS, PARTIES_STATE, STANDINGS_STATE, TAKEDOWNS_COMMANDS):
        assert by_key(new.records(topic)) == by_key(log.read_all(topic)), topic
    # Rows lie where inputs of their listings will, each in its order.
    rows, before = new.records(CASES_STATE), by_key(log.read_all(CASES_STATE))
    for each in rows:
        if is_listing(each.key):
            assert each.partition == partition_of(listing_id_of(each.key), GROWN)
    of_listings = [each for each in rows if is_listing(each.key)]
    assert by_key(of_listings) == {key: v for key, v in before.items() if is_listing(key)}
    assert {each.key for each in rows} == before.keys()
    moved_inputs = new.records(COMPLAINTS_EVENTS)
    wanted = Counter(event.complaint_id for _, _, event in waiting)
    assert Counter(each.complaint_id for each in new.events(COMPLAINTS_EVENTS, object)) == wanted
    assert all(each.partition == partition_of(each.key, GROWN) for each in moved_inputs)
    with connect_database(database) as connection:
        topic = prefix + TAKEDOWNS_COMMANDS
        placed = read_positions(connection, SINK, [topic])
        ends = LogEnds(servers).ask(topic, range(GROWN))[1]
    assert placed == {(topic, number): end for number, end in ends.items() if end}
    goes_on(field, new, database)


def goes_on(field, new, database):
    """Workers of the new pipeline, two of them, decide what waited, and old cases go on."""
    before = former(field, TAKEDOWNS_COMMANDS, AGAINST)
    filed = [each.event for seed, count in FILED.items() for each in complaints(count, 60, seed)]
    about = Counter(each.listing_id for each in filed)
    # What one complaint alone took away comes back.
    disputed = next(each for each in before if about[each.listing_id] == 1)
    places = {"case_id": disputed.case_id, "listing_id": disputed.listing_id}
    [decided, *_] = (
        each
        for each in former(field, DECISIONS_EVENTS, ComplaintDecided)
        if each.case_id == disputed.case_id
    )
    # What senders that were not told yet bring to the former topics comes after.
    objected = objection(seller_id=disputed.seller_id, **places)
    accepted = answer(answer="accept", complainant_id=decided.complainant_id, **places)
    field.send([keyed(objected), keyed(accepted), *complaints(FILED[3], 60, 3)])
    assert move(field, new.prefix, database).returncode == 0
    workers = [new.start("one"), new.start("two")]

    def closed():
        cases = {each.case_id for each in new.events(DECISIONS_EVENTS, ComplaintDecided)}
        waited = {each.complaint_id for each in filed[FILED[1] :]}
        return waited <= cases and new.events(TAKEDOWNS_COMMANDS, ReinstateListing)

    workers[0].wait_until(closed, "the workers", lambda: len(new.records(DECISIONS_EVENTS)))
    for each in workers:
        end_worker(each)
    made = [*new.events(DECISIONS_EVENTS, ComplaintDecided)]
    made += former(field, DECISIONS_EVENTS, ComplaintDecided)
    numbers = Counter((each.case_id, each.decision_number) for each in made)
    assert set(numbers.values()) == {1}
    assert {case for case, _ in numbers} == {each.complaint_id for each in filed}
    ids = Counter(each.command_id for each in new.events(TAKEDOWNS_COMMANDS, AGAINST))
    assert set(ids.values()) == {1}
    assert ids.keys() > {each.command_id for each in before}
    reinstated = new.events(TAKEDOWNS_COMMANDS, ReinstateListing)
    assert [each.case_id for each in reinstated] == [disputed.case_id]


def test_what_can_not_be_moved_is_told(field, prefix, database):
    field.clear()
    decide(field, listing_changes(40, 20, 1))
    make_topics(field, prefix, PARTITIONS + 1)
    refused = move(field, prefix, database)
    assert refused.returncode == 2
    assert "make the new topics with a multiple of 4" in refused.stderr
