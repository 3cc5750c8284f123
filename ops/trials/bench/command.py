"""`python -m ops bench`: throughput and latency on this machine, with their limit in one run."""

import argparse
import sys
import tempfile
from pathlib import Path

from ops.local.kafka.cluster import KafkaCluster
from ops.local.kafka.registry import SchemaRegistryServer
from ops.trials.bench.pipeline import (
    Setting,
    bytes_only,
    hot_path,
    latency,
    recovery,
    restore_rate,
)


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command's parser."""
    parser = subparsers.add_parser("bench", help="measure throughput, latency and recovery")
    parser.add_argument("--listing-changes", type=int, default=300_000)
    parser.add_argument("--listings", type=int, default=100_000)
    parser.add_argument("--rate", type=int, default=1_000, help="complaints a second")
    parser.add_argument("--rate-seconds", type=int, default=30)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Run all measurements; each line says what was measured."""
    with (
        tempfile.TemporaryDirectory() as directory,
        KafkaCluster(Path(directory) / "kafka") as kafka,
        SchemaRegistryServer(Path(directory) / "registry") as registry,
    ):
        setting = Setting(
            (kafka.bootstrap_servers, registry.address), Path(directory), options.listings
        )
        tell("worker pinned to one core; one broker on the same machine; 4 partitions")
        few = hot_path(setting, options.listing_changes, options.listing_changes // 100, "few")
        few_restored = restore_rate(setting, "few")
        limit = bytes_only(setting)
        tell(f"bytes only (consume and produce)      {limit:10,.0f} records/s")
        tell_hot_path("1 complaint in 100 listing changes", few, limit)
        mixed_changes = options.listing_changes * 2 // 3
        mixed = hot_path(setting, mixed_changes, mixed_changes // 4, "mixed")
        tell_hot_path("1 complaint in 4 listing changes  ", mixed, limit)
        restored = recovery(setting)
        tell(f"decides again after kill -9, state kept  {restored.warm_seconds:7.2f} s")
        tell(f"decides again after kill -9, state lost  {restored.cold_seconds:7.2f} s")
        tell(f"restore, 1 complaint in 100 changes   {few_restored:10,.0f} rows/s")
        tell(f"restore, 1 complaint in 4 changes     {restored.rows_per_second:10,.0f} rows/s")
        for name, seconds in latency(setting, options.rate, options.rate_seconds).items():
            tell(f"produce to committed command, {options.rate}/s, {name:4} {seconds:10.1f} ms")
    return 0


def tell(line: str) -> None:
    """Print one line at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def tell_hot_path(name: str, measured: "tuple[float, float, float]", limit: float) -> None:
    """Print what a run of the hot path gave."""
    records, changes, cores = measured
    tell(
        f"hot path, {name}  {records:8,.0f} records/s, {changes:8,.0f} listing changes/s, "
        f"ratio {records / limit:.2f}, {cores:.2f} cores"
    )
