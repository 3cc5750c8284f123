"""Worker processes on real Kafka: how they stop, share, recover, wait and pause."""

import signal
import time
from dataclasses import replace

import httpx
import pytest
from confluent_kafka import Consumer, TopicPartition
from confluent_kafka.admin import NewPartitions
from topology.harness import BrokerHarness
from topology.test_lifecycle import COMPLAINTS, LISTINGS, SLA, listed, send, tell_tables
from world import complaint, listing

from ops.local.kafka.registry import SchemaRegistryServer
from ops.local.patience import wait_for
from ops.local.process import free_port
from ops.trials.chaos.test_bed import PARTITIONS, TestBed
from ops.trials.chaos.verify import verify
from ops.trials.load import complaints, listing_changes
from ops.trials.worker_processes import end_worker
from schemas.events.sla import SlaBreached, SlaClockStarted, SlaWarningRaised
from schemas.wire.registry import connect
from streams.kafka import producing
from streams.kafka.clients import admin_client, client_settings
from streams.topology import ALL_INPUTS


@pytest.fixture
def field(kafka, schema_registry, tmp_path):
    addresses = (kafka.bootstrap_servers, schema_registry.address)
    return TestBed(addresses, tmp_path, f"test-{time.time_ns()}", 1, 50)


def test_a_worker_ends_cleanly_and_another_takes_over(field):
    field.clear()
    field.send(listing_changes(2_000, 500, 1))
    progress = field.progress()
    first, second = field.start("first"), field.start("second")
    progress.wait(progress.end(), first)
    field.send(complaints(500, 500, 1))
    first.send(signal.SIGTERM)
    field.send(complaints(500, 500, 2))
    progress.wait(progress.end(), second)
    first.stop()
    end_worker(second)
    progress.close()
    assert "Traceback" not in first.tail()
    verdict = verify(field, ())
    assert not verdict.problems


@pytest.mark.parametrize("harm", ["lost", "broken"])
def test_lost_or_broken_local_state_is_restored(field, harm):
    field.clear()
    field.send(listing_changes(2_000, 500, 1))
    progress = field.progress()
    worker = field.start("one")
    progress.wait(progress.end(), worker)
    end_worker(worker)
    database = field.directory / "one" / "database"
    files = [*database.glob("*.sst"), *database.glob("*.log"), *database.glob("MANIFEST*")]
    for path in files:
        if harm == "lost":
            path.unlink()
        else:
            path.write_bytes(b"\xa5" * path.stat().st_size)
    field.send(complaints(500, 500, 1))
    worker = field.start("one")
    progress.wait(progress.end(), worker)
    end_worker(worker)
    progress.close()
    assert not verify(field, (field.directory / "one",)).problems


def test_timers_fire_by_the_wall_clock_and_survive_a_restart(topics, schema_registry, tmp_path):
    harness = BrokerHarness((topics, schema_registry.address), tmp_path, deadline_seconds=8.0)
    tell_tables(harness)
    listed(harness, listing(title="Cutexx nail polish remover"))
    send(harness, COMPLAINTS, complaint())
    harness.settle()
    harness.restart(lose_state=True)

    def told():
        return len(harness.read(SLA))

    wait_for("the breach", lambda: told() >= 3, told)
    harness.restart(lose_state=False)
    send(harness, LISTINGS, listing(version=2, title="Cutexx remover"))
    harness.settle()
    kinds = [type(event) for event in harness.read(SLA)]
    harness.close()
    assert kinds == [SlaClockStarted, SlaWarningRaised, SlaBreached]


def test_metrics_are_served(field):
    field.clear()
    field.send(listing_changes(1_000, 500, 1))
    port = free_port()
    worker = field.start("one", ("--metrics-port", str(port)))
    progress = field.progress()
    progress.wait(progress.end(), worker)
    served = httpx.get(f"http://127.0.0.1:{port}/metrics", timeout=10.0).text
    end_worker(worker)
    progress.close()
    assert 'ip_records_total{source="ip.listings.events"} 1000.0' in served
    assert 'ip_transactions_total{result="committed"}' in served


def ends(process, name):
    wait_for(name, lambda: not process.running, lambda: None, process.tail)
    return process.tail()


def test_offsets_that_were_forgotten_beside_rows_are_told_and_nothing_is_decided_again(field):
    field.clear()
    field.send(listing_changes(500, 100, 1))
    field.send(complaints(100, 100, 1))
    progress = field.progress()
    worker = field.start("one")
    progress.wait(progress.end(), worker)
    end_worker(worker)
    consumer = Consumer(client_settings(field.addresses[0], {"group.id": field.group}))
    inputs = [TopicPartition(topic, n) for topic in ALL_INPUTS for n in range(PARTITIONS)]
    committed = consumer.committed(inputs, 10)
    consumer.close()
    # Of all topics, those too of which no record was ever read.
    assert all(each.offset >= 0 for each in committed)
    admin = admin_client(field.addresses[0])

    def forgotten():
        [deleted] = admin.delete_consumer_groups([field.group]).values()
        # A static member is in its group until its session ends.
        return deleted.exception(10) is None

    wait_for("the end of the group", forgotten)
    for instance in ("one", "another"):
        told = ends(field.start(instance), "the worker's end")
        assert "no committed offsets of" in told
        assert "--begin-missing-offsets" in told
        assert "Traceback" not in told
    assert not verify(field, (field.directory / "one",)).problems
    worker = field.start("one", ("--begin-missing-offsets",))
    progress.wait(progress.end(), worker)
    end_worker(worker)
    progress.close()


def test_a_topic_that_is_missing_or_has_other_partitions_is_told(field):
    field.clear()
    admin = admin_client(field.addresses[0])
    worker = field.start("one", ("--partitions", "8"))
    assert "has 4 partitions, and --partitions says 8" in ends(worker, "the worker's end")
    [grown] = admin.create_partitions([NewPartitions("ip.complaints.events", 6)]).values()
    grown.result(10)
    told = ends(field.start("one"), "the worker's end")
    assert "ip.complaints.events has 6 partitions, and ip.listings.events has 4" in told
    [gone] = admin.delete_topics(["ip.complaints.events"]).values()
    gone.result(10)
    told = ends(field.start("one"), "the worker's end")
    assert "no such topic as ip.complaints.events" in told
    assert "Traceback" not in told


def test_while_the_registry_is_down_only_what_asks_it_waits(field, tmp_path):
    with SchemaRegistryServer(tmp_path / "own-registry") as registry:
        own = replace(field, addresses=(field.addresses[0], registry.address))
        own.clear()
        own.send(listing_changes(400, 100, 1))
        progress = own.progress()
        worker = own.start("one")
        progress.wait(progress.end(), worker)
        producer = producing.EventProducer(own.addresses[0])
        unknown = b"\x00" + (4_242_424).to_bytes(4, "big") + b"\x02a"
        codec = connect(registry.address, register=True)
        registry.stop()
        producer.produce("ip.reviews.events", unknown, b"listing-1", 0)
        for each in complaints(200, 100, 1):
            producing.send(producer, codec, each)
        producer.flush(10)
        wanted = progress.end()
        progress.wait(wanted - 1, worker)
        assert progress.committed() == wanted - 1
        registry.start()
        progress.wait(wanted, worker)
        assert worker.running
        end_worker(worker)
        progress.close()
