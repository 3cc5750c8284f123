"""Records of the global tables' topics as events, and how each goes with those before it."""

from typing import Any

from processors.bitemporal import History, insert
from processors.validity import invalid_fields
from schemas.declaration import key_of
from schemas.events.parties import PartyRecorded
from schemas.events.standings import StandingChanged
from schemas.events.trademarks import TrademarkRecorded
from schemas.wire.codec import Codec, DecodeError
from streams.kafka.records import InputRecord
from streams.topology import GLOBAL_TABLES

MAXIMUM_VERSIONS = 1_000
"""Versions kept of one mark; the oldest are forgotten beyond it."""

MAXIMUM_STANDINGS = 100
"""Standings kept of one party in one part; the oldest are forgotten beyond it."""


def table_event(codec: Codec, record: InputRecord) -> Any:
    """Return the event of a record, fit for a table. Errors: DecodeError where there is none."""
    event = codec.decode(record.topic, record.value or b"", record.headers_source)
    if isinstance(event, TrademarkRecorded | PartyRecorded):
        invalid = invalid_fields(event)
        if invalid:
            raise DecodeError(invalid[0], "the record can't be used in a table")
    if record.topic in GLOBAL_TABLES:
        _check_key(record, key_of(event))
    if isinstance(event, TrademarkRecorded):
        # Nothing was recorded after it was written: a clock that runs ahead would hide it.
        known_at = min(event.recorded_at_milliseconds, record.timestamp_milliseconds)
        return event._replace(recorded_at_milliseconds=known_at)
    return event


def with_version(history: History, recorded: TrademarkRecorded) -> History:
    """Return a mark's versions with another one."""
    return insert(history, recorded)[-MAXIMUM_VERSIONS:]


def with_standing(
    earlier: tuple[StandingChanged, ...], changed: StandingChanged
) -> tuple[StandingChanged, ...]:
    """Return a party's standings with a newer one, which takes the place of those it overtakes."""
    at = changed.changed_at_milliseconds
    history = [each for each in earlier if each.changed_at_milliseconds < at]
    return (*history[1 - MAXIMUM_STANDINGS :], changed)


def _check_key(record: InputRecord, expected: str) -> None:
    if record.key != expected.encode():
        raise DecodeError("key_mismatch", f"key is {record.key!r}, the record's own is {expected}")
