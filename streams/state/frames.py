"""Several encoded values in one: each behind its length, 4 bytes, big-endian."""

import struct
from collections.abc import Iterable, Iterator

LENGTH_BYTES = 4
_length = struct.Struct(">I").pack


def frame(value: bytes) -> bytes:
    """Return one value behind its length."""
    return _length(len(value)) + value


def framed(values: Iterable[bytes]) -> bytes:
    """Return the values as one."""
    return b"".join(map(frame, values))


def unframed(value: bytes | None) -> Iterator[bytes]:
    """Return the values of one; none of None."""
    start = 0
    while value is not None and start < len(value):
        begin = start + LENGTH_BYTES
        start = begin + int.from_bytes(value[start:begin], "big")
        yield value[begin:start]


def last_framed(value: bytes) -> bytes:
    """Return the last of the values of one; empty where there is none."""
    return [b"", *unframed(value)][-1]
