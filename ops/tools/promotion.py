"""What a rule set has to bring with it before it decides."""

import argparse
from pathlib import Path
from typing import NamedTuple

from ops.errors import OperatorError
from processors.rules.rule_set import RuleSet
from replay.backtest.record import read_record
from replay.log import ReplayError


class Promotion(NamedTuple):
    """On what a rule set is published; all empty for one that decides nothing."""

    backtest_hash: str = ""
    tested_by: str = ""
    without_backtest: str = ""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments that tell on what a rule set is published."""
    shown = parser.add_mutually_exclusive_group()
    shown.add_argument(
        "--backtest", type=Path, help="active: the report of `replay backtest`, by another person"
    )
    shown.add_argument(
        "--without-backtest", metavar="WHY", help="active: why there is none, kept with the rules"
    )


def promotion_of(options: argparse.Namespace, rule_set: RuleSet, published_by: str) -> Promotion:
    """Return on what a rule set may be published. Errors: OperatorError where it may not."""
    if options.role == "shadow":
        return Promotion()
    if options.without_backtest is not None:
        why = options.without_backtest.strip()
        if not why:
            raise OperatorError("--without-backtest: say why")
        return Promotion(without_backtest=why)
    if options.backtest is None:
        raise OperatorError(
            "rules that decide are published with --backtest, whose gates they met, "
            "or --without-backtest and why"
        )
    try:
        record, digest = read_record(options.backtest)
    except ReplayError as error:
        raise OperatorError(str(error)) from error
    if record.candidate_hash != rule_set.hash:
        raise OperatorError(f"{options.backtest} tested other rules, {record.candidate_hash[:12]}")
    unmet = [f"{gate.name}: {gate.found}" for gate in record.gates if not gate.met]
    if unmet or not record.gates:
        raise OperatorError(f"gates are not met: {'; '.join(unmet) or 'there are none'}")
    if record.tested_by == published_by:
        raise OperatorError(f"{published_by} made the backtest: another person is to publish it")
    return Promotion(digest, record.tested_by)
