"""`python -m ops bench-dispatch`: how fast commands are delivered, and what hanging endpoints
cost the others."""

import argparse
import asyncio
import os
import sys
import tempfile
from pathlib import Path

from ops.errors import OperatorError
from ops.local.postgres import PostgresServer
from ops.trials.bench.dispatch import Measurement, bare, marketplaces, measure, prepare, receivers
from ops.trials.bench.dispatch_switch import switch_seconds


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command's parser."""
    parser = subparsers.add_parser("bench-dispatch", help="measure the dispatch of commands")
    parser.add_argument("--deliveries", type=int, default=10_000)
    parser.add_argument("--marketplaces", type=int, default=20)
    parser.add_argument("--rate", type=float, default=200.0, help="commands offered a second")
    parser.add_argument("--rate-seconds", type=int, default=60)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Run all measurements; each line says what was measured."""
    if options.marketplaces < 10:
        raise OperatorError("a tenth of the endpoints is to hang: at least 10 --marketplaces")
    ports = marketplaces(options.marketplaces)
    hanging = list(ports)[: options.marketplaces // 10]
    offered = range(int(options.rate * options.rate_seconds))
    with (
        tempfile.TemporaryDirectory(prefix="ip-bench-") as scratch,
        PostgresServer() as postgres,
    ):
        directory, address = Path(scratch), postgres.address
        with receivers(directory, ports, []):
            os.sched_setaffinity(0, {0})
            _tell("sender on one core; receivers, PostgreSQL and loader on the same machine")
            limit = asyncio.run(bare(ports, options.deliveries))
            _tell(f"bare loop of requests             {limit:8,.0f} requests/s")
            prepare(address)
            full = measure(address, ports, [], range(options.deliveries), None)
            rate = full.deliveries / full.seconds
            _tell(f"backlog of {full.deliveries:,} commands   {rate:8,.0f} deliveries/s, "
                  f"ratio {rate / limit:.2f}")  # fmt: skip
            prepare(address)
            _tell_latency("no endpoint hangs", measure(address, ports, [], offered, options.rate))
        with receivers(directory, ports, hanging):
            prepare(address)
            hung = measure(address, ports, hanging, offered, options.rate)
            _tell_latency(f"{len(hanging)} of {len(ports)} hang 30 s", hung)
            prepare(address)
            full = measure(address, ports, hanging, range(options.deliveries), None)
            _tell(f"backlog while they hang           {full.deliveries / full.seconds:8,.0f} "
                  "deliveries/s to the others")  # fmt: skip
        seconds = switch_seconds(directory)
        _tell(f"kill switch, from the operator's command to the halt: median "
              f"{seconds[len(seconds) // 2] * 1000:,.0f} ms, longest {seconds[-1] * 1000:,.0f} ms "
              f"of {len(seconds)}")  # fmt: skip
    return 0


def _tell(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def _tell_latency(name: str, measured: Measurement) -> None:
    _tell(
        f"{name:22}  {measured.deliveries / measured.seconds:6,.0f} deliveries/s to the healthy, "
        f"taken in to received: median {measured.median * 1000:,.0f} ms, "
        f"p99 {measured.p99 * 1000:,.0f} ms"
    )
