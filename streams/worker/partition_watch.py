"""What a worker watches beside its work: that partitions get on, and topics stay as they are.

All inputs of a partition number go together.
"""

from collections.abc import Collection, Iterable

from streams.clock import Clock
from streams.kafka.stalls import StallWatch
from streams.kafka.topic_checks import TopicWatch
from streams.kafka.waiting_input import Source, WaitingInput
from streams.topology import ALL_INPUTS
from streams.worker.observation import Observation
from streams.worker.settings import WorkerSettings


class PartitionWatch:
    """Watches the partitions that a worker holds."""

    def __init__(self, settings: WorkerSettings, clock: Clock, observation: Observation) -> None:
        waiting = WaitingInput(settings.bootstrap_servers, settings.group)
        self._stalls = StallWatch(settings.stall, waiting, clock, observation.stalled)
        self._topics = TopicWatch(
            *(settings.bootstrap_servers, settings.topics),
            look_seconds=settings.topics_look_seconds,
        )
        self._held: list[int] = []

    def start(self) -> None:
        """Begin to look."""
        self._stalls.start()
        self._topics.start()

    def close(self) -> None:
        """Look no more."""
        self._stalls.close()
        self._topics.close()

    @property
    def stalled(self) -> bool:
        """Whether any partition stands still."""
        return self._stalls.stalled

    def turned(self, held: list[int], brought: Iterable[int], circuits: Collection[Source]) -> None:
        """Note what is held, of what rows were restored, and what waits behind a circuit on
        purpose. Errors: PartitionsStalled, TopicsUnfit where the process is to end."""
        if held != self._held:
            self._held = held
            self._stalls.hold(_sources(held))
        moved = {*brought, *(partition for _, partition in circuits)}
        if moved:
            self._stalls.moved(_sources(moved))
        self._stalls.check()
        self._topics.check()

    def committed(self, partitions: Iterable[int], running: Iterable[int]) -> None:
        """Note that a batch with inputs of some of the running partitions was committed."""
        self._stalls.moved(_sources(partitions))
        self._stalls.queued(_sources(running))


def _sources(partitions: Iterable[int]) -> list[Source]:
    return [(topic, partition) for partition in partitions for topic in ALL_INPUTS]
