"""What a sink offers to the reader that fills it (streams/kafka/sink_reader.py).

A sink keeps the positions itself, in the transaction of what it writes, so that nothing is lost
and nothing is doubled, whichever of the two is killed when.
"""

from typing import NamedTuple, Protocol, TypeVar

from schemas.wire.delivered import Source

Record = TypeVar("Record")


class SinkUnavailable(Exception):
    """The sink does not answer: the batch is to be read again later."""


class SinkUnusable(Exception):
    """The sink can't be used as it is set up, and trying again won't mend it."""


class PositionMoved(Exception):
    """Somebody else wrote on from a position: the batch is to be dropped and read from there."""


class Span(NamedTuple):
    """The offsets that a batch takes a partition from and to: next to read before and after it."""

    expected: int
    next: int


class Sink(Protocol[Record]):
    """Where records are written, as their reader gives them, with the positions up to which they
    were."""

    def positions(self, topics: list[str]) -> dict[Source, int]:
        """Return the offset from which each partition is still to be read; 0 where not given.

        Errors: SinkUnavailable.
        """

    def write(self, records: list[Record], spans: dict[Source, Span]) -> None:
        """Write all records and positions, or none. Errors: SinkUnavailable, PositionMoved."""
