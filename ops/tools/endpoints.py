"""`python -m ops endpoints`: say where commands are delivered, renew secrets, disable."""

import argparse
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import psycopg

from ops.errors import OperatorError
from ops.shell.connections import DATABASE, add_connection_arguments
from ops.shell.endpoints import add_endpoint_keys, endpoint_book, endpoints_of_file
from ops.shell.user import user_name
from schemas.durations import HOUR_MILLISECONDS
from sinks.contract import SinkUnavailable, SinkUnusable
from sinks.database.database import Connection, connect, require_newest
from sinks.dispatch.operator import OperatorAction
from sinks.dispatch.recorded_endpoints import (
    EndpointBook,
    EndpointFields,
    NotRecorded,
    RecordedEndpoint,
    TooManySecrets,
)
from sinks.dispatch.settings import SettingsInvalid
from sinks.private_texts.data_key import TextDamaged


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command's parsers."""
    parser = subparsers.add_parser("endpoints", help="record where commands are delivered to")
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    _action(actions, "list", _list, "print the endpoints that are recorded")
    recording = _action(actions, "record", _record, "record an endpoint, or change it whole")
    recording.add_argument("--url", required=True, help="HTTPS, or of an allowed host")
    recording.add_argument("--command", action="append", help="all but party.notify if none")
    recording.add_argument("--concurrency", type=int, default=8)
    recording.add_argument("--timeout-seconds", type=float, default=15.0)
    recording.add_argument(
        "--endpoints", type=Path, help="the dispatcher's file, for the hosts that it allows"
    )
    renewing = _action(actions, "secret", _renew, "make a new secret, and print it this once")
    renewing.add_argument(
        "--overlap-hours", type=float, default=24.0, help="how long former ones still sign"
    )
    for name, act, told in (
        ("disable", _disable, "hold what goes there"),
        ("enable", _enable, "let go what was held meanwhile"),
    ):
        changing = _action(actions, name, act, told)
        changing.add_argument("--reason", required=True)
    _action(actions, "rotate", _rotate, "wrap all keys by the newest of the file of keys")


def _action(
    actions: "argparse._SubParsersAction[argparse.ArgumentParser]",
    name: str,
    act: object,
    told: str,
) -> argparse.ArgumentParser:
    parser = actions.add_parser(name, help=told)
    add_connection_arguments(parser, DATABASE)
    add_endpoint_keys(parser, required=True)
    parser.add_argument("--operator", help="who acts; else the user's name")
    if act not in _OF_ALL:
        parser.add_argument("--marketplace", required=True)
    parser.set_defaults(run=run, act=act)
    return parser


def run(options: argparse.Namespace) -> int:
    """Do one of the actions. Errors: OperatorError."""
    book = endpoint_book(options)
    if options.act not in _OF_ALL:
        options.operator = options.operator or user_name("--operator")
    try:
        with connect(options.database) as connection:
            require_newest(connection)
            with connection.transaction():
                sys.stdout.write(options.act(book, connection, options))
    except NotRecorded as error:
        raise OperatorError(f"no endpoint is recorded for {error}") from error
    except TooManySecrets as error:
        raise OperatorError("as many secrets as may be are in force: wait for an end") from error
    except TextDamaged as error:
        raise OperatorError("a key is not the one that sealed what is recorded") from error
    except (SettingsInvalid, SinkUnavailable, SinkUnusable, psycopg.OperationalError) as error:
        raise OperatorError(str(error)) from error
    return 0


def _list(book: EndpointBook, connection: Connection, _: argparse.Namespace) -> str:
    return "".join(map(_line, book.shown(connection)))


def _record(book: EndpointBook, connection: Connection, options: argparse.Namespace) -> str:
    from_file = endpoints_of_file(options.endpoints)
    if options.marketplace in from_file.endpoints:
        raise OperatorError("the endpoints file names this marketplace, and wins")
    fields = EndpointFields(
        options.marketplace,
        options.url,
        options.command,
        options.concurrency,
        options.timeout_seconds,
    )
    secret = book.record(connection, fields, from_file.allowed_hosts, options.operator)
    return "changed; its secret stays\n" if secret is None else f"{secret}\n"


def _renew(book: EndpointBook, connection: Connection, options: argparse.Namespace) -> str:
    overlap = int(options.overlap_hours * HOUR_MILLISECONDS)
    if overlap < 0:
        raise OperatorError("--overlap-hours is not to be below 0")
    return book.renew_secret(connection, options.marketplace, overlap, options.operator) + "\n"


def _disable(book: EndpointBook, connection: Connection, options: argparse.Namespace) -> str:
    book.disable(connection, options.marketplace, _act(options))
    return f"disabled: {options.marketplace}\n"


def _enable(book: EndpointBook, connection: Connection, options: argparse.Namespace) -> str:
    released = book.enable(connection, options.marketplace, _act(options))
    return f"enabled: {options.marketplace}; {released} deliveries go on\n"


def _rotate(book: EndpointBook, connection: Connection, _: argparse.Namespace) -> str:
    return f"{book.rotate(connection)} keys wrapped anew\n"


def _act(options: argparse.Namespace) -> OperatorAction:
    return OperatorAction(options.operator, options.reason, time.time_ns() // 1_000_000)


def _line(recorded: RecordedEndpoint) -> str:
    fields = recorded.fields
    changed = datetime.fromtimestamp(recorded.changed_at_milliseconds / 1000, UTC)
    commands = ",".join(fields.commands) if fields.commands is not None else "by default"
    return (
        f"{fields.marketplace} {fields.url} commands={commands} "
        f"concurrency={fields.concurrency} timeout={fields.timeout_seconds:g}s "
        f"changed={changed.isoformat('T', 'seconds')} by={recorded.changed_by} "
        f"{recorded.disabled_because or 'in force'}\n"
    )


_OF_ALL = (_list, _rotate)
"""What concerns no marketplace alone, and is not noted."""
