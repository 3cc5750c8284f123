"""Worker processes on real Kafka: how they stop, share, recover, wait and pause."""

import signal
import time

import httpx
import pytest
from topology.harness import BrokerHarness
from topology.test_lifecycle import COMPLAINTS, LISTINGS, SLA, listed, send, tell_tables
from world import complaint, listing

from ops.local.patience import wait_for
from ops.local.process import free_port
from ops.trials.chaos.test_bed import TestBed
from ops.trials.chaos.verify import verify
from ops.trials.load import complaints, listing_changes
from ops.trials.worker_processes import end_worker
from schemas.events.sla import SlaBreached, SlaClockStarted, SlaWarningRaised


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
