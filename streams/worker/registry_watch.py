"""Which listings are to be looked at again because a registry entry changed.

What is to be done follows from state alone: each case notes the registry version that it last
considered, and one that is older than the table's is still to be looked at. So nothing is lost
when a worker dies between the table's update and the decision, and nothing is done twice.
"""

from collections import deque
from collections.abc import Collection, Iterable

from streams.state.indexes import Reliance, in_form, reliances
from streams.state.local_state import LocalState
from streams.tables.global_tables import GlobalTables
from streams.worker.results import RegistryStimulus


class RegistryWatch:
    """Listings still to be looked at, by partition."""

    def __init__(self, state: LocalState, tables: GlobalTables) -> None:
        self._state = state
        self._tables = tables
        self._queues: dict[int, deque[tuple[int, RegistryStimulus]]] = {}
        self._count = 0

    def changed(
        self, references: frozenset[str], partitions: list[int], at_milliseconds: int
    ) -> None:
        """Note that registry entries changed."""
        for partition in partitions:
            for reference in sorted(references):
                for reliance in reliances(self._state, partition, reference):
                    self._add(reliance, at_milliseconds)

    def reconcile(self, partition: int, at_milliseconds: int) -> None:
        """Note what changed while nobody held the partition, or names had another form."""
        self._state.write(in_form(self._state, partition))
        for reliance in reliances(self._state, partition):
            self._add(reliance, at_milliseconds)

    @property
    def partitions(self) -> Collection[int]:
        """Partitions with listings to be looked at."""
        return self._queues.keys()

    def take(self, limit: int, partitions: Iterable[int]) -> list[RegistryStimulus]:
        """Return the next listings of these partitions; others' wait."""
        queues = [queue for each in partitions if (queue := self._queues.get(each))]
        taken: list[RegistryStimulus] = []
        while queues and len(taken) < limit:
            # In the order in which they came, whatever the order of partitions.
            first = min(queues, key=lambda queue: queue[0][0])
            taken.append(first.popleft()[1])
            if not first:
                queues.remove(first)
                del self._queues[taken[-1].partition]
        return taken

    def forget(self, partition: int) -> None:
        """Drop what is queued for a partition."""
        self._queues.pop(partition, None)

    def _add(self, reliance: Reliance, at_milliseconds: int) -> None:
        history = self._tables.trademark_history(reliance.registry_reference)
        newest = max((version.recorded_at_milliseconds for version in history), default=None)
        if newest is None or newest == reliance.considered_milliseconds:
            return
        self._count += 1
        stimulus = RegistryStimulus(
            reliance.partition, reliance.row, reliance.registry_reference, at_milliseconds
        )
        self._queues.setdefault(reliance.partition, deque()).append((self._count, stimulus))
