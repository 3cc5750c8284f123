"""Records that wait for their batch, by partition, and whose turn it is.

The partitions are in two lanes, and a batch has records of one lane. No row is in two partitions,
so while one lane's batch is being committed the other's is stepped on rows that are settled.
"""

from collections import deque
from collections.abc import Collection, Iterable, Sequence

from streams.kafka.records import InputRecord

LANES = 2


class Intake:
    """Waiting records, so many and so many bytes at most."""

    def __init__(self, maximum_records: int, maximum_bytes: int) -> None:
        self._maximum_records = maximum_records
        self._maximum_bytes = maximum_bytes
        self._waiting: dict[int, deque[InputRecord]] = {}
        self._count = 0
        self._bytes = 0
        self._turns = 0
        self._served: dict[int, int] = {}

    @property
    def room(self) -> int:
        """How many more records may wait."""
        if self._bytes >= self._maximum_bytes:
            return 0
        return self._maximum_records - self._count

    @property
    def waiting(self) -> int:
        """How many records wait."""
        return self._count

    def add(self, records: Iterable[InputRecord]) -> None:
        """Have records wait, behind those of their partition that wait already."""
        for record in records:
            self._waiting.setdefault(record.partition, deque()).append(record)
            self._count += 1
            self._bytes += _size(record)

    def lane(
        self, running: Sequence[int], busy: Collection[int], called: Collection[int]
    ) -> list[int]:
        """Return the partitions that are to be served next, the first longest not served.

        None of a lane with one that is busy, and none where there is nothing to do: neither a
        record that waits nor a partition that was called.
        """
        lanes = [list(running[first::LANES]) for first in range(LANES)]
        ready = [
            sorted(lane, key=lambda number: self._served.get(number, 0))
            for lane in lanes
            if not any(number in busy for number in lane)
            and any(number in self._waiting or number in called for number in lane)
        ]
        return min(ready, key=lambda lane: self._served.get(lane[0], 0), default=[])

    def take(self, lane: Iterable[int], maximum_records: int) -> list[InputRecord]:
        """Return the first records of these partitions, in order, up to a number."""
        self._turns += 1
        taken: list[InputRecord] = []
        for number in lane:
            waiting = self._waiting.get(number)
            while waiting and len(taken) < maximum_records:
                taken.append(waiting.popleft())
                self._served[number] = self._turns
            if not waiting:
                self._waiting.pop(number, None)
                self._served[number] = self._turns
        self._count -= len(taken)
        self._bytes -= sum(map(_size, taken))
        return taken

    def forget(self, partition: int, topic: str | None = None) -> None:
        """Drop what waits of a partition, or of one of its topics only."""
        waiting = self._waiting.pop(partition, deque())
        kept = deque(r for r in waiting if topic is not None and r.topic != topic)
        self._count -= len(waiting) - len(kept)
        self._bytes -= sum(map(_size, waiting)) - sum(map(_size, kept))
        if kept:
            self._waiting[partition] = kept

    def clear(self) -> None:
        """Drop all that waits."""
        self._waiting.clear()
        self._count = self._bytes = 0


def _size(record: InputRecord) -> int:
    return len(record.value or b"")
