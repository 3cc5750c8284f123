"""Faults against worker processes under load: nothing is lost, doubled or changed."""

import subprocess
import tarfile
import time
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from matrix import cases, size

from ops.local.kafka.cluster import KafkaCluster
from ops.local.kafka.registry import SchemaRegistryServer
from ops.local.small_disk import SmallDiskRefused
from ops.trials.build import Build
from ops.trials.chaos.brokers import bounce, fill_log, freeze_brokers
from ops.trials.chaos.flood import flood
from ops.trials.chaos.freeze import freeze_at
from ops.trials.chaos.full_filing import fill_filing
from ops.trials.chaos.full_indexes import fill_indexes
from ops.trials.chaos.full_state import fill_state
from ops.trials.chaos.fuzz import fuzz
from ops.trials.chaos.hostile_values import send_hostile
from ops.trials.chaos.kill import kill_at_each_step
from ops.trials.chaos.takeover import lose_the_name, take_over_at_each_step
from ops.trials.chaos.test_bed import TestBed
from ops.trials.chaos.timers import run_timers
from ops.trials.chaos.upgrade import upgrade
from ops.trials.chaos.worker_command import STEPS

ROOT = Path(__file__).parents[2]
SEEDS = (1, 2, 3)
HARMS = {"brokers": bounce, "frozen brokers": freeze_brokers}
SENT = {"fuzz": (fuzz, size(6_000, 20_000)), "hostile values": (send_hostile, size(20, 80))}
FEW_STEPS = ("after_send_offsets", "after_commit")
FAULTS = (
    *(("kill", seed) for seed in SEEDS),
    *(("takeover", seed) for seed in SEEDS),
    *(("timers", seed) for seed in SEEDS),
    *(("fuzz", seed) for seed in SEEDS),
    *(("hostile values", seed) for seed in SEEDS),
    *(("freeze", step) for step in STEPS),
    *(("lost name", seed) for seed in SEEDS),
    *(("brokers", seed) for seed in SEEDS),
    *(("frozen brokers", seed) for seed in SEEDS),
    ("flood", 1),
    *(("full disk", part) for part in ("worker", "broker", "filing", "indexes")),
)
"""In this order, so that the parts have few of one sort."""


@pytest.fixture
def field(kafka, schema_registry, tmp_path):
    addresses = (kafka.bootstrap_servers, schema_registry.address)
    return TestBed(addresses, tmp_path, f"test-{time.time_ns()}", 1, 50)


@pytest.mark.slow
@pytest.mark.parametrize(("fault", "which"), cases(FAULTS))
def test_nothing_is_lost_doubled_or_changed_by(field, fault, which):
    many, few = size(6_000, 20_000), size(4_000, 20_000)
    match fault:
        case "kill":
            verdict = kill_at_each_step(field, many, which, size(1, 2))
            assert verdict.commands
        case "takeover":
            verdict = take_over_at_each_step(field, few, which)
        case "timers":
            timers = size(2_000, 100_000)
            verdict = run_timers(field, timers, which, 1, size(FEW_STEPS, 2 * STEPS))
            assert verdict.rows == -(-timers // 3)
        case "fuzz" | "hostile values":
            send, count = SENT[fault]
            verdict = send(field, count, which)
        case "freeze":
            verdict = freeze_at(field, few, 1, which)
        case "lost name":
            verdict = lose_the_name(field, few, which)
        case "brokers" | "frozen brokers":
            verdict = harmed(field, HARMS[fault], many, which)
        case "full disk":
            verdict = cramped(field, which, few)
        case "flood":
            verdict = flood(field)
    assert not verdict.problems


def harmed(field, harm, inputs, seed):
    """Do harm to the brokers of a cluster of its own."""
    with KafkaCluster(field.directory / "kafka", size(1, 3)) as kafka:
        addresses = (kafka.bootstrap_servers, field.addresses[1])
        own = replace(field, addresses=addresses, copies=kafka.replication_factor)
        return harm(own, kafka, inputs, seed)


@pytest.mark.slow
@pytest.mark.parametrize("commit", cases(("78534c5",)))
def test_a_rolling_upgrade_from_a_former_version_loses_and_doubles_nothing(field, commit):
    archive = ["git", "archive", "--format=tar", commit]
    former = subprocess.run(archive, cwd=ROOT, capture_output=True, check=False)
    if former.returncode:
        pytest.skip("no history to take a former version from")
    folder = field.directory / "former"
    with tarfile.open(fileobj=BytesIO(former.stdout)) as files:
        files.extractall(folder, filter="data")
    # Of its own, as a registry knows the former schemas before this version's.
    with SchemaRegistryServer(field.directory / "registry") as registry:
        own = replace(field, addresses=(field.addresses[0], registry.address))
        assert not upgrade(own, size(4_000, 20_000), 1, Build.former(folder)).problems


def cramped(field, part, inputs):
    """Fill the disk of a part of the pipeline, where a small one can be mounted."""
    try:
        match part:
            case "worker":
                return fill_state(field, inputs, 1)
            case "broker":
                return fill_log(field, inputs, 1)
            case "indexes":
                return fill_indexes(field)
        return fill_filing(field)
    except SmallDiskRefused as refused:
        pytest.skip(str(refused))
