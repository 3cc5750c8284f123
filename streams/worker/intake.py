"""Records that wait for their batch, by partition, and whose turn it is.

The partitions are in two lanes, and a batch has records of one lane. No row is in two partitions,
so while one lane's batch is being committed the other's is stepped on rows that are settled.

Records are taken as they came, and of one topic always in order. Where more waits than a batch
takes, what people and marketplaces sent goes before changes of listings: these come by the million
when a shop is imported, and a complaint is not to wait for them.
"""

from collections import deque
from collections.abc import Collection, Iterable, Sequence

from schemas.topic_names import LISTINGS_EVENTS
from streams.kafka.records import InputRecord

LANES = 2
CHANGES_SHARE = 4
"""Changes of listings get this part of each batch at least, whatever else comes."""


class _Waiting:
    """What waits of one partition: changes of listings, and all else, by their arrival."""

    __slots__ = ("changes", "others")

    def __init__(self) -> None:
        self.changes: deque[tuple[int, InputRecord]] = deque()
        self.others: deque[tuple[int, InputRecord]] = deque()

    def __len__(self) -> int:
        return len(self.changes) + len(self.others)

    def first(self) -> InputRecord:
        changes, others = self.changes, self.others
        if changes and (not others or changes[0][0] < others[0][0]):
            return changes.popleft()[1]
        return others.popleft()[1]

    def drop(self, topic: str | None) -> list[InputRecord]:
        """Take out the records of one topic, or all; return them."""
        dropped: list[InputRecord] = []
        for waiting in (self.changes, self.others):
            gone = [each for each in waiting if topic is None or each[1].topic == topic]
            if gone:
                kept = [each for each in waiting if each[1].topic != topic and topic is not None]
                waiting.clear()
                waiting.extend(kept)
                dropped += [record for _, record in gone]
        return dropped


class Intake:
    """Waiting records, so many and so many bytes at most."""

    def __init__(self, maximum_records: int, maximum_bytes: int) -> None:
        self._maximum_records = maximum_records
        self._maximum_bytes = maximum_bytes
        self._waiting: dict[int, _Waiting] = {}
        self._arrivals = 0
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
            waiting = self._waiting.get(record.partition)
            if waiting is None:
                waiting = self._waiting[record.partition] = _Waiting()
            kind = waiting.changes if record.topic == LISTINGS_EVENTS else waiting.others
            kind.append((self._arrivals, record))
            self._arrivals += 1
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
        lane = list(lane)
        waits = [(number, self._waiting[number]) for number in lane if number in self._waiting]
        overfull = sum(len(waiting) for _, waiting in waits) > maximum_records
        # Of a few there would be no share for changes: where one is taken at a time, as it came.
        if overfull and maximum_records >= CHANGES_SHARE:
            urgent = maximum_records - maximum_records // CHANGES_SHARE
            for number, waiting in waits:
                while waiting.others and len(taken) < urgent:
                    taken.append(waiting.others.popleft()[1])
                    self._served[number] = self._turns
            for number, waiting in waits:
                while waiting.changes and len(taken) < maximum_records:
                    taken.append(waiting.changes.popleft()[1])
                    self._served[number] = self._turns
        for number, waiting in waits:
            while waiting and len(taken) < maximum_records:
                taken.append(waiting.first())
                self._served[number] = self._turns
        for number in lane:
            if not self._waiting.get(number):
                self._waiting.pop(number, None)
                self._served[number] = self._turns
        self._count -= len(taken)
        self._bytes -= sum(map(_size, taken))
        return taken

    def forget(self, partition: int, topic: str | None = None) -> None:
        """Drop what waits of a partition, or of one of its topics only."""
        waiting = self._waiting.get(partition)
        if waiting is None:
            return
        dropped = waiting.drop(topic)
        self._count -= len(dropped)
        self._bytes -= sum(map(_size, dropped))
        if not waiting:
            del self._waiting[partition]

    def clear(self) -> None:
        """Drop all that waits."""
        self._waiting.clear()
        self._count = self._bytes = 0


def _size(record: InputRecord) -> int:
    return len(record.value or b"")
