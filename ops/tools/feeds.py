"""`python -m ops listings` and `parties`: bring them in from files, a row each."""

import argparse
import json
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from tqdm import tqdm

from ops.errors import OperatorError
from ops.shell.connections import KAFKA, REGISTRY, add_connection_arguments
from ops.shell.importing import Sender, codec_of, rejected_lines
from replay.log import KafkaLog, ReplayError
from schemas.events.parties import PartyRecorded
from schemas.topic_names import PARTIES_STATE
from schemas.wire.codec import Codec, DecodeError
from streams.sources.feeds.listings import LISTING_OF, Given
from streams.sources.feeds.parties import party_of
from streams.sources.feeds.rows import (
    Reader,
    RowError,
    csv_rows,
    json_line_rows,
    merchant_rows,
    product_rows,
    rows,
)

READERS: Mapping[str, Reader] = {
    "csv": csv_rows,
    "json-lines": json_line_rows,
    "merchant": merchant_rows,
    "schema-org": product_rows,
}
FORMATS = {
    ".csv": "csv",
    ".jsonl": "json-lines",
    ".ndjson": "json-lines",
    ".xml": "merchant",
    ".jsonld": "schema-org",
    ".json": "schema-org",
}
"""Forms of files by the end of their name."""

Plan = tuple[Path, Reader, Callable[[dict[str, Any]], Any]]
"""A file, what reads its rows, and what makes an event of one."""


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the parsers of both commands."""
    listings = _parser(subparsers, "listings", "bring in listings from files")
    listings.add_argument("--format", choices=tuple(READERS), help="else by the file's name")
    add_given_arguments(listings)
    listings.set_defaults(run=run_listings)
    parties = _parser(subparsers, "parties", "record parties from JSON lines")
    parties.set_defaults(run=run_parties)


def _parser(
    subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str, text: str
) -> argparse.ArgumentParser:
    parser = subparsers.add_parser(name, help=text)
    parser.add_argument("action", choices=("import",))
    parser.add_argument("paths", nargs="+", type=Path, metavar="PATH")
    add_connection_arguments(parser, KAFKA, REGISTRY)
    parser.add_argument("--dry-run", action="store_true", help="read and check, send nothing")
    parser.add_argument("--rejected", type=Path, help="JSON-lines file; else standard error")
    return parser


def add_given_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of what holds for rows that do not say it."""
    parser.add_argument("--marketplace", default="", help="of rows that name none")
    parser.add_argument("--seller", default="", help="party id, of rows that name none")
    parser.add_argument("--territories", default="", help="such as DE,FR, of rows without")
    parser.add_argument("--language", default="", help="such as de, of rows that tell none")


def given_of(options: argparse.Namespace) -> Given:
    """Return what these arguments say, now."""
    return Given(
        now_milliseconds=_now(),
        marketplace=options.marketplace,
        seller_id=options.seller,
        territories=tuple(code for code in options.territories.split(",") if code),
        language=options.language,
    )


def run_listings(options: argparse.Namespace) -> int:
    """Bring listings in; 1 where a row was refused or a record was not delivered."""
    given = given_of(options)

    def listing(form: str, fields: dict[str, Any]) -> Any:
        return LISTING_OF[form](fields, given)

    forms = {path: options.format or _format(path) for path in options.paths}
    plans = [(path, READERS[form], partial(listing, form)) for path, form in forms.items()]
    return _import(options, plans, "changed_at_milliseconds")


def run_parties(options: argparse.Namespace) -> int:
    """Record parties; 1 as above. What a row leaves out stays as it was last recorded."""
    codec = codec_of(options.schema_registry)
    known = _recorded(options.bootstrap_servers, codec)

    def party(fields: dict[str, Any]) -> PartyRecorded:
        made = party_of(fields, known, _now())
        known[made.party_id] = made
        return made

    plans = [(path, json_line_rows, party) for path in options.paths]
    return _import(options, plans, "recorded_at_milliseconds")


def _import(options: argparse.Namespace, plans: Sequence[Plan], time_field: str) -> int:
    missing = [str(path) for path, _, _ in plans if not path.is_file()]
    if missing:
        raise OperatorError(f"no such file: {', '.join(missing)}")
    total = sum(path.stat().st_size for path, _, _ in plans)
    undelivered = 0
    with (
        rejected_lines(options.rejected) as write,
        tqdm(total=total, unit="B", unit_scale=True, disable=None) as progress,
    ):
        if options.dry_run:
            imported, refused = _rows(plans, lambda _event: None, write, progress.update)
        else:
            codec = codec_of(options.schema_registry)
            sender = Sender(options.bootstrap_servers, codec, time_field)
            try:
                imported, refused = _rows(plans, sender.send, write, progress.update)
            finally:
                undelivered = sender.close()
    sys.stdout.write(f"imported {imported - undelivered}, refused {refused.total()}\n")
    sys.stdout.writelines(f"  refused {count}: {why}\n" for why, count in refused.most_common())
    if undelivered:
        sys.stdout.write(f"not delivered {undelivered}: {sender.last_error}\n")
    return 1 if undelivered or refused else 0


def _rows(
    plans: Sequence[Plan],
    send: Callable[[Any], object],
    write: Callable[[str], object],
    on_read: Callable[[int], object],
) -> tuple[int, Counter[str]]:
    """Send what rows make; return how many were sent, and how many refused by reason."""
    sent, refused = 0, Counter[str]()
    for path, read, make in plans:
        for row in rows(path, read, on_read):
            try:
                if isinstance(row.content, RowError):
                    raise row.content
                event = make(row.content)
            except RowError as error:
                refused[error.reason] += 1
                write(_refusal(path, row.number, error))
            else:
                send(event)
                sent += 1
    return sent, refused


def _refusal(path: Path, number: int, error: RowError) -> str:
    told = {"file": path.name, "row": number, "reason": error.reason, "detail": error.detail}
    return json.dumps(told, ensure_ascii=False) + "\n"


def _recorded(bootstrap_servers: str, codec: Codec) -> dict[str, PartyRecorded]:
    """Return all parties as they were last recorded. Errors: OperatorError."""
    found = {}
    try:
        for record in KafkaLog(bootstrap_servers).read_all(PARTIES_STATE):
            if record.value is not None:
                party = codec.decode(PARTIES_STATE, record.value, record.headers)
                found[party.party_id] = party
    except (ReplayError, DecodeError) as error:
        raise OperatorError(f"the parties that are recorded can't be read: {error}") from error
    return found


def _format(path: Path) -> str:
    form = FORMATS.get(path.suffix.lower())
    if form is None:
        raise OperatorError(f"{path}: --format is needed, one of {', '.join(READERS)}")
    return form


def _now() -> int:
    return time.time_ns() // 1_000_000
