"""`python -m ops simulate-day`: a day of complaints through the real services, and a report."""

import argparse
import tempfile
import time
from pathlib import Path

from ops.trials.simulation.day import Day, meets_at
from ops.trials.simulation.report import report, tell
from ops.trials.simulation.run import Simulation
from ops.trials.simulation.services import Services
from schemas.wire.registry import connect


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command's parser."""
    parser = subparsers.add_parser(
        "simulate-day", help="a day of complaints through the real services, faster"
    )
    parser.add_argument("--complaints", type=int, default=100_000)
    parser.add_argument("--factor", type=float, default=100.0, help="of real speed")
    parser.add_argument("--reviewers", type=int, default=160, help="the team, all shifts together")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--directory", type=Path, help="kept with all logs; else a passing one")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Simulate; 1 where a guarantee does not hold. Errors: OperatorError."""
    now = time.time_ns() // 1_000_000
    day = Day(
        options.complaints,
        options.factor,
        options.reviewers,
        options.seed,
        meets_at(now, options.factor),
    )
    if options.directory is not None:
        options.directory.mkdir(parents=True, exist_ok=True)
        return simulate(options.directory.resolve(), day)
    with tempfile.TemporaryDirectory(prefix="ip-day-") as scratch:
        return simulate(Path(scratch), day)


def simulate(directory: Path, day: Day) -> int:
    """Run a day in a directory; give 1 where a guarantee does not hold. Errors: OperatorError."""
    tell(
        f"{day.complaints:,} complaints in a day at {day.factor:g} times real speed, "
        f"{day.reviewers} reviewers in three shifts, seed {day.seed}"
    )
    with Services(directory, day) as services:
        codec = connect(services.addresses[1], register=True)
        ran = Simulation(services, codec, day).run()
        return report(services, codec, ran)
