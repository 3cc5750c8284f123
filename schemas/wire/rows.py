"""Rows of listings without cases, made and read as bytes.

Nearly all listings have no case against them, and nearly all inputs are changes of such. Their row
is the listing's own Avro body behind two bytes, no cases and a listing that is there, and before
one, that it does not leave. So it is not encoded anew, and of the row before it only the version is
read.
"""

from schemas.wire.codec import PREFIX_BYTES

_NO_CASES = b"\x00"
_LISTING_FOLLOWS = b"\x02"
_STAYS = b"\x00"
_BODY = PREFIX_BYTES + len(_NO_CASES) + len(_LISTING_FOLLOWS)
_FIELDS_BEFORE_VERSION = 3
"""listing_id, marketplace and seller_id, all text."""


class ListingRows:
    """Makes rows with the prefixes that the registry gave to listing and row."""

    def __init__(self, listing_prefix: bytes, row_prefix: bytes) -> None:
        self._listing_prefix = listing_prefix
        self._head = row_prefix + _NO_CASES + _LISTING_FOLLOWS

    def row(self, value: bytes) -> bytes | None:
        """Return the row of a listing event that was decoded, or None if it has another schema."""
        if not value.startswith(self._listing_prefix):
            return None
        return b"".join((self._head, value[PREFIX_BYTES:], _STAYS))

    def version(self, row: bytes) -> int | None:
        """Return the listing's version in such a row, or None for a row of another shape."""
        if not row.startswith(self._head) or leaves(row):
            return None
        position = _BODY
        for _ in range(_FIELDS_BEFORE_VERSION):
            length = row[position]
            if length < 0x80:
                position += 1 + (length >> 1)
            else:
                length, position = _long(row, position)
                position += length
        return _long(row, position)[0]


def body_of(value: bytes) -> bytes:
    """Return an event's body behind its prefix."""
    return value[PREFIX_BYTES:]


def leaves(row: bytes) -> bool:
    """Tell from its last byte whether a row has a time at which it leaves.

    A row from before there were such times may seem to have one.
    """
    return row[-1] != 0


def has_cases(row: bytes) -> bool:
    """Tell from its first byte whether a row has cases."""
    return row[PREFIX_BYTES] != 0


def _long(data: bytes, position: int) -> tuple[int, int]:
    """Return the Avro long at a position (variable length, zigzag) and the position behind it."""
    byte = data[position]
    position += 1
    if byte < 0x80:
        return (byte >> 1) ^ -(byte & 1), position
    number = byte & 0x7F
    shift = 7
    while byte >= 0x80:
        byte = data[position]
        position += 1
        number |= (byte & 0x7F) << shift
        shift += 7
    return (number >> 1) ^ -(number & 1), position
