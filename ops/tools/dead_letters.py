"""`python -m ops dead-letters`: look at dead letters, mend them, and send them again, each once."""

import argparse
import base64
import json
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar

from ops.errors import OperatorError
from ops.shell.connections import KAFKA, REGISTRY, add_connection_arguments
from processors.validity import invalid_fields
from replay.letters import (
    REDRIVABLE,
    Letter,
    Place,
    event_of_letter,
    hindrance,
    letter_at,
    letters,
    place_of,
    redriven,
    superseded,
)
from replay.log import KafkaLog, ReplayError
from schemas.catalog import event_of
from schemas.declaration import declaration_of, key_of
from schemas.events.redrives import DeadLetterRedriven
from schemas.record import as_avro
from schemas.wire.codec import Codec, DecodeError
from schemas.wire.registry import connect
from streams.kafka.redriving import Redrive, RedriveFailed, Redriver

TOGETHER = 500
"""Letters sent again in one transaction, which ends well within its time."""
SHOWN_CHARACTERS = 160
Found = TypeVar("Found")


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command's parser."""
    parser = subparsers.add_parser("dead-letters", help="look at dead letters; send them again")
    add_connection_arguments(parser, KAFKA, REGISTRY)
    acts = parser.add_subparsers(required=True, metavar="ACT")
    listing = acts.add_parser("list", help="how many there are, by topic and reason; the newest")
    _add_filters(listing)
    listing.add_argument("--limit", type=int, default=20, help="how many are shown one by one")
    listing.set_defaults(run=_list)
    showing = acts.add_parser("show", help="what one is, and why it is here")
    showing.add_argument("place", help="partition:offset, as `list` tells it")
    showing.set_defaults(run=_show)
    saving = acts.add_parser("save", help="write one's event as JSON, to be mended")
    saving.add_argument("place")
    saving.add_argument("file", type=Path)
    saving.set_defaults(run=_save)
    sending = acts.add_parser("redrive", help="send letters to their topics again, each once")
    sending.add_argument("places", nargs="*", metavar="place")
    sending.add_argument("--all", action="store_true", help="all that the filters leave")
    _add_filters(sending)
    sending.add_argument("--mended", type=Path, help="a file that `save` wrote; for one letter")
    sending.add_argument(
        "--over-newer", action="store_true", help="also over a newer record of a table's key"
    )
    sending.add_argument("--operator", required=True, help="who sends them again")
    sending.add_argument("--why", required=True, help="for the record")
    sending.add_argument("--check", action="store_true", help="tell what would be sent, and stop")
    sending.set_defaults(run=_redrive)


def _add_filters(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--reason", help="of this reason code only")
    parser.add_argument("--topic", help="that came from this topic only")
    parser.add_argument("--hours", type=float, help="of the last so many hours only")


def _list(options: argparse.Namespace) -> int:
    log, codec = _connected(options)
    done = _read(lambda: redriven(log, codec))
    found = _read(lambda: list(_chosen(options, log)))
    counts = Counter((each.topic, each.reason_code) for each in found)
    again = Counter((each.topic, each.reason_code) for each in found if each.place in done)
    for (topic, reason), count in counts.most_common():
        sent = again[topic, reason]
        sys.stdout.write(f"{count:>8} {topic} {reason}, {sent} sent again\n")
    found.sort(key=lambda each: (-each.at_milliseconds, each.place))
    for each in found[: max(0, options.limit)]:
        state = "sent again" if each.place in done else "waits"
        line = f"{each.place!s:<12} {_time(each.at_milliseconds)} {each.topic} {each.reason_code}"
        sys.stdout.write(f"{line} ({state}): {each.detail[:SHOWN_CHARACTERS]}\n")
    return 0


def _show(options: argparse.Namespace) -> int:
    log, codec = _connected(options)
    letter = _one(options.place, log)
    told = _read(lambda: redriven(log, codec)).get(letter.place)
    why_not = hindrance(letter, codec)
    lines = {
        "came from": f"{letter.topic} {letter.source_partition}:{letter.source_offset}",
        "at": _time(letter.at_milliseconds),
        "key": repr(letter.key),
        "reason": letter.reason_code,
        "detail": letter.detail,
        "sent again": "no" if told is None else _sent(told),
        "as it came": "can be sent again" if why_not is None else f"would not do: {why_not}",
    }
    for name, text in lines.items():
        sys.stdout.write(f"{name:<11} {text}\n")
    sys.stdout.write(f"{json.dumps(_content(letter, codec), indent=2, ensure_ascii=False)}\n")
    return 0


def _save(options: argparse.Namespace) -> int:
    log, codec = _connected(options)
    letter = _one(options.place, log)
    text = json.dumps(_content(letter, codec), indent=2, ensure_ascii=False)
    try:
        options.file.write_text(f"{text}\n", encoding="utf-8")
    except OSError as error:
        raise OperatorError(f"{options.file}: {error}") from error
    return 0


def _redrive(options: argparse.Namespace) -> int:
    """Send letters again; 1 where some of those that were named are not sent."""
    if bool(options.places) == options.all:
        raise OperatorError("name places, or --all with filters")
    if options.mended and len(options.places) != 1:
        raise OperatorError("--mended is for one letter")
    log, codec = _connected(options)
    try:
        # First, so that what others sent before is seen by then.
        redriver = None if options.check else Redriver(options.bootstrap_servers, codec)
        done = _read(lambda: redriven(log, codec))
        sent = left = 0
        batch: list[Redrive] = []
        for letter in _wanted(options, log):
            redrive, why_not = _prepared(options, letter, log, codec, done)
            if redrive is None:
                left += 1
                sys.stdout.write(f"{letter.place} is left: {why_not}\n")
                continue
            batch.append(redrive)
            if len(batch) == TOGETHER:
                sent += _send(redriver, batch)
        sent += _send(redriver, batch)
    except RedriveFailed as error:
        raise OperatorError(f"not sent: {error}") from error
    verb = "would be sent" if options.check else "sent"
    sys.stdout.write(f"{sent} {verb} again, {left} left\n")
    return 1 if left else 0


def _send(redriver: Redriver | None, batch: list[Redrive]) -> int:
    count = len(batch)
    if redriver is not None and batch:
        redriver.send(batch)
    batch.clear()
    return count


def _prepared(
    options: argparse.Namespace,
    letter: Letter,
    log: KafkaLog,
    codec: Codec,
    done: dict[Place, DeadLetterRedriven],
) -> tuple[Redrive | None, str]:
    """Return what is sent of a letter; or None, and why it is left."""
    if letter.place in done:
        return None, f"sent again before, {_sent(done[letter.place])}"
    now = time.time_ns() // 1_000_000
    if options.mended is not None:
        letter = _mended(options.mended, letter, codec, now)
    why_not = hindrance(letter, codec)
    if why_not is not None:
        return None, f"it would be buried again: {why_not}"
    if not options.over_newer and _read(lambda: superseded(letter, log)):
        return None, "its table has a newer record of this key (--over-newer)"
    note = DeadLetterRedriven(
        letter_partition=letter.place.partition,
        letter_offset=letter.place.offset,
        topic=letter.topic,
        reason_code=letter.reason_code,
        mended=options.mended is not None,
        value_sha256=sha256(letter.value or b"").hexdigest(),
        why=options.why,
        redriven_by=options.operator,
        redriven_at_milliseconds=now,
    )
    invalid = invalid_fields(note)
    if invalid:
        raise OperatorError(f"who or why: {', '.join(invalid)}")
    return Redrive(letter.key, letter.value, letter.headers, note), ""


def _mended(file: Path, letter: Letter, codec: Codec, now_milliseconds: int) -> Letter:
    """Return a letter with what a person made of it, under the key that this asks for.

    Errors: OperatorError.
    """
    if letter.topic not in REDRIVABLE:
        raise OperatorError(f"{letter.topic or 'what no record asked for'} is not sent again")
    try:
        told = json.loads(file.read_text(encoding="utf-8"))
        event = event_of(told["event"], told["fields"])
        value = codec.encode(letter.topic, event)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise OperatorError(f"{file}: no event of {letter.topic}: {error!r}") from error
    key = letter.key
    if declaration_of(type(event)).key:
        key = key_of(event).encode()
    elif key is None:
        raise OperatorError(f"{file}: nothing tells the key of such a record")
    headers = Codec.headers(event, key.decode(errors="replace"), now_milliseconds)
    return letter._replace(key=key, value=value, headers=headers, is_whole=True)


def _wanted(options: argparse.Namespace, log: KafkaLog) -> list[Letter]:
    if options.all:
        return _read(lambda: list(_chosen(options, log)))
    return [_one(each, log) for each in dict.fromkeys(options.places)]


def _chosen(options: argparse.Namespace, log: KafkaLog) -> Iterable[Letter]:
    hours = options.hours
    since = 0 if hours is None else time.time_ns() // 1_000_000 - int(hours * 3_600_000)
    return (
        each
        for each in letters(log)
        if options.reason in (None, each.reason_code)
        and options.topic in (None, each.topic)
        and each.at_milliseconds >= since
    )


def _one(text: str, log: KafkaLog) -> Letter:
    """Return the letter at a place. Errors: OperatorError."""
    try:
        place = place_of(text)
    except ValueError as error:
        raise OperatorError(str(error)) from error
    found = _read(lambda: letter_at(log, place))
    if found is None:
        raise OperatorError(f"there is no dead letter {place}, or its time is over")
    return found


def _content(letter: Letter, codec: Codec) -> dict[str, Any]:
    """Return what a letter holds as JSON has it: its event, or else its bytes and why so."""
    try:
        event = event_of_letter(letter, codec)
    except DecodeError as error:
        value = letter.value or b""
        return {"not_an_event": str(error), "base64": base64.b64encode(value).decode()}
    return {"event": type(event).__name__, "fields": as_avro(event)}


def _connected(options: argparse.Namespace) -> tuple[KafkaLog, Codec]:
    codec = connect(options.schema_registry, register=False, may_lag=False)
    return KafkaLog(options.bootstrap_servers), codec


def _read(read: Callable[[], Found]) -> Found:
    """Return what is read of Kafka. Errors: OperatorError."""
    try:
        return read()
    except (ReplayError, DecodeError) as error:
        raise OperatorError(str(error)) from error


def _sent(told: DeadLetterRedriven) -> str:
    how = ", mended" if told.mended else ""
    return f"{_time(told.redriven_at_milliseconds)} by {told.redriven_by}{how}: {told.why}"


def _time(milliseconds: int) -> str:
    return datetime.fromtimestamp(milliseconds / 1000, UTC).isoformat(timespec="seconds")
