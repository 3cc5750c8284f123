"""Avro's simple values as bytes and back, as generated encoders and decoders use them.

Words and numbers recur: the outputs of one step share their ids and times, and rows are written
again with most of what was in them. So the bytes of short ones are remembered.
"""

import struct
from typing import Any, Final


class UnusualValue(Exception):
    """A value or a body that is left to fastavro."""


UNUSUAL: Final = (
    UnusualValue,
    IndexError,
    KeyError,
    AttributeError,
    TypeError,
    ValueError,
    struct.error,
)


def unusual() -> bytes:
    """Raise in the midst of an expression."""
    raise UnusualValue


NULL: Final = b"\x00"
VALUE: Final = b"\x02"
"""Which branch follows of a union of null and another type."""

FALSE, TRUE = b"\x00", b"\x01"
END: Final = b"\x00"
"""Ends the blocks of an array or a map, and stands for an empty one."""

MAXIMUM_ENTRIES: Final = 32_768
MAXIMUM_CHARACTERS: Final = 64
"""Longer texts are not remembered, nor arrays with so many items, so what is kept is bounded."""

_LONG_BITS: Final = 64


def encoded_long(number: int) -> bytes:
    """Return an Avro int or long: zigzag, seven bits a byte, the lowest first.

    Errors: UnusualValue for one of more than 64 bits.
    """
    zigzag = number << 1 if number >= 0 else ~(number << 1)
    if zigzag >> _LONG_BITS:
        raise UnusualValue
    encoded = bytearray()
    while zigzag > 0x7F:
        encoded.append(zigzag & 0x7F | 0x80)
        zigzag >>= 7
    encoded.append(zigzag)
    return bytes(encoded)


class Longs(dict[int, bytes]):
    """Numbers to their bytes. Equal numbers of other types are to be kept out by the caller."""

    def __missing__(self, number: int) -> bytes:
        made = encoded_long(number)
        if len(self) >= MAXIMUM_ENTRIES:
            self.clear()
        self[number] = made
        return made


LONGS: Final[dict[int, bytes]] = Longs()


class Texts(dict[str, bytes]):
    """Texts to their bytes behind their length, and behind `head`."""

    def __init__(self, head: bytes = b"") -> None:
        super().__init__()
        self._head = head

    def __missing__(self, text: str) -> bytes:
        encoded = text.encode()
        made = self._head + LONGS[len(encoded)] + encoded
        if len(text) <= MAXIMUM_CHARACTERS:
            if len(self) >= MAXIMUM_ENTRIES:
                self.clear()
            self[text] = made
        return made


TEXTS: Final[dict[str, bytes]] = Texts()
SOME_TEXTS: Final[dict[str, bytes]] = Texts(VALUE)


class TextArrays(dict[tuple[str, ...], bytes]):
    """Arrays of texts, such as reason codes, to their bytes."""

    def __missing__(self, texts: tuple[str, ...]) -> bytes:
        if type(texts) is not tuple:
            raise UnusualValue
        if not texts:
            return END
        made = b"".join((LONGS[len(texts)], *map(TEXTS.__getitem__, texts), END))
        if len(made) <= MAXIMUM_CHARACTERS:
            if len(self) >= MAXIMUM_ENTRIES:
                self.clear()
            self[texts] = made
        return made


TEXT_ARRAYS: Final[dict[tuple[str, ...], bytes]] = TextArrays()


def number_after(data: bytes, position: int, first: int) -> tuple[int, int]:
    """Return a number of two bytes or more, before its zigzag is undone, and the position after.

    `position` is that of its second byte. Errors: UnusualValue where it is too long.
    """
    second = data[position]
    if second < 0x80:
        return first - 0x80 + (second << 7), position + 1
    number = first & 0x7F
    shift = 7
    while True:
        byte = data[position]
        position += 1
        number |= (byte & 0x7F) << shift
        if byte < 0x80:
            break
        shift += 7
        if shift >= _LONG_BITS:
            raise UnusualValue
    if number >> _LONG_BITS:
        raise UnusualValue
    return number, position


def length_after(data: bytes, position: int, first: int) -> tuple[int, int]:
    """Return a length of two bytes or more, doubled, and the position after, as `number_after`.

    Errors: UnusualValue where it is negative, or too long.
    """
    if first > 0x7F:
        first, position = number_after(data, position, first)
    if first & 1:
        raise UnusualValue
    return first, position


def _pairs(shift: int, last: bool) -> list[Any]:
    """Return by a pair of bytes, the first the lower, its 14 bits in place; None for others."""
    found: list[Any] = [None] * 65_536
    for high in range(128):
        above = (high if last else high | 0x80) << 8
        for low in range(128):
            found[above | low | 0x80] = (high << 7 | low) << shift
    return found


_LOW, _MIDDLE, _HIGH = _pairs(0, False), _pairs(14, False), _pairs(28, True)
_three_pairs = struct.Struct("<HHH").unpack_from


def time_at(data: bytes, position: int) -> tuple[int, int]:
    """Return the number at a position, and the position after.

    Six bytes are read at once: that is how long the milliseconds of times from 1971 to 2039 are.
    """
    try:
        low, middle, high = _three_pairs(data, position)
        number = _LOW[low] + _MIDDLE[middle] + _HIGH[high]
        position += 6
    except (struct.error, TypeError):
        number = data[position]
        position += 1
        if number > 0x7F:
            number, position = number_after(data, position, number)
    return (number >> 1) ^ -(number & 1), position


pack = struct.Struct("<d").pack
unpack = struct.Struct("<d").unpack_from
new = tuple.__new__
