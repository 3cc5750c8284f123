"""`python -m ops chaos`: faults against the pipeline on a cluster of its own."""

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from itertools import chain
from pathlib import Path

from ops.errors import OperatorError
from ops.local.kafka.cluster import KafkaCluster
from ops.local.kafka.registry import SchemaRegistryServer
from ops.local.process import running
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
from ops.trials.chaos.memory import hold_memory
from ops.trials.chaos.takeover import lose_the_name, take_over_at_each_step
from ops.trials.chaos.test_bed import TestBed
from ops.trials.chaos.timers import run_timers
from ops.trials.chaos.upgrade import upgrade
from ops.trials.chaos.verify import Verdict
from ops.trials.chaos.worker_command import STEPS
from ops.trials.hostile.run import EACH_KIND, run_hostile
from ops.trials.hostile.world import KINDS
from ops.trials.seeded.ledger import run_missing
from ops.trials.seeded.report import RunSeed, quiet, run_seeds, seeds_of, show_seed
from ops.trials.seeded.run import simulate

Fault = Callable[[TestBed], Verdict]

FAULTS = ("kill", "freeze", "brokers", "fuzz", "flood", "timers", "takeover", "disks")
MEMORY = "memory"
"""Takes an hour to tell anything, so it runs where it is named only."""

UPGRADE = "upgrade"
"""Needs a version before this one."""

FEW = 20_000
"""Inputs of a run of which there is one for each step."""

SIMULATED, HOSTILE = "simulated", "hostile"
"""Need no cluster, and are run alone."""


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command's parser."""
    parser = subparsers.add_parser("chaos", help="faults under load, and whether anything was lost")
    parser.add_argument(
        "faults",
        nargs="*",
        choices=[*FAULTS, MEMORY, UPGRADE, SIMULATED, HOSTILE, []],
        help="all on a cluster but memory and upgrade, if none is named; simulated and "
        "hostile are run alone",
    )
    parser.add_argument("--inputs", type=int, default=100_000, help="of each run")
    parser.add_argument("--seeds", type=seeds_of, nargs="+", default=[range(1, 4)])
    parser.add_argument(
        "--seed", type=int, help="simulated, hostile: this one, and what happens in it"
    )
    parser.add_argument("--processes", type=int, default=1, help="of simulated and hostile seeds")
    parser.add_argument(
        "--ledger",
        type=Path,
        help="CSV file; simulated, hostile: go on where it ends, and append; memory: append each "
        "sample",
    )
    parser.add_argument("--minutes", type=float, default=60.0, help="of a run with a ledger")
    parser.add_argument("--kills", type=int, default=2, help="at each step, for each seed")
    parser.add_argument("--rate", type=float, default=1_900.0, help="memory: inputs a second")
    parser.add_argument("--timers", type=int, default=1_000_000)
    parser.add_argument("--former", type=Path, help="upgrade: folder of the version before")
    parser.add_argument("--nodes", type=int, choices=(1, 3), default=1)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Run the faults; 1 where anything was lost, doubled or changed."""
    if SIMULATED in options.faults:
        return _by_seed(options, SIMULATED, simulate)
    if HOSTILE in options.faults:
        return _by_seed(options, HOSTILE, run_hostile)
    failed = 0
    with tempfile.TemporaryDirectory(prefix="ip-chaos-") as scratch:
        directory = Path(scratch)
        registry = SchemaRegistryServer(directory / "registry")
        kafka = KafkaCluster(directory / "kafka", options.nodes, for_load=True)
        with running(registry, kafka):
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


def _by_seed(options: argparse.Namespace, name: str, run: RunSeed) -> int:
    if options.faults != [name]:
        raise OperatorError(f"{name} faults are run alone")
    with quiet():
        if options.seed is not None:
            return show_seed(options.seed, _told, run)
        seeds, processes = list(chain(*options.seeds)), options.processes
        if options.ledger is None:
            failed = run_seeds(seeds, processes, _told, run)
        else:
            path, minutes = options.ledger, options.minutes
            failed = run_missing(seeds, processes, path, minutes, _told, run, name == HOSTILE)
    return 1 if failed else 0


def _told(line: str) -> None:
    sys.stdout.write(line)
    sys.stdout.flush()


def _runs(options: argparse.Namespace, kafka: KafkaCluster) -> list[tuple[str, Fault]]:
    faults = options.faults or FAULTS
    if UPGRADE in faults and options.former is None:
        raise OperatorError("upgrade needs --former, a folder of the version before")
    seeds = list(chain(*options.seeds))
    each_seed = [run for seed in seeds for run in _of_seed(options, kafka, seed)]
    return [
        (name, fault)
        for kind, name, fault in (*each_seed, *_once(options, seeds[0]))
        if kind in faults
    ]


def _of_seed(
    options: argparse.Namespace, kafka: KafkaCluster, seed: int
) -> Iterator[tuple[str, str, Fault]]:
    inputs, few = options.inputs, min(options.inputs, FEW)
    each_kind = min(EACH_KIND, inputs // len(KINDS) + 1)
    kill = partial(kill_at_each_step, inputs=inputs, seed=seed, kills=options.kills)
    yield "kill", "kill", kill
    yield "brokers", "brokers", partial(bounce, kafka=kafka, inputs=inputs, seed=seed)
    frozen = partial(freeze_brokers, kafka=kafka, inputs=inputs, seed=seed)
    yield "brokers", "frozen brokers", frozen
    yield "fuzz", "fuzz", partial(fuzz, count=inputs, seed=seed)
    yield "fuzz", "hostile values", partial(send_hostile, each_kind=each_kind, seed=seed)
    hold = partial(hold_memory, ledger=options.ledger)
    yield MEMORY, MEMORY, partial(hold, inputs=inputs, rate=options.rate, seed=seed)
    if options.former is not None:
        former = Build.former(options.former)
        yield UPGRADE, UPGRADE, partial(upgrade, inputs=inputs, seed=seed, former=former)
    yield "takeover", "takeover", partial(take_over_at_each_step, inputs=few, seed=seed)
    yield "disks", "full disk of a worker", partial(fill_state, inputs=few, seed=seed)
    yield "disks", "full disk of a broker", partial(fill_log, inputs=few, seed=seed)
    yield "takeover", "lost name", partial(lose_the_name, inputs=few, seed=seed)


def _once(options: argparse.Namespace, seed: int) -> Iterator[tuple[str, str, Fault]]:
    few = min(options.inputs, FEW)
    for step in STEPS:
        yield "freeze", "freeze", partial(freeze_at, inputs=few, seed=1, step=step)
    yield "flood", "flood", flood
    yield "disks", "full disks of filing", fill_filing
    yield "disks", "full directory of indexes", fill_indexes
    yield "timers", "timers", partial(run_timers, timers=options.timers, seed=seed)
