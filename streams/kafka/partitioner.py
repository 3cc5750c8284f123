"""The partition of a key, as Kafka's Java clients compute it.

librdkafka's own default is another (CRC-32), and so is that of the clients made of it for Python,
Go, C# and Node.

Listings and complaints meet only if all producers agree on it, so librdkafka producers are set to
`partitioner=murmur2_random`; this is the same function for the driver and the tests.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

_SEED = 0x9747B28C
_MULTIPLIER = 0x5BD1E995
_MASK = 0xFFFFFFFF
_FEW_KEYS = 32
"""Up to so many are quicker one by one."""


def murmur2(data: bytes) -> int:
    """Return the 32-bit MurmurHash2 of some bytes with Kafka's seed, unsigned."""
    length = len(data)
    hashed = (_SEED ^ length) & _MASK
    whole = length - length % 4
    for start in range(0, whole, 4):
        word = int.from_bytes(data[start : start + 4], "little")
        word = (word * _MULTIPLIER) & _MASK
        word ^= word >> 24
        word = (word * _MULTIPLIER) & _MASK
        hashed = ((hashed * _MULTIPLIER) & _MASK) ^ word
    rest = data[whole:]
    if rest:
        hashed ^= int.from_bytes(rest, "little")
        hashed = (hashed * _MULTIPLIER) & _MASK
    hashed ^= hashed >> 13
    hashed = (hashed * _MULTIPLIER) & _MASK
    return hashed ^ (hashed >> 15)


def partition_of(key: bytes, partitions: int) -> int:
    """Return the partition of a key in a topic of so many partitions."""
    return (murmur2(key) & 0x7FFFFFFF) % partitions


def partitions_of(keys: Sequence[bytes], partitions: int) -> list[int]:
    """Return the partition of each key, many at a time."""
    if len(keys) <= _FEW_KEYS:
        return [partition_of(key, partitions) for key in keys]
    found: list[int] = ((_hashes(keys) & 0x7FFFFFFF) % partitions).tolist()
    return found


def _hashes(keys: Sequence[bytes]) -> Any:
    """Return the `murmur2` of each key: a word of four bytes of all keys in one go."""
    lengths = np.fromiter(map(len, keys), dtype=np.int64, count=len(keys))
    data = np.frombuffer(b"".join(keys) + bytes(4), dtype=np.uint8)
    starts = np.cumsum(lengths) - lengths
    words = np.lib.stride_tricks.sliding_window_view(data, 4)
    multiplier = np.uint32(_MULTIPLIER)
    hashed = np.uint32(_SEED) ^ lengths.astype(np.uint32)
    counts = lengths >> 2
    for number in range(int(counts.max(initial=0))):
        rows = np.flatnonzero(counts > number)
        word = _word(words, starts[rows] + 4 * number) * multiplier
        word ^= word >> np.uint32(24)
        hashed[rows] = (hashed[rows] * multiplier) ^ (word * multiplier)
    left = lengths & 3
    rows = np.flatnonzero(left)
    mask = (np.uint32(1) << (8 * left[rows]).astype(np.uint32)) - np.uint32(1)
    word = _word(words, starts[rows] + 4 * counts[rows]) & mask
    hashed[rows] = (hashed[rows] ^ word) * multiplier
    hashed ^= hashed >> np.uint32(13)
    hashed *= multiplier
    return hashed ^ (hashed >> np.uint32(15))


def _word(words: Any, starts: Any) -> Any:
    return np.ascontiguousarray(words[starts]).view("<u4").ravel()
