"""Strings, numbers by key, and sets of keys as plain bytes, which processes can share."""

import sys
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from typing import Final
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

FILTER_BITS_PER_KEY = 16
"""Of keys that are not there one in a hundred passes two bits, and six pass one."""

FILTER_MINIMUM_BITS = 64
HASH_MASK: Final = 0xFFFFFFFF
SPREAD: Final = 0x2545F491
"""What a hash is multiplied with for its second bit: odd, and the product is below 2 ** 63."""

ENTRIES_PER_START = 16
HASHES_AT_A_TIME = 1 << 22
"""Of a filter that is made: what is worked out from them takes eleven times as much memory."""

Packed = bytes | memoryview
"""A part of an index: bytes in memory, or a stretch of a mapped file."""


def key_hash(key: str) -> int:
    """Return the 32-bit number that stands for a key."""
    return crc32(key.encode())


class PackedStrings:
    """Strings by number, in one stretch of bytes."""

    def __init__(self, text: Packed, ends: Packed) -> None:
        self._text = text
        self._ends = memoryview(ends).cast("I")

    def __len__(self) -> int:
        return len(self._ends)

    def __getitem__(self, number: int) -> str:
        begin = self._ends[number - 1] if number else 0
        return str(self._text[begin : self._ends[number]], "utf-8")

    def find(self, text: str) -> int | None:
        """Return the number of a string, of strings that are in order; None where it is not one."""
        # The library's bisect takes no class of a compiled build.
        low, high = 0, len(self)
        while low < high:
            middle = (low + high) // 2
            if self[middle] < text:
                low = middle + 1
            else:
                high = middle
        return low if low < len(self) and self[low] == text else None


class PackedBuckets:
    """Numbers by 32-bit hash: hashes in order, and where those with the same first bits start."""

    def __init__(self, hashes: Packed, numbers: Packed, starts: Packed) -> None:
        self.hashes: Sequence[int] = memoryview(hashes).cast("I")
        self._numbers: Sequence[int] = memoryview(numbers).cast("I")
        self._starts: Sequence[int] = memoryview(starts).cast("I")
        self._shift = 32 - (len(self._starts) - 1).bit_length() + 1

    def __len__(self) -> int:
        return len(self.hashes)

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
    """A set of hashes as one or two bits for each: it never denies one that is there."""

    def __init__(self, bits: Packed) -> None:
        self._bits: Sequence[int] = memoryview(bits)
        self._to_bit = 32 - (8 * len(bits)).bit_length() + 1
        self._to_byte = self._to_bit + 3

    def passing(self, hashes: Iterable[int]) -> list[int]:
        """Return the hashes that may be there."""
        bits, to_bit, to_byte = self._bits, self._to_bit, self._to_byte
        return [
            each
            for each in hashes
            if bits[each >> to_byte] >> (each >> to_bit & 7) & 1
            and bits[(other := each * SPREAD & HASH_MASK) >> to_byte] >> (other >> to_bit & 7) & 1
        ]

    def passes(self, hashed: int) -> bool:
        """Tell whether a hash may be there."""
        bits, to_bit, to_byte = self._bits, self._to_bit, self._to_byte
        if not bits[hashed >> to_byte] >> (hashed >> to_bit & 7) & 1:
            return False
        other = hashed * SPREAD & HASH_MASK
        return bits[other >> to_byte] >> (other >> to_bit & 7) & 1 == 1

    def passes_first(self, hashed: int) -> bool:
        """Tell by the first bit alone whether a hash may be there."""
        return self._bits[hashed >> self._to_byte] >> (hashed >> self._to_bit & 7) & 1 == 1


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
        """Return the parts of packed buckets: hashes, numbers and starts. To be asked once."""
        packed = np.frombuffer(self._packed, dtype=np.uint64)
        packed.sort()
        # Without other copies of all: there may be hundreds of millions.
        numbers, hashes = (packed.view(np.uint32)[at::2].tobytes() for at in _HALVES)
        bits = max(0, (len(packed) // ENTRIES_PER_START).bit_length() - 1)
        firsts = np.arange(1 << bits, dtype=np.uint64) << np.uint64(32 - bits)
        ordered: NDArray[np.uint32] = np.frombuffer(hashes, dtype=np.uint32)
        starts = np.searchsorted(ordered, firsts.astype(np.uint32)).astype(np.uint32)
        ends = np.array([len(packed)], dtype=np.uint32)
        return hashes, numbers, np.concatenate([starts, ends]).tobytes()


_HALVES = (0, 1) if sys.byteorder == "little" else (1, 0)
"""Where the lower and the higher half of a 64-bit number stand."""


def pack_filter(hashes: bytes, factors: tuple[int, ...] = (1, SPREAD)) -> bytes:
    """Return a filter of 32-bit hashes, with a bit for each factor."""
    each: NDArray[np.uint32] = np.frombuffer(hashes, dtype=np.uint32)
    wanted = max(FILTER_MINIMUM_BITS, FILTER_BITS_PER_KEY * len(each))
    bits = min(32, (wanted - 1).bit_length())
    table = np.zeros(1 << (bits - 3), dtype=np.uint8)
    for begin in range(0, len(each), HASHES_AT_A_TIME):
        few = each[begin : begin + HASHES_AT_A_TIME]
        for factor in factors:
            at = few * np.uint32(factor) >> np.uint32(32 - bits)
            masks = np.uint8(1) << (at & np.uint32(7)).astype(np.uint8)
            np.bitwise_or.at(table, at >> np.uint32(3), masks)
    return table.tobytes()
