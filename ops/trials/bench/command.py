"""`python -m ops bench`: speed, latency, recovery and cost on this machine, beside their limits."""

import argparse
import os
import platform
import tempfile
from importlib.metadata import version
from pathlib import Path
from statistics import median

from ops.errors import OperatorError
from ops.local.kafka.cluster import KafkaCluster
from ops.local.kafka.registry import SchemaRegistryServer
from ops.trials.bench.cost import costs
from ops.trials.bench.importing import complaints_beside_import
from ops.trials.bench.latency import BOUND_MILLISECONDS, Line
from ops.trials.bench.monitors import start_monitors
from ops.trials.bench.peers import (
    BATCH_RECORDS,
    COMMIT_INTERVALS_MILLISECONDS,
    bare_loop,
    build,
    kafka_streams,
)
from ops.trials.bench.prepared_log import Log, Setting, prepare
from ops.trials.bench.recovery import decides_again, restore_rate, standby_decides
from ops.trials.bench.replays import replayed
from ops.trials.bench.report import (
    tell,
    tell_costs,
    tell_import,
    tell_latency,
    tell_loading,
    tell_monitors,
    tell_replay,
    tell_roll_back,
    tell_throughput,
)
from ops.trials.bench.roll_backs import roll_backs
from ops.trials.bench.tables import load_marks
from ops.trials.bench.throughput import bytes_only, whole_job
from ops.trials.build import OWN, Build
from processors.cases import judgement

KILLS = 3
"""A broker that has just started takes longer to end what the killed worker left open."""

PARTS = (
    *("peers", "hot", "restore", "replay", "recovery", "latency", "imports", "cost"),
    *("tables", "monitors", "roll-backs"),
)
"""In the order in which they run."""

REPLAY_PROCESSES = (1, 2)

SHARES_PERCENT = (100, 10, 100, 10)
"""On which a candidate decides before it is taken back."""

OWN_BUILD = "plain" if Path(judgement.__file__).suffix == ".py" else "compiled"


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command's parser."""
    parser = subparsers.add_parser("bench", help="measure speed, latency, recovery and cost")
    parser.add_argument("--only", default=",".join(PARTS), help=f"of {','.join(PARTS)}")
    parser.add_argument("--listing-changes", type=int, default=300_000)
    parser.add_argument("--listings", type=int, default=100_000)
    parser.add_argument("--rate", type=int, default=1_000, help="complaints a second")
    parser.add_argument("--rate-seconds", type=int, default=30)
    parser.add_argument("--search-seconds", type=int, default=10, help="at each higher rate")
    parser.add_argument("--imported", type=int, default=1_000_000, help="listings of imports")
    parser.add_argument("--marks", default="1000000", help="in the register, one run for each")
    parser.add_argument("--shadow-sets", type=int, default=0, help="rule sets compared, for cost")
    parser.add_argument(
        "--compiled", type=Path, help="folder of a compiled build: hot, latency and cost of it too"
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Run the parts asked for; each line says what was measured. Errors: OperatorError."""
    parts = options.only.split(",")
    unknown = sorted({*parts} - {*PARTS})
    if unknown:
        raise OperatorError(f"no such part: {', '.join(unknown)}; there are {', '.join(PARTS)}")
    builds = [OWN]
    if options.compiled is not None:
        builds.append(Build.compiled(options.compiled))
    if "peers" in parts:
        build()
    with (
        tempfile.TemporaryDirectory() as directory,
        KafkaCluster(Path(directory) / "kafka", for_load=True) as kafka,
        SchemaRegistryServer(Path(directory) / "registry") as registry,
    ):
        addresses = (kafka.bootstrap_servers, registry.address)
        _tell_machine(parts)
        setting = Setting(addresses, Path(directory), options.listings)
        _measure([setting._replace(build=each) for each in builds], options, parts)
    return 0


def _measure(settings: list[Setting], options: argparse.Namespace, parts: list[str]) -> None:
    """Run the parts; those that concern the worker's speed once for each build."""
    changes = options.listing_changes
    few = Log("1-in-100", changes, changes // 100)
    mixed = Log("1-in-4", changes * 2 // 3, changes // 6)
    for log in (few, mixed):
        _over_log(settings, log, parts)
    for setting in settings:
        if "latency" in parts:
            _latency(setting, options)
        if "imports" in parts:
            tell_import(options.imported, complaints_beside_import(setting, options.imported))
        if "cost" in parts:
            tell(f"\n{setting.build.name or OWN_BUILD} build")
            counts = changes // 3, changes // 15, options.shadow_sets
            tell_costs(costs(setting, *counts))
    _measure_own(settings[0], options, parts)


def _measure_own(setting: Setting, options: argparse.Namespace, parts: list[str]) -> None:
    """Run the parts in which a compiled build is none of what is asked."""
    if "tables" in parts:
        for marks in options.marks.split(","):
            tell_loading(int(marks), load_marks(setting, int(marks)))
    if "monitors" in parts:
        for marks in options.marks.split(","):
            tell_monitors(int(marks), start_monitors(setting, int(marks)))
    if "roll-backs" in parts:
        tell("\na candidate taken back by command, two workers")
        for measured in roll_backs(setting, SHARES_PERCENT):
            tell_roll_back(measured)


def _tell_machine(parts: list[str]) -> None:
    model = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if line.startswith("model name")
        ),
        platform.machine(),
    )
    load = ", ".join(f"{each:.2f}" for each in os.getloadavg())
    packages = ", ".join(f"{name} {version(name)}" for name in ("confluent-kafka", "rocksdict"))
    tell(f"{os.cpu_count()} cores of {model}, load {load}")
    tell(f"Python {platform.python_version()}, {packages}, Kafka and Kafka Streams 4.1")
    # Compiled functions call each other directly, so what the steps do within is not told apart.
    tell(f"{OWN_BUILD} build")
    tell("what is measured runs on one core; one broker on the same machine; 4 partitions")
    tell(f"in this order: {', '.join(part for part in PARTS if part in parts)}")


def _over_log(settings: list[Setting], log: Log, parts: list[str]) -> None:
    setting, *others = settings
    over_logs = {"hot", "restore", "replay", "recovery"} & {*parts}
    if not (over_logs or "peers" in parts):
        return
    tell(f"\n{log.changes:,} listing changes and {log.complaints:,} complaints ({log.name})")
    prepare(setting, log)
    limit = bytes_only(setting)
    tell(f"{'bytes only (consume and produce)':44} {limit:10,.0f} records/s")
    yardsticks = {"bytes only": limit}
    if "peers" in parts:
        yardsticks |= _peers(setting, log, limit)
    if not over_logs:
        return
    live = whole_job(setting, log)
    tell_throughput("the whole job", live, yardsticks)
    if "replay" in parts:
        for processes in REPLAY_PROCESSES:
            tell_replay(processes, replayed(setting, log, processes), live)
    if "restore" in parts:
        tell(f"{'restore':44} {restore_rate(setting, log):10,.0f} rows/s")
    if "recovery" in parts:
        for state_kept, name in ((True, "kept"), (False, "lost")):
            measured = sorted(decides_again(setting, log, state_kept) for _ in range(KILLS))
            title = f"decides again after kill -9, state {name}"
            tell(f"{title:44} {median(measured):10.2f} s, of {', '.join(map(_two, measured))}")
        seconds, memory = standby_decides(setting, log)
        tell(f"{'decides again after kill -9, by a standby':44} {seconds:10.2f} s")
        tell(f"{'the standby held at most':44} {memory / 1e6:10,.0f} MB")
    for other in others:
        # The records that a worker writes for itself are inputs: the next one has topics anew.
        prepare(other, log)
        name = f"the whole job, {other.build.name} build"
        tell_throughput(name, whole_job(other, log), yardsticks)


def _two(seconds: float) -> str:
    return f"{seconds:.2f}"


def _peers(setting: Setting, log: Log, limit: float) -> dict[str, float]:
    """Measure the peers; return what the whole job is to be compared with, records/s by name."""
    for batch in BATCH_RECORDS:
        measured = bare_loop(setting, log, batch)
        tell_throughput(f"bare loop, {batch:,} a transaction", measured, {"bytes only": limit})
    found = {}
    for interval in COMMIT_INTERVALS_MILLISECONDS:
        measured = kafka_streams(setting, log, interval)
        name = f"Kafka Streams at {interval:,} ms"
        tell_throughput(name, measured, {"bytes only": limit})
        found[name] = measured.records_per_second
    return found


def _latency(setting: Setting, options: argparse.Namespace) -> None:
    tell(f"\n{setting.build.name or OWN_BUILD} build")
    tell("from the intended sending of a complaint to its committed decision")
    with Line.open(setting) as line:
        tell_latency(line.at(options.rate, options.rate_seconds))
        best = 0
        for measured in line.search(options.rate, options.search_seconds):
            tell_latency(measured)
            best = max(best, measured.rate if measured.holds else 0)
    bound = f"highest rate with p99 of {BOUND_MILLISECONDS:,.0f} ms or less"
    tell(f"{bound:44} {best:10,} complaints/s")
