"""Finds the input of a batch whose records no broker takes, so that the others go on.

A transaction with such a record aborts, however often it is tried. So inputs are then taken one by
one, until as many were committed as the batch had; the one that is refused alone is buried.
"""

import logging

from streams.kafka.transactions import ProducerFatal, RecordRefused
from streams.worker.commits import Batch

logger = logging.getLogger(__name__)

Input = tuple[object, ...]


class Isolation:
    """Which inputs are to be taken alone, and which is to be buried."""

    def __init__(self) -> None:
        self._left = 0
        self._refused: dict[Input, str] = {}

    @property
    def active(self) -> bool:
        """Whether inputs are to be taken one by one."""
        return self._left > 0

    def refusal_of(self, batch: Batch) -> str:
        """Return what a broker said of the records of a batch's only input; empty if nothing."""
        name = _only_input(batch)
        return self._refused.get(name, "") if name else ""

    def refused(self, batch: Batch, error: RecordRefused) -> None:
        """Note that a batch was refused. Errors: ProducerFatal where its dead letter was."""
        count = _inputs_in(batch)
        name = _only_input(batch)
        logger.error("a broker refuses a record of a batch of %s inputs: %s", count, error)
        if not name:
            self._left = max(self._left, count)
        elif name in self._refused:
            raise ProducerFatal(f"a dead letter is refused: {error}") from error
        else:
            self._refused[name] = str(error)
            self._left = max(self._left, 1)

    def committed(self, batch: Batch) -> None:
        """Note that a batch was committed."""
        if self._left:
            self._left = max(0, self._left - _inputs_in(batch))
            self._refused.pop(_only_input(batch) or (), None)


def _inputs_in(batch: Batch) -> int:
    return len(batch.records) + len(batch.timers) + len(batch.stimuli)


def _only_input(batch: Batch) -> Input | None:
    """Return what names the only input of a batch; None where it has several, or none."""
    inputs: list[tuple[object, ...]] = [record[:3] for record in batch.records]
    inputs += [*batch.timers, *batch.stimuli]
    return inputs[0] if len(inputs) == 1 else None
