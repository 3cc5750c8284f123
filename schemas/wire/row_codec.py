"""Rows to bytes and back, so that of a row that changed only the records that changed are encoded.

A row goes with the bytes of the records on its first level, such as its cases: those that stand
in the next row too, as the same objects, are taken over.
"""

from functools import cache
from typing import Any, Final, NamedTuple

from schemas.catalog import load_schema
from schemas.events.cases import ListingCases
from schemas.events.party_rows import PartyConduct
from schemas.wire.codec import PREFIX_BYTES, Codec
from schemas.wire.generated import UNUSUAL, Pieces, RowFunctions, row_functions

ROW_TYPES: Final = (ListingCases, PartyConduct)
_NO_PIECES: Final[Pieces] = {}


class RowInPieces(NamedTuple):
    """A row, its bytes, and those of the records in it."""

    row: Any
    value: bytes
    pieces: Pieces = _NO_PIECES


@cache
def _functions(row_type: type[Any]) -> RowFunctions:
    return row_functions(row_type, load_schema(row_type.__name__))


class RowCodec:
    """Encodes and decodes the rows of a topic."""

    def __init__(self, codec: Codec, topic: str) -> None:
        self._codec = codec
        self._topic = topic
        made = {kind: _functions(kind) for kind in ROW_TYPES}
        prefixes = {kind: codec.prefix(topic, kind) for kind in ROW_TYPES}
        self._encoders = {kind: (prefixes[kind], made[kind].encode) for kind in ROW_TYPES}
        self._decoders = {prefixes[kind]: made[kind].decode for kind in ROW_TYPES}

    def encode(self, row: Any, before: RowInPieces | None) -> RowInPieces:
        """Return a row with its bytes, with what it shares with the row before it taken over."""
        prefix, encode = self._encoders[type(row)]
        try:
            body, pieces = encode(row, _NO_PIECES if before is None else before.pieces)
        except UNUSUAL:
            return RowInPieces(row, self._codec.encode(self._topic, row))
        return RowInPieces(row, prefix + body, pieces)

    def decode(self, value: bytes) -> RowInPieces:
        """Return the row of its bytes. Errors: as `Codec.decode`."""
        decode = self._decoders.get(value[:PREFIX_BYTES])
        if decode is not None and len(value) <= self._codec.maximum_bytes(self._topic):
            try:
                row, pieces = decode(value, PREFIX_BYTES)
            except UNUSUAL:
                # The codec manages, or says what is wrong with the body.
                pass
            else:
                return RowInPieces(row, value, pieces)
        return RowInPieces(self._codec.decode(self._topic, value, None), value)
