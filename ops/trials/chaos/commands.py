"""`python -m ops chaos`: faults against the pipeline on a cluster of its own."""

import argparse
import sys
import tempfile
from collections.abc import Callable, Sequence
from functools import partial
from itertools import chain
from pathlib import Path

from ops.errors import OperatorError
from ops.local.kafka.cluster import KafkaCluster
from ops.local.kafka.registry import SchemaRegistryServer
from ops.local.small_disk import SmallDiskRefused
from ops.trials.chaos.brokers import bounce, fill_log, freeze_brokers
from ops.trials.chaos.flood import flood
from ops.trials.chaos.freeze import freeze_at
from ops.trials.chaos.full_filing import fill_filing
from ops.trials.chaos.full_state import fill_state
from ops.trials.chaos.fuzz import fuzz
from ops.trials.chaos.kill import kill_at_each_step
from ops.trials.chaos.takeover import lose_the_name, take_over_at_each_step
from ops.trials.chaos.test_bed import TestBed
from ops.trials.chaos.timers import run_timers
from ops.trials.chaos.verify import Verdict
from ops.trials.chaos.worker_command import STEPS
from ops.trials.seeded.report import quiet, run_seeds, seeds_of, show_seed

FAULTS = ("kill", "freeze", "brokers", "fuzz", "flood", "timers", "takeover", "disks")
SIMULATED = "simulated"
"""Needs no cluster, and is run alone."""


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command's parser."""
    parser = subparsers.add_parser("chaos", help="faults under load, and whether anything was lost")
    parser.add_argument(
        "faults",
        nargs="*",
        choices=[*FAULTS, SIMULATED, []],
        help="all on a cluster, if none is named; simulated runs alone",
    )
    parser.add_argument("--inputs", type=int, default=100_000, help="of each run")
    parser.add_argument("--seeds", type=seeds_of, nargs="+", default=[range(1, 4)])
    parser.add_argument("--seed", type=int, help="simulated: this one, with all that happens in it")
    parser.add_argument("--processes", type=int, default=1, help="of simulated seeds")
    parser.add_argument("--kills", type=int, default=2, help="at each step, for each seed")
    parser.add_argument("--timers", type=int, default=1_000_000)
    parser.add_argument("--nodes", type=int, choices=(1, 3), default=1)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Run the faults; 1 where anything was lost, doubled or changed."""
    if SIMULATED in options.faults:
        return _simulated(options)
    failed = 0
    with tempfile.TemporaryDirectory(prefix="ip-chaos-") as scratch:
        directory = Path(scratch)
        with (
            KafkaCluster(directory / "kafka", options.nodes) as kafka,
            SchemaRegistryServer(directory / "registry") as registry,
        ):
            for number, (name, fault) in enumerate(_runs(options, kafka)):
                test_bed = TestBed(
                    (kafka.bootstrap_servers, registry.address),
                    directory / f"run-{number}",
                    f"chaos-{number}",
                    kafka.replication_factor,
                    max(20, options.inputs // 200),
                )
                try:
                    verdict = fault(test_bed)
                except SmallDiskRefused as error:
                    sys.stdout.write(f"  skipped {name}: {error}\n")
                    continue
                failed += bool(verdict.problems)
                sys.stdout.write(f"  {'FAILED' if verdict.problems else 'passed'} {name}: ")
                sys.stdout.write(verdict.told() + "\n")
                sys.stdout.flush()
    return 1 if failed else 0


def _simulated(options: argparse.Namespace) -> int:
    if options.faults != [SIMULATED]:
        raise OperatorError("simulated faults are run alone")
    with quiet():
        if options.seed is not None:
            return show_seed(options.seed, sys.stdout.write)
        failed = run_seeds(list(chain(*options.seeds)), options.processes, _told)
    return 1 if failed else 0


def _told(line: str) -> None:
    sys.stdout.write(line)
    sys.stdout.flush()


def _runs(
    options: argparse.Namespace, kafka: KafkaCluster
) -> list[tuple[str, Callable[[TestBed], Verdict]]]:
    faults = options.faults or FAULTS
    inputs = options.inputs
    runs: list[tuple[str, Callable[[TestBed], Verdict]]] = []
    seeds = list(chain(*options.seeds))
    for seed in seeds:
        if "kill" in faults:
            kill = partial(kill_at_each_step, inputs=inputs, seed=seed, kills=options.kills)
            runs.append(("kill", kill))
        if "brokers" in faults:
            runs.append(("brokers", partial(bounce, kafka=kafka, inputs=inputs, seed=seed)))
            frozen = partial(freeze_brokers, kafka=kafka, inputs=inputs, seed=seed)
            runs.append(("frozen brokers", frozen))
        if "fuzz" in faults:
            runs.append(("fuzz", partial(fuzz, count=inputs, seed=seed)))
    few = min(inputs, 20_000)
    runs += _worker_runs(faults, few, seeds)
    if "disks" in faults:
        runs += _disk_runs(few, seeds)
    if "flood" in faults:
        runs.append(("flood", flood))
    if "timers" in faults:
        first = seeds[0]
        runs.append(("timers", partial(run_timers, timers=options.timers, seed=first)))
    return runs


def _disk_runs(inputs: int, seeds: list[int]) -> list[tuple[str, Callable[[TestBed], Verdict]]]:
    runs: list[tuple[str, Callable[[TestBed], Verdict]]] = []
    for seed in seeds:
        runs.append(("full disk of a worker", partial(fill_state, inputs=inputs, seed=seed)))
        runs.append(("full disk of a broker", partial(fill_log, inputs=inputs, seed=seed)))
    return [*runs, ("full disks of filing", fill_filing)]


def _worker_runs(
    faults: Sequence[str], inputs: int, seeds: list[int]
) -> list[tuple[str, Callable[[TestBed], Verdict]]]:
    runs: list[tuple[str, Callable[[TestBed], Verdict]]] = []
    if "freeze" in faults:
        runs += [("freeze", partial(freeze_at, inputs=inputs, seed=1, step=at)) for at in STEPS]
    if "takeover" in faults:
        for seed in seeds:
            runs.append(("takeover", partial(take_over_at_each_step, inputs=inputs, seed=seed)))
            runs.append(("lost name", partial(lose_the_name, inputs=inputs, seed=seed)))
    return runs
