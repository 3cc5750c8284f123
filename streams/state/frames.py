"""Several encoded values in one: each behind its length, 4 bytes, big-endian."""

from collections.abc import Iterable, Iterator

_LENGTH_BYTES = 4


def framed(values: Iterable[bytes]) -> bytes:
    """Return the values as one."""
    return b"".join(len(value).to_bytes(_LENGTH_BYTES, "big") + value for value in values)


def unframed(value: bytes | None) -> Iterator[bytes]:
    """Return the values of one; none of None."""
    start = 0
    while value is not None and start < len(value):
        begin = start + _LENGTH_BYTES
        start = begin + int.from_bytes(value[start:begin], "big")
        yield value[begin:start]
