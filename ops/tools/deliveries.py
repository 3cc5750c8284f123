"""`python -m ops deliveries`: see what is held or failed; release, retry or cancel it."""

import argparse
import sys
import time
from datetime import UTC, datetime

from ops.errors import OperatorError
from ops.shell.connections import DATABASE, add_connection_arguments
from sinks.contract import SinkUnavailable
from sinks.dispatch.operator import STATES, DeliveryAdmin, DeliveryView, OperatorAction, Selection

ACTIONS = ("list", "release", "retry", "cancel")


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command's parser."""
    parser = subparsers.add_parser("deliveries", help="list, release, retry or cancel deliveries")
    parser.add_argument("action", choices=ACTIONS)
    add_connection_arguments(parser, DATABASE)
    parser.add_argument("--state", choices=STATES, action="append", help="held and failed if none")
    parser.add_argument("--command-id")
    parser.add_argument("--marketplace")
    parser.add_argument("--held-because", help="reason by which it is held, such as cap_seller")
    parser.add_argument("--limit", type=int, default=100, help="deliveries listed")
    parser.add_argument("--operator", help="who acts")
    parser.add_argument("--reason", help="why")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """List deliveries or change them, as told. Errors: OperatorError."""
    selection = Selection(options.command_id, options.marketplace, options.held_because)
    try:
        with DeliveryAdmin(options.database) as desk:
            if options.action == "list":
                states = options.state or ["held", "failed"]
                for shown in desk.shown(states, selection, options.limit):
                    sys.stdout.write(_line(shown))
                return 0
            count = _act(desk, options, selection)
    except (SinkUnavailable, ValueError) as error:
        raise OperatorError(str(error)) from error
    sys.stdout.write(f"{options.action}: {count} deliveries\n")
    return 0


def _act(desk: DeliveryAdmin, options: argparse.Namespace, selection: Selection) -> int:
    if not options.operator or not options.reason:
        raise OperatorError("--operator and --reason are needed to change deliveries")
    if selection == Selection():
        raise OperatorError("say which: --command-id, --marketplace or --held-because")
    act = OperatorAction(options.operator, options.reason, time.time_ns() // 1_000_000)
    actions = {"release": desk.release, "retry": desk.retry, "cancel": desk.cancel}
    return int(actions[options.action](selection, act))


def _line(shown: DeliveryView) -> str:
    due = datetime.fromtimestamp(shown.due_at_milliseconds / 1000, UTC)
    return (
        f"{shown.command_id} {shown.marketplace} {shown.type} {shown.order_key} {shown.state} "
        f"{shown.reason or '-'} attempts={shown.attempts} due={due.isoformat('T', 'seconds')} "
        f"{shown.detail}\n"
    )
