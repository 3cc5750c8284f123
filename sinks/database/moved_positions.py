"""Positions of readers whose topics are moved to others."""

from collections.abc import Mapping, Sequence

from schemas.wire.delivered import Source
from sinks.contract import Span
from sinks.database.database import Connection, advance_positions

Readers = dict[str, dict[Source, int]]
"""How far each sink has read, partition by partition."""


def readers_of(connection: Connection, topics: Sequence[str]) -> Readers:
    """Return the sinks that have read anything of some topics, and how far."""
    found: Readers = {}
    rows = connection.execute(
        "SELECT sink, topic, partition, next_offset FROM positions WHERE topic = ANY(%s)",
        (list(topics),),
    )
    for sink, topic, partition, offset in rows:
        found.setdefault(sink, {})[topic, partition] = offset
    return found


def begin_behind(connection: Connection, sink: str, ends: Mapping[Source, int]) -> None:
    """Have a sink begin behind what it read under another name, where it has not begun.

    Errors: PositionMoved.
    """
    known = readers_of(connection, [topic for topic, _ in ends]).get(sink, {})
    spans = {each: Span(0, end) for each, end in ends.items() if end and each not in known}
    advance_positions(connection, sink, spans)
