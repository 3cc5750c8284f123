"""`python -m ops private-texts`: erase a party, give out what it wrote, see who read it, rotate."""

import argparse
import json
import sys
import time
from pathlib import Path

from ops.errors import OperatorError
from ops.shell.connections import DATABASE, WRAPPING_KEYS, add_connection_arguments
from ops.shell.user import user_name
from ops.shell.wrapping_keys import wrapping_keys
from sinks.contract import SinkUnavailable, SinkUnusable
from sinks.database.database import Connection, connect, require_newest
from sinks.private_texts.data_key import TextDamaged
from sinks.private_texts.store import PrivateTextStore
from sinks.private_texts.wrapping_keys import new_line

BEYOND = (
    "not reached: texts that came by Kafka and not by the filing API, questions to the team, "
    "documents filed as evidence; docs/private-texts.md says how those end\n"
)


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command's parsers."""
    parser = subparsers.add_parser("private-texts", help="erase, give out and look after texts")
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    making = actions.add_parser("key", help="add a new wrapping key to a file, to be the newest")
    making.add_argument("file", type=Path)
    making.add_argument("--name", required=True, help="such as the month: 2026-11")
    making.set_defaults(run=_make_key)
    for name, act, told in (
        ("erase", _erase, "destroy a party's key, so that nobody reads its texts any more"),
        ("export", _export, "print all texts of a party, a JSON line for each"),
        ("reads", _reads, "print who read texts of a party"),
    ):
        action = _action(actions, name, act, told)
        action.add_argument("--party", required=True)
        if act is _export:
            action.add_argument("--reader", help="who reads them; else the user's name")
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
            store = PrivateTextStore(keys, lambda: int(time.time() * 1000))
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
    sys.stdout.write(f"erased: {store.erase(connection, options.party)} texts\n{BEYOND}")


def _export(store: PrivateTextStore, connection: Connection, options: argparse.Namespace) -> None:
    reader = options.reader or user_name("--reader")
    texts = store.export(connection, options.party, f"operator {reader}")
    for sha256, text in sorted(texts.items()):
        if text is not None:
            line = json.dumps({"sha256": sha256, "text": text}, ensure_ascii=False)
            sys.stdout.write(f"{line}\n")


def _reads(store: PrivateTextStore, connection: Connection, options: argparse.Namespace) -> None:
    for read in store.reads(connection, options.party):
        sys.stdout.write(f"{read.read_at_milliseconds} {read.reader}: {read.texts} texts\n")


def _rotate(store: PrivateTextStore, connection: Connection, _: argparse.Namespace) -> None:
    sys.stdout.write(f"wrapped anew: {store.rotate(connection)} keys\n")
