"""Strings, numbers by key, and sets of keys as plain bytes, which processes can share."""

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from zlib import crc32

import numpy as np

FILTER_BITS_PER_KEY = 16
"""Six in a hundred keys that are not there pass."""

FILTER_MINIMUM_BITS = 64
ENTRIES_PER_START = 16


def key_hash(key: str) -> int:
    """Return the 32-bit number that stands for a key."""
    return crc32(key.encode())


class PackedStrings:
    """Strings by number, in one stretch of bytes."""

    def __init__(self, text: bytes, ends: bytes) -> None:
        self._text = text
        self._ends = memoryview(ends).cast("I")

    def __len__(self) -> int:
        return len(self._ends)

    def __getitem__(self, number: int) -> str:
        begin = self._ends[number - 1] if number else 0
        return str(self._text[begin : self._ends[number]], "utf-8")


class PackedBuckets:
    """Numbers by 32-bit hash: hashes in order, and where those with the same first bits start."""

    def __init__(self, hashes: bytes, numbers: bytes, starts: bytes) -> None:
        self.hashes: Sequence[int] = memoryview(hashes).cast("I")
        self._numbers: Sequence[int] = memoryview(numbers).cast("I")
        self._starts: Sequence[int] = memoryview(starts).cast("I")
        self._shift = 32 - (len(self._starts) - 1).bit_length() + 1

    def get(self, hashed: int, limit: int) -> Iterator[int]:
        """Return the numbers under a hash, so many at most."""
        at_start = hashed >> self._shift
        low, high = self._starts[at_start], self._starts[at_start + 1]
        at = bisect_left(self.hashes, hashed, low, high)
        last = min(high, at + limit)
        while at < last and self.hashes[at] == hashed:
            yield self._numbers[at]
            at += 1


class KeyFilter:
    """A set of hashes as bits, one a hash: it never denies one that is there."""

    def __init__(self, bits: bytes) -> None:
        self._bits: Sequence[int] = memoryview(bits)
        self._to_bit = 32 - (8 * len(bits)).bit_length() + 1
        self._to_byte = self._to_bit + 3

    def passing(self, hashes: Iterable[int]) -> list[int]:
        """Return the hashes that may be there."""
        bits, to_bit, to_byte = self._bits, self._to_bit, self._to_byte
        return [each for each in hashes if bits[each >> to_byte] >> (each >> to_bit & 7) & 1]


def pack_strings(texts: list[str]) -> tuple[bytes, bytes]:
    """Return the parts of packed strings: their bytes, and where each ends."""
    ends = array("I")
    encoded = [text.encode() for text in texts]
    total = 0
    for each in encoded:
        total += len(each)
        ends.append(total)
    return b"".join(encoded), ends.tobytes()


class BucketPacker:
    """Hashes with numbers, gathered to be packed."""

    def __init__(self) -> None:
        self._packed = array("Q")

    def add(self, hashed: int, number: int) -> None:
        """Take in a number under a hash."""
        self._packed.append(hashed << 32 | number)

    def pack(self) -> tuple[bytes, bytes, bytes]:
        """Return the parts of packed buckets: hashes, numbers and starts."""
        packed = np.sort(np.frombuffer(self._packed, dtype=np.uint64))
        hashes = (packed >> np.uint64(32)).astype(np.uint32)
        numbers = (packed & np.uint64(0xFFFFFFFF)).astype(np.uint32)
        bits = max(0, (len(packed) // ENTRIES_PER_START).bit_length() - 1)
        firsts = np.arange(1 << bits, dtype=np.uint64) << np.uint64(32 - bits)
        starts = np.searchsorted(hashes, firsts.astype(np.uint32)).astype(np.uint32)
        ends = np.array([len(packed)], dtype=np.uint32)
        return hashes.tobytes(), numbers.tobytes(), np.concatenate([starts, ends]).tobytes()


def pack_filter(hashes: bytes) -> bytes:
    """Return a filter of 32-bit hashes."""
    each = np.frombuffer(hashes, dtype=np.uint32)
    wanted = max(FILTER_MINIMUM_BITS, FILTER_BITS_PER_KEY * len(each))
    bits = min(32, (wanted - 1).bit_length())
    at = each >> np.uint32(32 - bits)
    table = np.zeros(1 << (bits - 3), dtype=np.uint8)
    np.bitwise_or.at(table, at >> np.uint32(3), np.uint8(1) << (at & np.uint32(7)).astype(np.uint8))
    return table.tobytes()
