"""The words of marks in force, read from their records as bytes.

Of a record only what comes up to its status is read. The bytes of a table were checked when they
were taken in.
"""

from collections.abc import Callable
from functools import cache
from typing import Any, Final, NamedTuple

from processors.bitemporal import History
from processors.findings.registry_match import STATUS_FINDINGS
from processors.matching.terms import term_of
from schemas.catalog import load_schema
from schemas.events.trademarks import TrademarkRecorded, TrademarkStatus
from schemas.topic_names import TRADEMARKS_EVENTS
from schemas.wire.codec import PREFIX_BYTES, Codec
from schemas.wire.generated import UNUSUAL, first_fields
from streams.state.frames import last_framed


class MarkWords(NamedTuple):
    """What a mark's term follows from."""

    mark_text: str | None
    status: TrademarkStatus


_SCHEMA: Final = TrademarkRecorded.__name__


def named_term(history: History) -> str:
    """Return the term of a mark whose newest record is in force; empty for none."""
    return _term(MarkWords(history[-1].mark_text, history[-1].status)) if history else ""


class MarkTerms:
    """Reads terms from histories in frames."""

    def __init__(self, codec: Codec) -> None:
        self._codec = codec
        self._prefix = codec.prefix(TRADEMARKS_EVENTS, TrademarkRecorded)
        self._read = _reader()

    def term_in(self, frames: bytes | None) -> str:
        """Return the term of a mark by its history; empty for one without, or without history."""
        if frames is None:
            return ""
        newest = last_framed(frames)
        if newest.startswith(self._prefix):
            try:
                return _term(self._read(newest, PREFIX_BYTES))
            except UNUSUAL:
                pass
        return named_term((self._codec.decode(TRADEMARKS_EVENTS, newest, None),))


@cache
def _reader() -> Callable[[bytes, int], Any]:
    return first_fields(load_schema(_SCHEMA), MarkWords)


def _term(words: MarkWords) -> str:
    return term_of(words.mark_text) if STATUS_FINDINGS[words.status] == "in_force" else ""
