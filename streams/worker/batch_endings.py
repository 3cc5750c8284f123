"""What the inputs of a batch end as: records to be written, dead letters, and counts."""

import logging
from collections import Counter
from collections.abc import Iterable
from typing import Any

from schemas.record import maker
from schemas.wire.codec import DecodeError
from streams.kafka.records import InputRecord, OutputRecord
from streams.kafka.traced_records import TracedStep, carry_on
from streams.state.local_state import Change
from streams.worker.batch_rows import MAXIMUM_ROW_BYTES
from streams.worker.failures import Misplaced, size_of
from streams.worker.results import InputEnding, Result, TimedOutput
from streams.worker.workshop import Workshop

logger = logging.getLogger(__name__)

FORWARDED_HEADER = "ip_forwarded_from"
"""The partition and offset from which a record was forwarded."""

_timed_output = maker(TimedOutput)


class BatchEndings:
    """The endings of one batch, in the order of its inputs."""

    def __init__(self, engine: Workshop) -> None:
        self._engine = engine
        self._outputs: list[OutputRecord] = []
        self._emitted: list[TimedOutput] = []
        self._accounted: Counter[tuple[str, str, str]] = Counter()
        self._dead: list[InputRecord] = []
        self._unknown_schemas: list[InputRecord] = []
        self._traced: list[TracedStep] = []

    def count(self, source: str, ending: str, reason: str) -> None:
        """Note what an input of a topic or trigger ended as."""
        self._accounted[source, ending, reason] += 1

    def write(self, records: list[OutputRecord], events: Iterable[Any], now: int) -> None:
        """Note what a step leads to: its events, and as the records that they are written as."""
        self._outputs += records
        self._emitted += [_timed_output(event, now) for event in events]

    def turn_away(self, record: InputRecord, error: DecodeError) -> None:
        """Bury what is no event; forward what lies in a wrong partition, where that is wanted."""
        forwards = isinstance(error, Misplaced) and self._engine.forwards_misplaced
        if isinstance(error, Misplaced) and forwards and size_of(record) <= MAXIMUM_ROW_BYTES:
            self._forward(record, error.partition)
        else:
            self.bury(record, error.reason_code, error.detail)

    def bury(self, record: InputRecord, reason_code: str, detail: str) -> None:
        """Write the dead letter of a record."""
        self._outputs.append(self._engine.dead_letter(record, reason_code, detail))
        self._dead.append(record)
        self.count(record.topic, "dead_letter", reason_code)

    def bury_work(self, source: str, reason_code: str, detail: str, work: InputRecord) -> None:
        """Bury what no record asked for."""
        row = (work.key or b"").decode(errors="replace")
        logger.error("%s: %s", reason_code, detail, extra={"row": row})
        self._outputs.append(self._engine.dead_letter(work, reason_code, detail))
        self.count(source, "dead_letter", reason_code)

    def note_unknown_schema(self, record: InputRecord) -> None:
        """Note a record whose schema the registry does not know."""
        self._unknown_schemas.append(record)

    def written(self) -> int:
        """Return how many records there are so far."""
        return len(self._outputs)

    def carry_trace(self, record: InputRecord, first: int) -> None:
        """Have the records written since the first of these carry on the trace of their cause."""
        step = carry_on(record, self._outputs, first)
        if step is not None:
            self._traced.append(step)

    def result(self, changelog: list[OutputRecord], changes: list[Change]) -> Result:
        """Return what the batch leads to, with the rows that it changed."""
        return Result(
            self._outputs,
            changelog,
            changes,
            self._emitted,
            Counter({InputEnding(*each): count for each, count in self._accounted.items()}),
            self._dead,
            self._unknown_schemas,
            self._traced,
        )

    def _forward(self, record: InputRecord, partition: int) -> None:
        place = f"{record.partition}:{record.offset}".encode()
        headers = [*(record.headers or []), (FORWARDED_HEADER, place)]
        at = record.timestamp_milliseconds
        forwarded = OutputRecord(record.topic, partition, record.key, record.value, headers, at)
        self._outputs.append(forwarded)
        self.count(record.topic, "no_action", "forwarded")
