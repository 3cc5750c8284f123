"""What can't be taken, and what is told of it."""

import json
from typing import Any, Final

from processors.standing.party_step import StandingDue, StandingGivenUp
from processors.step import TimerFired, TimerGivenUp
from schemas.wire.codec import UNKNOWN_SCHEMA, DecodeError, SchemaRegistryUnavailable
from streams.kafka.records import InputRecord
from streams.state.indexes import DueTimer
from streams.state.local_state import StateCorrupted, StateUnavailable
from streams.topology import CHANGELOG
from streams.worker.results import RegistryStimulus

NOT_OF_A_RECORD: Final = (
    *(StateCorrupted, StateUnavailable),
    *(SchemaRegistryUnavailable, MemoryError),
)
"""What no input is to blame for: the worker waits or ends, and nothing is buried for it."""

NO_OFFSET: Final = -1


class Misplaced(DecodeError):
    """A record lies in another partition than its key's."""

    def __init__(self, record: InputRecord, partition: int) -> None:
        super().__init__(
            "wrong_partition",
            f"it lies in partition {record.partition}, and its key belongs to {partition}: set the "
            "producer's partitioner to murmur2 (librdkafka: murmur2_random)",
        )
        self.partition = partition


class Untimely(DecodeError):
    """A record has a time at which no record can have been written."""

    def __init__(self, record: InputRecord) -> None:
        super().__init__(
            "record_time_out_of_bounds",
            f"the record's own time is {record.timestamp_milliseconds} ms since 1970: set its "
            "producer's clock",
        )


class UnknownThen(DecodeError):
    """The registry did not know a record's schema when the record was taken."""

    def __init__(self) -> None:
        super().__init__(UNKNOWN_SCHEMA, "the registry did not know its schema then")


def shown(mistake: Exception) -> str:
    """Return an exception's name and what it says."""
    return f"{type(mistake).__name__}: {mistake}"


def size_of(record: InputRecord) -> int:
    """Return how many bytes a record's key, value and headers take."""
    headers = sum(len(name) + len(content or b"") for name, content in record.headers or ())
    return len(record.key or b"") + len(record.value or b"") + headers


def instead_of(timer: TimerFired | StandingDue) -> tuple[Any, ...]:
    """Return what takes a timer that failed off its row, the better first."""
    if isinstance(timer, StandingDue):
        return (StandingGivenUp(timer.due_at_milliseconds),)
    return (TimerGivenUp(*timer, asks=True), TimerGivenUp(*timer, asks=False))


def timer_as_record(due: DueTimer) -> InputRecord:
    """Return a timer as if a record of its row asked for it, so that it can be buried."""
    value = json.dumps(due.timer._asdict()).encode()
    return _of_row(due.partition, due.row, value, due.timer.due_at_milliseconds)


def stimulus_as_record(stimulus: RegistryStimulus) -> InputRecord:
    """Return a change of a registry entry or a party to a listing as if a record of its row asked
    for it."""
    changed = {"registry_reference": stimulus.registry_reference}
    if stimulus.party_id:
        changed = {"party_id": stimulus.party_id}
    value = json.dumps(changed).encode()
    return _of_row(stimulus.partition, stimulus.row, value, stimulus.at_milliseconds)


def _of_row(partition: int, row: bytes, value: bytes, at_milliseconds: int) -> InputRecord:
    return InputRecord(CHANGELOG, partition, NO_OFFSET, row, value, None, at_milliseconds)
