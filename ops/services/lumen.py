"""`python -m ops lumen`: notices and counter-notices for Lumen."""

import argparse

from ops.errors import OperatorError
from ops.services.statements import show
from ops.shell.connections import DATABASE, add_connection_arguments
from ops.shell.disclosure_settings import load_settings
from ops.shell.process import Process
from ops.shell.service_database import STARTING_SECONDS
from ops.shell.sink_service import prepare
from ops.shell.submission_metrics import SubmissionMetrics
from ops.shell.submissions import add_submission_arguments, run_submissions, token_of
from ops.shell.wrapping_keys import wrapping_keys
from sinks.lumen.client import DESTINATION, Lumen
from sinks.lumen.store import TOPICS, LumenStore
from sinks.private_texts.store import PrivateTextStore
from sinks.submissions.http import AddressRefused

TOKEN_VARIABLE = "LUMEN_TOKEN"  # noqa: S105 - the name of a variable


PROCESS = Process(
    "sends redacted notices to Lumen",
    TOPICS,
    (),
    "PostgreSQL: drafts, submissions",
    ("sinks/lumen", "sinks/submissions", "sinks/sending"),
    groups=("ip-lumen",),
)


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command's parsers."""
    parser = subparsers.add_parser("lumen", help="send notices to Lumen")
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    service = actions.add_parser("run", help="read events and send notices until stopped")
    add_submission_arguments(service, "ip-lumen", TOKEN_VARIABLE)
    service.add_argument(
        "--with-statements",
        action="store_true",
        help="tell redacted statements too; names of people who are not known stay in them",
    )
    service.add_argument("--wrapping-keys", help="for --with-statements, as filing has them")
    service.set_defaults(run=run)
    shown = actions.add_parser("refused", help="show notices that were set aside, and why")
    add_connection_arguments(shown, DATABASE)
    shown.set_defaults(run=lambda options: show(options.database, DESTINATION))


def run(options: argparse.Namespace) -> int:
    """Run the service until SIGTERM or SIGINT. Errors: OperatorError."""
    if options.with_statements and not options.wrapping_keys:
        raise OperatorError("--with-statements needs --wrapping-keys, by which statements are read")
    settings = load_settings(options.settings, options.with_statements).lumen
    try:
        destination = Lumen(options.address, token_of(options, TOKEN_VARIABLE))
    except AddressRefused as error:
        raise OperatorError(str(error)) from error
    metrics = SubmissionMetrics()
    shell, tell = prepare(options, metrics.registry), metrics.lumen_notices
    now = shell.clock.now_milliseconds
    texts = None
    if options.with_statements:
        keys = wrapping_keys(options.wrapping_keys, options.database, STARTING_SECONDS)
        texts = PrivateTextStore(keys, now)
    store = LumenStore(options.database, settings, now, tell, texts)
    try:
        run_submissions(options, store, TOPICS, destination, (shell, metrics, tell))
    finally:
        destination.close()
    return 0
