"""Worker processes on real Kafka: how they stop, share, recover, wait and pause."""

import signal
import time

import httpx
import pytest
from topology.harness import BrokerHarness
from topology.test_lifecycle import COMPLAINTS, LISTINGS, SLA, listed, send, tell_tables
from world import complaint, listing

from ops.local.process import free_port
from ops.trials.chaos.flood import flood
from ops.trials.chaos.freeze import freeze_at
from ops.trials.chaos.fuzz import fuzz
from ops.trials.chaos.kill import kill_at_each_step
from ops.trials.chaos.takeover import lose_the_name, take_over_at_each_step
from ops.trials.chaos.test_bed import TestBed
from ops.trials.chaos.timers import run_timers
from ops.trials.chaos.verify import verify
from ops.trials.load import complaints, listing_changes
from ops.trials.worker_processes import end_worker
from schemas.events.sla import SlaBreached, SlaClockStarted, SlaWarningRaised

TIMEOUT_SECONDS = 60.0


@pytest.fixture
def field(kafka, schema_registry, tmp_path, request):
    addresses = (kafka.bootstrap_servers, schema_registry.address)
    return TestBed(addresses, tmp_path, f"test-{time.time_ns()}", 1, 50)


def test_killed_at_each_step_nothing_is_lost_or_doubled(field):
    verdict = kill_at_each_step(field, 6_000, 7, 1)
    assert not verdict.problems
    assert verdict.commands


def test_timers_fire_once_and_never_early_through_kills_and_clock_jumps(field):
    verdict = run_timers(field, 2_000, 7, 1, ("after_send_offsets", "after_commit"))
    assert not verdict.problems
    assert verdict.rows == 667


def test_a_zombie_writes_nothing(field):
    verdict = freeze_at(field, 4_000, 7, "after_send_offsets")
    assert not verdict.problems


def test_a_standby_takes_over_at_each_step(field):
    assert not take_over_at_each_step(field, 4_000, 7).problems


def test_a_live_worker_whose_name_is_taken_is_fenced_and_writes_nothing(field):
    assert not lose_the_name(field, 4_000, 7).problems


def test_fuzzed_records_are_accounted_for_by_one_living_process(field):
    assert not fuzz(field, 5_000, 7).problems


def test_a_flood_of_bad_records_pauses_its_partition_only(field):
    assert not flood(field).problems


def test_a_worker_ends_cleanly_and_another_takes_over(field):
    field.clear()
    field.send(listing_changes(2_000, 500, 1))
    progress = field.progress()
    first, second = field.start("first"), field.start("second")
    progress.wait(progress.end(), first, TIMEOUT_SECONDS)
    field.send(complaints(500, 500, 1))
    first.send(signal.SIGTERM)
    field.send(complaints(500, 500, 2))
    progress.wait(progress.end(), second, TIMEOUT_SECONDS)
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
    progress.wait(progress.end(), worker, TIMEOUT_SECONDS)
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
    progress.wait(progress.end(), worker, TIMEOUT_SECONDS)
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
    deadline = time.monotonic() + TIMEOUT_SECONDS
    while len(harness.read(SLA)) < 3 and time.monotonic() < deadline:
        time.sleep(0.2)
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
    progress.wait(progress.end(), worker, TIMEOUT_SECONDS)
    served = httpx.get(f"http://127.0.0.1:{port}/metrics", timeout=10.0).text
    end_worker(worker)
    progress.close()
    assert 'ip_records_total{source="ip.listings.events"} 1000.0' in served
    assert 'ip_transactions_total{result="committed"}' in served
