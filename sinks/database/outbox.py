"""The outbox: events written in the transaction of what they tell, and published from there.

A row's headers are made when it is written, so that its CloudEvents id is the same however often it
is sent, and by whichever version of the software. Its value is encoded then too, where the writer
has a codec; where it has none, the publisher encodes the content. The trace of the request that is
being answered, or one that is given, goes with it.
"""

from typing import Any, Literal, NamedTuple, get_args

from psycopg.rows import tuple_row
from psycopg.types.json import Json

from schemas.declaration import key_of, topic_of
from schemas.record import as_avro
from schemas.traces import CURRENT, TRACEPARENT, TraceContext
from schemas.wire.codec import Codec
from sinks.database.database import Connection

Source = Literal["filing", "desk", "dispatch"]
SOURCES: tuple[Source, ...] = get_args(Source)


class OutboxRow(NamedTuple):
    """A row as it is inserted; it has either `value` or `content`.

    `source_id` is by what its source finds its rows again: a filing's id; others need none.
    """

    source: Source
    source_id: str | None
    topic: str
    record_key: str
    event_type: str
    value: bytes | None
    content: Json | None
    headers: Json
    written_at_milliseconds: int


INSERT_ROW = f"""
    INSERT INTO outbox ({", ".join(OutboxRow._fields)})
    VALUES ({", ".join(["%s"] * len(OutboxRow._fields))})
"""  # noqa: S608 - put together of constants
"""To be executed with an OutboxRow, within the transaction of what its event tells."""

_BACKLOGS = """
    SELECT source, count(*) FILTER (WHERE refusal IS NULL),
        min(written_at_milliseconds) FILTER (WHERE refusal IS NULL),
        count(*) FILTER (WHERE refusal IS NOT NULL)
    FROM outbox WHERE sent_at_milliseconds IS NULL GROUP BY source
"""


class Backlog(NamedTuple):
    """What of a source is not on its topic: rows that wait, the age of the oldest in seconds, and
    rows that were set aside because they can't be sent."""

    waiting: int = 0
    oldest_seconds: float = 0.0
    refused: int = 0


def content_row(
    source: Source, event: Any, at_milliseconds: int, trace: TraceContext | None = None
) -> OutboxRow:
    """Return a row that the publisher encodes."""
    row = _row(source, event, at_milliseconds, trace or CURRENT.get())
    return row._replace(content=Json(as_avro(event)))


def encoded_row(source: Source, codec: Codec, event: Any, at_milliseconds: int) -> OutboxRow:
    """Return a row that is encoded. Errors: as Codec.encode."""
    row = _row(source, event, at_milliseconds, CURRENT.get())
    return row._replace(value=codec.encode(row.topic, event))


def _row(source: Source, event: Any, at_milliseconds: int, trace: TraceContext | None) -> OutboxRow:
    key = key_of(event)
    made = Codec.headers(event, key, at_milliseconds)
    headers = [[name, text.decode()] for name, text in made]
    if trace is not None:
        headers.append([TRACEPARENT, trace.traceparent])
    kind = type(event)
    return OutboxRow(
        *(source, None, topic_of(kind), key, kind.__name__, None, None, Json(headers)),
        at_milliseconds,
    )


def read_backlogs(connection: Connection, now_milliseconds: int) -> dict[Source, Backlog]:
    """Return the backlog of each source. Errors: psycopg.Error."""
    with connection.cursor(row_factory=tuple_row) as cursor:
        found = cursor.execute(_BACKLOGS).fetchall()
    backlogs = dict.fromkeys(SOURCES, Backlog())
    for source, waiting, oldest_at, refused in found:
        age = 0 if oldest_at is None else max(0, now_milliseconds - oldest_at)
        backlogs[source] = Backlog(waiting, age / 1000, refused)
    return backlogs
