"""The partition of a key, one by one and many at a time."""

from hypothesis import given
from hypothesis import strategies as st

from streams.kafka.partitioner import murmur2, partition_of, partitions_of

JAVA = {b"21": -973932308, b"foobar": -790332482, b"a-little-bit-long-string": -985981536,
        b"abc": 479470107}  # fmt: skip
"""From the tests of Kafka's own clients."""


def test_it_is_that_of_javas_clients():
    for key, hashed in JAVA.items():
        assert murmur2(key) == hashed & 0xFFFFFFFF
    assert partitions_of(list(JAVA) * 20, 7) == [partition_of(key, 7) for key in JAVA] * 20


@given(st.lists(st.binary(max_size=40), max_size=120), st.integers(1, 1_000))
def test_many_are_as_one(keys, partitions):
    assert partitions_of(keys, partitions) == [partition_of(key, partitions) for key in keys]
