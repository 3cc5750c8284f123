"""Records that are no events: each is to be accounted for, and the worker is to live."""

import random
from collections.abc import Iterator

from ops.trials.chaos.accounting import Mutant, account_for, send_bytes
from ops.trials.chaos.test_bed import TestBed
from ops.trials.chaos.verify import Verdict
from ops.trials.load import complaints, listing_changes
from schemas.wire.registry import connect
from streams.topology import INPUTS

MAXIMUM_LENGTH = 4_000


def mutants(count: int, seed: int, encoded: list[tuple[str, bytes, bytes]]) -> Iterator[Mutant]:
    """Return records made from good ones (topic, key, value) by chance."""
    source = random.Random(seed)
    for _ in range(count):
        topic, key, value = source.choice(encoded)
        yield source.choice(_MUTATIONS)(source, Mutant(topic, key, value, []))


def _noise(source: random.Random, good: Mutant) -> Mutant:
    return good._replace(value=source.randbytes(source.randrange(MAXIMUM_LENGTH)))


def _cut(source: random.Random, good: Mutant) -> Mutant:
    return good._replace(value=good.value[: source.randrange(len(good.value))])


def _lengthened(source: random.Random, good: Mutant) -> Mutant:
    return good._replace(value=good.value + source.randbytes(source.randrange(1, 50)))


def _flipped(source: random.Random, good: Mutant) -> Mutant:
    flipped = bytearray(good.value)
    for _ in range(source.randrange(1, 9)):
        flipped[source.randrange(len(flipped))] ^= 1 << source.randrange(8)
    return good._replace(value=bytes(flipped))


def _other_body(source: random.Random, good: Mutant) -> Mutant:
    return good._replace(value=good.value[:5] + source.randbytes(len(good.value) - 5))


def _false_header(source: random.Random, good: Mutant) -> Mutant:
    content = source.randbytes(source.choice((0, 16, 17)))
    return good._replace(headers=[("__value_schema_id", content)])


def _false_key(source: random.Random, good: Mutant) -> Mutant:
    return good._replace(key=source.choice((b"", source.randbytes(12))))


def _empty(_source: random.Random, good: Mutant) -> Mutant:
    return good._replace(value=b"")


def _other_topic(source: random.Random, good: Mutant) -> Mutant:
    return good._replace(topic=source.choice(list(INPUTS)))


def _unchanged(_source: random.Random, good: Mutant) -> Mutant:
    return good


_MUTATIONS = (
    _noise,
    _cut,
    _lengthened,
    _flipped,
    _other_body,
    _false_header,
    _false_key,
    _empty,
    _other_topic,
    _unchanged,
)


def fuzz(test_bed: TestBed, count: int, seed: int) -> Verdict:
    """Send mutants to a worker, and account for each."""
    test_bed.clear()
    return account_for(test_bed, f"fuzz, seed {seed}", _send(test_bed, count, seed))


def _send(test_bed: TestBed, count: int, seed: int) -> int:
    codec = connect(test_bed.addresses[1], register=True)
    good = [
        *list(listing_changes(500, 100, seed)),
        *list(complaints(500, 100, seed)),
    ]
    encoded = [(k.topic, k.key.encode(), codec.encode(k.topic, k.event)) for k in good]
    send_bytes(test_bed, mutants(count, seed, encoded))
    return count
