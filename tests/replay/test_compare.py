"""Comparison of what was committed with what is remade, and the whole of it on real Kafka."""

import time
from contextlib import closing

from topology.harness import BrokerHarness
from topology.test_lifecycle import COMMANDS, DECISIONS, tell_tables
from topology.test_standing import (
    ACCOUNTS,
    DECLARED,
    MINUTE,
    STANDINGS,
    complain,
    last_decision,
    sanctions,
)

from ops.local.patience import wait_for
from ops.tools.replay import comparisons
from ops.trials.chaos.test_bed import TestBed
from ops.trials.load import complaints, listing_changes, waiting_complaint
from ops.trials.worker_processes import end_worker
from replay.compare import committed_outputs, compare
from replay.log import KafkaLog
from streams.kafka.producing import EventProducer


def test_keys_are_the_same_where_values_and_order_are():
    committed = {b"a": [b"1", b"2"], b"b": [b"1"], b"c": [b"1"]}
    remade = {b"a": [b"1", b"2"], b"b": [b"1", b"1"], b"d": [b"1"]}
    found = compare(committed, remade)
    assert (found.same, found.different) == (1, 3)
    assert found.examples[0] == "b: 1 values of 1 bytes committed, 2 values of 2 bytes remade"
    assert compare({b"a": [b"1", b"2"]}, {b"a": [b"2", b"1"]}).different == 1


def test_the_log_gives_the_same_decisions_again_and_a_forged_command_is_found(
    kafka, schema_registry, tmp_path
):
    addresses = (kafka.bootstrap_servers, schema_registry.address)
    field = TestBed(addresses, tmp_path, f"replay-{time.time_ns()}")
    field.clear()
    progress = field.progress()
    worker = field.start("one")
    for events in (listing_changes(1_000, 200, 1), complaints(300, 200, 1)):
        field.send(events)
        progress.wait(progress.end(), worker)
    end_worker(worker)
    progress.close()
    found = comparisons(addresses)
    assert sum(each.different for each in found.values()) == 0
    assert found[COMMANDS].same > 3
    producer = EventProducer(addresses[0])
    producer.produce(COMMANDS, b"forged", b"listing-00000001")
    producer.flush()
    again = comparisons(addresses)
    assert again[COMMANDS].different == 1


def test_timers_are_remade_between_the_records(kafka, schema_registry, tmp_path):
    addresses = (kafka.bootstrap_servers, schema_registry.address)
    field = TestBed(addresses, tmp_path, f"replay-{time.time_ns()}")
    field.clear()
    progress = field.progress()

    def closed():
        return ended(addresses[0])

    # The wait for a listing is then a second.
    worker = field.start("one", ("--deadline-seconds", "24"))
    field.send(waiting_complaint(number) for number in range(40))
    progress.wait(progress.end(), worker)
    wait_for("the ends of waits", lambda: closed() >= 40, closed)
    field.send(waiting_complaint(number) for number in range(40, 50))
    progress.wait(progress.end(), worker)
    wait_for("the ends of waits", lambda: closed() >= 50, closed)
    end_worker(worker)
    progress.close()
    found = comparisons(addresses)
    assert {topic: each.examples for topic, each in found.items() if each.different} == {}
    assert found[DECISIONS].same == 50


def test_standings_and_what_rested_on_them_are_remade(topics, schema_registry, tmp_path):
    addresses = (topics, schema_registry.address)
    # Closed whatever comes of it: a worker left behind would take part in the tests that follow.
    with closing(BrokerHarness(addresses, tmp_path)) as harness:
        tell_tables(harness)
        complain(harness, range(10))
        harness.pass_time(2 * MINUTE)
        complain(harness, [10], evidence=DECLARED)
        # Without the fast lane, what was declared only would be declined at once.
        assert last_decision(harness, 10) == ("send_to_review", "proof_not_conclusive")
        assert sanctions(harness, "seller") == ["warn", "restrict", "close"]
    found = comparisons(addresses)
    assert {topic: each.examples for topic, each in found.items() if each.different} == {}
    assert (found[STANDINGS].same, found[ACCOUNTS].same) == (2, 1)


def ended(bootstrap_servers):
    """Return how many listings have a second decision: the wait's end."""
    decided = committed_outputs(KafkaLog(bootstrap_servers), frozenset({DECISIONS}))[DECISIONS]
    return sum(len(values) == 2 for values in decided.values())
