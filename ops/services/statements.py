"""`python -m ops statements`: statements of reasons for the DSA Transparency Database."""

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path

import psycopg

from ops.errors import OperatorError
from ops.shell.connections import DATABASE, add_connection_arguments
from ops.shell.disclosure_settings import load_settings
from ops.shell.parts import periodic
from ops.shell.process import Process
from ops.shell.sink_service import prepare
from ops.shell.submission_metrics import SubmissionMetrics
from ops.shell.submissions import add_submission_arguments, run_submissions, token_of
from schemas.durations import HOUR_MILLISECONDS
from sinks.contract import SinkUnavailable
from sinks.database.database import connect as connect_database
from sinks.statements.audit_window import audit_window
from sinks.statements.client import DESTINATION, TransparencyDatabase
from sinks.statements.drift import KINDS, Audit
from sinks.statements.remake import remake_refused
from sinks.statements.store import TOPICS, StatementStore
from sinks.submissions import queue
from sinks.submissions.http import AddressRefused
from streams.clock import SystemClock

TOKEN_VARIABLE = "DSA_TRANSPARENCY_TOKEN"  # noqa: S105 - the name of a variable
AUDIT_SECONDS = 900.0
SHOWN_ROWS = 50


PROCESS = Process(
    "sends statements of reasons to the DSA Transparency Database",
    TOPICS,
    (),
    "PostgreSQL: submissions",
    ("sinks/statements", "sinks/submissions", "sinks/sending"),
    groups=("ip-statements",),
)


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command's parsers."""
    parser = subparsers.add_parser("statements", help="send statements of reasons (DSA Article 17)")
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    service = actions.add_parser("run", help="read events and send statements until stopped")
    add_submission_arguments(service, "ip-statements", TOKEN_VARIABLE)
    service.add_argument("--audit-hours", type=float, default=24.0, help="what each audit covers")
    service.set_defaults(run=run)
    audited = actions.add_parser("audit", help="compare statements with their events; 1 on drift")
    add_connection_arguments(audited, DATABASE)
    audited.add_argument("--settings", type=Path, help="YAML file about the service")
    audited.add_argument("--hours", type=float, default=24.0)
    audited.set_defaults(run=audit)
    shown = actions.add_parser("refused", help="show statements that were set aside, and why")
    add_connection_arguments(shown, DATABASE)
    shown.set_defaults(run=show_refused)
    again = actions.add_parser("retry", help="make those set aside again from their events")
    add_connection_arguments(again, DATABASE)
    again.add_argument("--settings", type=Path, help="YAML file about the service")
    again.set_defaults(run=retry)


def run(options: argparse.Namespace) -> int:
    """Run the service until SIGTERM or SIGINT. Errors: OperatorError."""
    settings = load_settings(options.settings).statements
    try:
        destination = TransparencyDatabase(options.address, token_of(options, TOKEN_VARIABLE))
    except AddressRefused as error:
        raise OperatorError(str(error)) from error
    metrics = SubmissionMetrics()
    shell, tell = prepare(options, metrics.registry), metrics.statements
    clock = shell.clock
    store = StatementStore(options.database, settings, clock.now_milliseconds, tell)
    flaggers = frozenset(settings.trusted_flaggers)
    length = int(options.audit_hours * HOUR_MILLISECONDS)

    def look() -> None:
        now = clock.now_milliseconds()
        found = audit_window(options.database, now - length, now, flaggers)
        metrics.statement_drift(_counts(found))

    looking = periodic("audit", AUDIT_SECONDS, look)
    try:
        run_submissions(options, store, TOPICS, destination, (shell, metrics, tell), (looking,))
    finally:
        destination.close()
    return 0


def audit(options: argparse.Namespace) -> int:
    """Print what an audit of the last hours finds; 1 where there is drift."""
    flaggers = frozenset(load_settings(options.settings).statements.trusted_flaggers)
    now = SystemClock().now_milliseconds()
    begin = now - int(options.hours * HOUR_MILLISECONDS)
    try:
        found = audit_window(options.database, begin, now, flaggers)
    except SinkUnavailable as error:
        raise OperatorError(f"the database does not answer: {error}") from error
    sys.stdout.write(f"{found.shares.statements} statements in {options.hours:g} h\n")
    for name, share in found.shares.by_name.items():
        sys.stdout.write(f"  {name}: {share:.1%}\n")
    for drift in found.drifts:
        sys.stdout.write(f"{drift.kind}: {drift.statements}\n")
        for example in drift.examples:
            sys.stdout.write(f"  {example}\n")
    return 1 if found.drifts else 0


def show_refused(options: argparse.Namespace) -> int:
    """Print statements that were set aside, newest first."""
    return show(options.database, DESTINATION)


def show(address: str, destination: str) -> int:
    """Print what was set aside of a destination. Errors: OperatorError."""
    try:
        with connect_database(address) as connection:
            rows = queue.refused(connection, destination, SHOWN_ROWS)
    except (SinkUnavailable, psycopg.Error) as error:
        raise OperatorError(f"the database does not answer: {error}") from error
    for row in rows:
        at = datetime.fromtimestamp(row.made_at_milliseconds / 1000, UTC)
        sys.stdout.write(f"{row.key} {at:%Y-%m-%d %H:%M:%S}\n")
        for told in row.errors:
            sys.stdout.write(f"  {told.get('field') or '-'}: {told.get('message')}\n")
    return 0


def retry(options: argparse.Namespace) -> int:
    """Make statements that were set aside again; print how many are due now."""
    settings = load_settings(options.settings).statements
    now = SystemClock().now_milliseconds()
    try:
        again, still = remake_refused(options.database, settings, now)
    except SinkUnavailable as error:
        raise OperatorError(f"the database does not answer: {error}") from error
    sys.stdout.write(f"{again} due again, {still} still invalid\n")
    return 0


def _counts(found: Audit) -> dict[str, int]:
    counts: dict[str, int] = dict.fromkeys(KINDS, 0)
    return counts | {drift.kind: drift.statements for drift in found.drifts}
