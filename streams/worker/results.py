"""What a batch is given besides records, and what it leads to."""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from processors.standing.party_step import PartyOutput
from processors.step import Output
from streams.kafka.records import InputRecord, OutputRecord
from streams.kafka.traced_records import TracedStep
from streams.state.local_state import Change

RecordPlace = tuple[str, int, int]
"""Topic, partition and offset of a record."""


class RegistryStimulus(NamedTuple):
    """The row of a listing whose cases are to be looked at again, as a registry entry changed
    then; or as a party's record did, which is named where that is so."""

    partition: int
    row: bytes
    registry_reference: str
    at_milliseconds: int
    party_id: str = ""


class RecordWaits(Exception):
    """A record can't be read yet, as its schema is not known yet: to be tried again."""

    def __init__(self, record: InputRecord) -> None:
        super().__init__(f"{record.topic} {record.partition} {record.offset}")
        self.record = record


class InputEnding(NamedTuple):
    """What one input ended as: its topic or trigger, and 'decision', 'no_action' or 'dead_letter'
    with the reason."""

    source: str
    ending: str
    reason: str


class TimedOutput(NamedTuple):
    """An output with the time of the input that led to it."""

    event: Output | PartyOutput
    caused_at_milliseconds: int


class Result(NamedTuple):
    """All that a batch leads to: records for the transaction, and changes for the local state."""

    outputs: list[OutputRecord]
    changelog: list[OutputRecord]
    changes: list[Change]
    emitted: list[TimedOutput]
    accounted: Counter[InputEnding]
    dead: list[InputRecord]
    unknown_schemas: list[InputRecord]
    traced: Sequence[TracedStep] = ()
