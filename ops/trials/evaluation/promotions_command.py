"""`python -m ops evaluate-promotions`: planted bad candidates and good ones through the gates."""

import argparse
import sys
from collections import Counter

import numpy as np

from ops.trials.evaluation.promotions import (
    BACKTEST_DAYS,
    Ending,
    World,
    planted,
    promote,
    shadow_days,
)
from replay.promotion.gates import Bounds

PASSING_PERCENT = 95.0


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command's parser."""
    parser = subparsers.add_parser(
        "evaluate-promotions", help="take bad and good candidates through the gates"
    )
    world = World()
    parser.add_argument("--candidates", type=int, default=100, help="of each kind")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--wrong-percent", type=float, default=0.5, help="of decisions, by the bad ones"
    )
    parser.add_argument(
        "--contested-times",
        type=float,
        default=world.contested_times,
        help="how much more often wrong takedowns are looked at (default: %(default)g)",
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print how many were stopped, and by what; 1 where a bad one passed, or too few good ones."""
    world = World(contested_times=options.contested_times)
    chance = np.random.default_rng(options.seed)
    bad: list[Ending] = []
    good: list[Ending] = []
    by_shadow = 0
    for _ in range(options.candidates):
        candidates = planted(chance, world, options.wrong_percent / 100)
        for ended, candidate in zip((bad, good), candidates, strict=True):
            ended.append(promote(candidate, world, Bounds(), chance))
        by_shadow += shadow_days(candidates[0], world, Bounds(), chance) is None
    sys.stdout.write(
        f"{BACKTEST_DAYS} days of {world.decisions_a_day:,} decisions; of {len(bad)} bad ones "
        f"{by_shadow} are stopped by shadow alone\n"
    )
    for name, endings in (("bad", bad), ("good", good)):
        sys.stdout.writelines(f"{line}\n" for line in _lines(name, endings))
    passed = sum(not each.stopped_by for each in good)
    well = all(each.stopped_by for each in bad) and passed >= PASSING_PERCENT / 100 * len(good)
    return 0 if well else 1


def _lines(name: str, endings: list[Ending]) -> list[str]:
    passed = [each for each in endings if not each.stopped_by]
    stopped = Counter(each.stopped_by for each in endings if each.stopped_by)
    told = [f"{name}: {len(passed)} of {len(endings)} pass"]
    told += [f"  stopped by {gate}: {count}" for gate, count in stopped.most_common()]
    if passed:
        days = sorted(each.days for each in passed)
        told.append(f"  days of those that pass: median {days[len(days) // 2]}, most {days[-1]}")
    return told
