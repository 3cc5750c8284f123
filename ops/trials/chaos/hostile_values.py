"""Records that are valid Avro with hostile values, sent to a worker on real Kafka."""

from collections.abc import Iterator

from ops.trials.chaos.accounting import Mutant, account_for, send_bytes
from ops.trials.chaos.test_bed import TestBed
from ops.trials.chaos.verify import Verdict
from ops.trials.hostile.run import records_of
from ops.trials.hostile.world import HostileRecord
from schemas.catalog import EVENT_TYPES
from schemas.wire.codec import PREFIX_BYTES, Codec
from schemas.wire.registry import connect
from schemas.wire.single_object import MARKER
from streams.topology import INPUTS

LARGEST_BYTES = 900_000
"""With headers and key, brokers take so much."""


def send_hostile(test_bed: TestBed, each_kind: int, seed: int) -> Verdict:
    """Send a seed's records, made by a run on the driver, to a worker, and account for each."""
    test_bed.clear()
    codec = connect(test_bed.addresses[1], register=True)
    made = records_of(seed, test_bed.directory / "driver", each_kind)
    mutants = list(_as_registered(made, codec))
    send_bytes(test_bed, mutants)
    sent = sum(each.topic in INPUTS for each in mutants)
    return account_for(test_bed, f"hostile values, seed {seed}", sent)


def _as_registered(records: list[HostileRecord], codec: Codec) -> Iterator[Mutant]:
    """Yield what brokers take, with the schema ids of a registry."""
    for each in records:
        value = each.value
        if not value.startswith(MARKER):
            prefix = codec.prefix(each.topic, EVENT_TYPES[each.event_name])
            value = prefix + value[PREFIX_BYTES:]
        if len(value) + len(each.key) < LARGEST_BYTES:
            yield Mutant(each.topic, each.key, value, [])
