"""Which listings are to be looked at again because a registry entry or a party's record changed.

What is to be done follows from state alone: each case notes the registry version that it last
considered, and one that is older than the table's is still to be looked at. So nothing is lost
when a worker dies between the table's update and the decision, and nothing is done twice.

Cases that wait for what a party's record may say stand in an index of their own, by party, so that
a record costs one look into it for each partition. What came while nobody held a partition is told
by the record's own time; what that misses is seen when the case's time is over.
"""

from collections import deque
from collections.abc import Collection, Iterable

from schemas.fields import EARLIEST_RECORD_MILLISECONDS
from streams.state.indexes import Reliance, Waiting, in_form, reliances, waiting
from streams.state.local_state import LocalState
from streams.tables.global_tables import GlobalTables
from streams.worker.results import RegistryStimulus


def time_of_change(at_milliseconds: int, now_milliseconds: int) -> int:
    """Return the time of a table's record, or now where it says one that can't be: what a record
    says of its time is not to become that of decisions."""
    can_be = EARLIEST_RECORD_MILLISECONDS <= at_milliseconds <= now_milliseconds
    return at_milliseconds if can_be else now_milliseconds


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

    def recorded(
        self, party_ids: frozenset[str], partitions: list[int], at_milliseconds: int
    ) -> None:
        """Note that parties have newer records."""
        for partition in partitions:
            for party_id in sorted(party_ids):
                for each in waiting(self._state, partition, party_id):
                    self._look(each, at_milliseconds)

    def reconcile(self, partition: int, at_milliseconds: int) -> None:
        """Note what changed while nobody held the partition, or names had another form."""
        self._state.write(in_form(self._state, partition))
        for reliance in reliances(self._state, partition):
            self._add(reliance, at_milliseconds)
        for each in waiting(self._state, partition):
            party = self._tables.party(each.party_id)
            if party and party.recorded_at_milliseconds >= each.asked_at_milliseconds:
                self._look(each, at_milliseconds)

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
        self._put(
            RegistryStimulus(
                reliance.partition, reliance.row, reliance.registry_reference, at_milliseconds
            )
        )

    def _look(self, case: Waiting, at_milliseconds: int) -> None:
        self._put(RegistryStimulus(case.partition, case.row, "", at_milliseconds, case.party_id))

    def _put(self, stimulus: RegistryStimulus) -> None:
        self._count += 1
        self._queues.setdefault(stimulus.partition, deque()).append((self._count, stimulus))
