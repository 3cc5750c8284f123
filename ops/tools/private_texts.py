"""`python -m ops private-texts`: erase a party, give out what is held of it, see who read it."""

import argparse
import json
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from ops.errors import OperatorError
from ops.shell.connections import DATABASE, WRAPPING_KEYS, add_connection_arguments
from ops.shell.days import begin_milliseconds, day_of
from ops.shell.user import user_name
from ops.shell.wrapping_keys import wrapping_keys
from sinks.contract import SinkUnavailable, SinkUnusable
from sinks.database.database import Connection, connect, require_newest
from sinks.personal_data.erasure import Erasures, Hold
from sinks.personal_data.export import export
from sinks.private_texts.data_key import TextDamaged
from sinks.private_texts.store import PrivateTextStore
from sinks.private_texts.wrapping_keys import new_line

BEYOND = (
    "not reached: what came by Kafka and not by the filing API, and stays in its topic; "
    "docs/private-texts.md says how that ends\n"
)


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command's parsers."""
    parser = subparsers.add_parser(
        "private-texts", help="erase, give out and look after what is held of parties"
    )
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    making = actions.add_parser("key", help="add a new wrapping key to a file, to be the newest")
    making.add_argument("file", type=Path)
    making.add_argument("--name", required=True, help="such as the month: 2026-11")
    making.set_defaults(run=_make_key)
    for name, act, told in (
        ("erase", _erase, "erase a party, at once or when nothing stands against it any more"),
        ("keep", _keep, "note a legal duty to keep what is held of a party"),
        ("keep-no-longer", _lift, "end all such duties"),
        ("export", _export, "print all that is held of a party, a JSON line for each row"),
        ("reads", _reads, "print who read texts of a party"),
    ):
        action = _action(actions, name, act, told)
        action.add_argument("--party", required=True)
        if act in (_export, _erase, _keep):
            action.add_argument("--operator", help="who acts; else the user's name")
        if act is _keep:
            action.add_argument("--reason", required=True, help="by which law, order or dispute")
            action.add_argument("--until", type=day_of, help="YYYY-MM-DD, UTC; else for good")
    _action(actions, "rotate", _rotate, "wrap all keys by the newest wrapping key")


def _action(
    actions: "argparse._SubParsersAction[argparse.ArgumentParser]",
    name: str,
    act: object,
    told: str,
) -> argparse.ArgumentParser:
    parser = actions.add_parser(name, help=told)
    add_connection_arguments(parser, DATABASE, WRAPPING_KEYS)
    parser.set_defaults(run=run, act=act)
    return parser


def run(options: argparse.Namespace) -> int:
    """Do one of the actions. Errors: OperatorError."""
    try:
        with connect(options.database) as connection:
            require_newest(connection)
            keys = wrapping_keys(options.wrapping_keys, options.database)
            store = PrivateTextStore(keys, _now)
            options.act(store, connection, options)
    except TextDamaged as error:
        raise OperatorError("a key is not what was stored; nothing was changed") from error
    except (SinkUnavailable, SinkUnusable) as error:
        raise OperatorError(str(error)) from error
    return 0


def _make_key(options: argparse.Namespace) -> int:
    if options.name.split() != [options.name]:
        raise OperatorError("--name is one word")
    try:
        options.file.touch(mode=0o600)
        with options.file.open("a", encoding="ascii") as file:
            file.write(new_line(options.name))
    except OSError as error:
        raise OperatorError(f"{options.file}: {error.strerror}") from error
    return 0


def _erase(store: PrivateTextStore, connection: Connection, options: argparse.Namespace) -> None:
    erasure = Erasures(store).request(connection, options.party, _operator(options), _now())
    sys.stdout.write(f"{erasure.state}\n")
    for each in erasure.obstacles:
        sys.stdout.write(f"  {each.reason}{_until(each.until_milliseconds)}\n")
    if erasure.state == "erased":
        sys.stdout.write(BEYOND)


def _keep(store: PrivateTextStore, connection: Connection, options: argparse.Namespace) -> None:
    until = None if options.until is None else begin_milliseconds(options.until)
    hold = Hold(options.reason, until, _operator(options))
    Erasures(store).hold(connection, options.party, hold, _now())


def _lift(store: PrivateTextStore, connection: Connection, options: argparse.Namespace) -> None:
    ended = Erasures(store).lift(connection, options.party, _now())
    sys.stdout.write(f"ended: {ended} duties\n")


def _export(store: PrivateTextStore, connection: Connection, options: argparse.Namespace) -> None:
    for row in export(connection, store, options.party, _operator(options)):
        line = json.dumps({"table": row.table, **row.content}, ensure_ascii=False)
        sys.stdout.write(f"{line}\n")


def _reads(store: PrivateTextStore, connection: Connection, options: argparse.Namespace) -> None:
    for read in store.reads(connection, options.party):
        sys.stdout.write(f"{read.read_at_milliseconds} {read.reader}: {read.texts} texts\n")


def _rotate(store: PrivateTextStore, connection: Connection, _: argparse.Namespace) -> None:
    sys.stdout.write(f"wrapped anew: {store.rotate(connection)} keys\n")


def _operator(options: argparse.Namespace) -> str:
    return f"operator {options.operator or user_name('--operator')}"


def _until(milliseconds: int | None) -> str:
    if milliseconds is None:
        return ""
    return f" until {datetime.fromtimestamp(milliseconds / 1000, UTC).isoformat()}"


def _now() -> int:
    return time.time_ns() // 1_000_000
