"""`python -m ops replay backtest`: what a candidate rule set would have made of the archive."""

import argparse
import sys
import tempfile
from contextlib import closing
from pathlib import Path

from ops.errors import OperatorError
from ops.shell.connections import REGISTRY, add_connection_arguments
from ops.shell.days import add_days, span_milliseconds
from ops.shell.user import user_name
from ops.tools.rule_directories import SUBJECTS, rule_set_in, test_failures
from replay.backtest.backtest import DIFFERENCES, REPORT, BacktestRun
from replay.backtest.report import lines_of
from replay.log import ReplayError
from replay.period import Period
from schemas.wire.registry import connect
from sinks.archive.storage import storage_at
from sinks.contract import SinkUnusable

MAXIMUM_WRONG_PERCENT = 5.0


def add_parser(actions: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the action's parser."""
    parser = actions.add_parser(
        "backtest", help="tell what other rules would have decided over a period"
    )
    parser.add_argument("--rules", type=Path, required=True, help="the candidate's directory")
    parser.add_argument("--archive", required=True, help="where the archive is")
    add_days(parser)
    parser.add_argument("--report", type=Path, help="a directory for the report and differences")
    parser.add_argument("--tested-by", help="for the record; default: the user's name")
    parser.add_argument("--reviews-a-day", type=int, help="what the review team can do")
    parser.add_argument(
        "--maximum-wrong-percent",
        type=float,
        default=MAXIMUM_WRONG_PERCENT,
        help="of new takedowns, that people may have found lawful (default: %(default)g)",
    )
    parser.add_argument("--gates", action="store_true", help="end with 1 where a gate is not met")
    parser.add_argument(
        "--first-order-only", action="store_true", help="the rules alone, nothing replayed in full"
    )
    add_connection_arguments(parser, REGISTRY, optional=True)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print a backtest, and keep its report; with --gates 1 where one is not met.

    Errors: OperatorError.
    """
    subject = SUBJECTS["complaints"]
    candidate = rule_set_in(options.rules, subject)
    for failure in test_failures(options.rules, subject):
        raise OperatorError(f"a test beside the rules fails: {failure}")
    tested_by = options.tested_by or user_name("--tested-by")
    codec = None
    if not options.first_order_only:
        if options.schema_registry is None:
            raise OperatorError(
                "a replay in full needs --schema-registry; --first-order-only does without"
            )
        codec = connect(options.schema_registry, register=False, may_lag=False)
    period = Period(*span_milliseconds(options))
    try:
        with (
            closing(BacktestRun(storage_at(options.archive))) as backtest,
            tempfile.TemporaryDirectory(prefix="ip-backtest-") as scratch,
        ):
            found = backtest.run(
                *(candidate, period, options.reviews_a_day, options.maximum_wrong_percent),
                *(codec, Path(scratch)),
            )
            if options.report is not None:
                backtest.keep(found, tested_by, options.report)
    except (ReplayError, SinkUnusable) as error:
        raise OperatorError(str(error)) from error
    sys.stdout.writelines(f"{line}\n" for line in lines_of(found))
    if options.report is not None:
        sys.stdout.write(f"{options.report / REPORT}, {options.report / DIFFERENCES}\n")
    return 1 if options.gates and not all(gate.met for gate in found.gates) else 0
