"""`python -m ops replay`: make all decisions again from the log, and compare."""

import argparse
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path

from ops.errors import OperatorError
from ops.services.worker import (
    DISTRIBUTION,
    add_standing_argument,
    service_level,
    standing_policy,
)
from ops.trials.worker_processes import GROUP
from processors.policies.standing_policy import StandingPolicy
from processors.rules.rule_set import RuleSet
from replay.compare import (
    Comparison,
    committed_outputs,
    committed_rows,
    compare,
    compare_outputs,
)
from replay.remake import Run, remake
from replay.source import ReplayError, ends_of
from schemas.wire.registry import connect
from streams.policies.rule_files import BUILT_IN_DIRECTORY, load_rules
from streams.topology import CHANGELOG, OUTPUTS


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command's parser."""
    parser = subparsers.add_parser("replay", help="make decisions again from the log and compare")
    parser.add_argument("--bootstrap-servers", required=True)
    parser.add_argument("--schema-registry", required=True, help="Confluent API's base address")
    parser.add_argument("--deadline-seconds", type=float, default=24 * 3600.0)
    add_standing_argument(parser)
    parser.add_argument("--group", default=GROUP, help="of the workers: how far they have come")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print by topic how many keys agree; 1 where any does not."""
    addresses = (options.bootstrap_servers, options.schema_registry)
    now = time.time_ns() // 1_000_000
    standing = standing_policy(options.standing_policy)
    found = comparisons(addresses, options.deadline_seconds, now, options.group, standing)
    for topic, comparison in found.items():
        sys.stdout.write(f"{topic}: {comparison.same} same, {comparison.different} different\n")
        for example in comparison.examples:
            sys.stdout.write(f"  {example}\n")
    return 1 if any(comparison.different for comparison in found.values()) else 0


def comparisons(
    addresses: tuple[str, str],
    deadline_seconds: float,
    until_milliseconds: int | None = None,
    group: str | None = None,
    standing: StandingPolicy | None = None,
) -> dict[str, Comparison]:
    """Compare all outputs and rows with what the log leads to, timers until then included.

    With a group, inputs count up to where its workers have taken them.

    Errors: OperatorError.
    """
    codec = connect(addresses[1], register=False)
    rules = RuleSet(load_rules(BUILT_IN_DIRECTORY))
    level = service_level(deadline_seconds)
    level = level if standing is None else level._replace(standing=standing)
    with tempfile.TemporaryDirectory(prefix="ip-replay-") as scratch:
        try:
            ends = None if group is None else ends_of(addresses[0], group)
            decides = Run(rules, level, version(DISTRIBUTION), until_milliseconds, ends)
            remade = remake(addresses[0], codec, decides, Path(scratch) / "state")
            committed = committed_outputs(addresses[0], frozenset(OUTPUTS.values()))
            found = compare_outputs(committed, remade.outputs)
            found[CHANGELOG] = compare(committed_rows(addresses[0]), remade.rows)
        except ReplayError as error:
            raise OperatorError(str(error)) from error
    return found
