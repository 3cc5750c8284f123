"""A pipeline under another prefix that is to be moved: what has to be so before anything is."""

from collections.abc import Iterable
from typing import Final

from confluent_kafka.admin import AdminClient

from ops.groups import members_of, offsets_of
from ops.local.patience import wait_for
from replay.log import KafkaLog
from replay.moving import Growth, MoveFailed, former_name
from schemas.catalog import load_topics
from schemas.topic_names import LISTINGS_EVENTS
from schemas.wire.delivered import Source
from sinks.database.moved_positions import Readers
from streams.kafka.log_ends import LogEnds
from streams.kafka.topic_facts import ClusterFacts, ask_cluster
from streams.topology import ALL_INPUTS, CHANGELOG

SESSION_PATIENCE_SECONDS: Final = 90.0
"""A worker that ended is in its group until its session ends."""


class FormerPipeline:
    """Topics and groups under a former prefix, beside those that they are moved to."""

    def __init__(
        self, bootstrap_servers: str, prefix: str, after: ClusterFacts, moved: Iterable[str]
    ) -> None:
        """Errors: MoveFailed where topics do not grow by a whole factor; KafkaException."""
        self._servers = bootstrap_servers
        self.prefix = prefix
        self.log = KafkaLog(bootstrap_servers)
        names = [former_name(topic, prefix) for topic in load_topics()]
        self._topics = ask_cluster(bootstrap_servers, names).topics
        self.growths = {topic: self._growth(topic, after) for topic in moved}

    def places(self, topics: Iterable[str]) -> list[Source]:
        """Return the former partitions of topics."""
        return [
            (former_name(topic, self.prefix), number)
            for topic in topics
            for number in range(self.growths[topic].before)
        ]

    def await_end(self, admin: AdminClient, groups: Iterable[str]) -> None:
        """Wait until workers and monitors are out of their groups. Errors: OperatorError."""
        for group in groups:
            name = self.prefix + group

            def is_empty(name: str = name) -> bool:
                return members_of(admin, name) == 0

            wait_for(
                f"all members of {name} to end (end its workers or monitors)",
                is_empty,
                patience_seconds=SESSION_PATIENCE_SECONDS,
            )

    def standing(self, group: str, monitor_group: str) -> dict[Source, int]:
        """Return where workers, and monitors too, stood in their inputs. Errors: MoveFailed where
        it is not known; KafkaException."""
        name = self.prefix + group
        known = offsets_of(self._servers, name, self.places(ALL_INPUTS))
        rows = former_name(CHANGELOG, self.prefix)
        _, ends = LogEnds(self._servers).ask(rows, range(self.growths[CHANGELOG].before))
        for topic, partition in self.places(ALL_INPUTS):
            if ends[partition] and (topic, partition) not in known:
                raise MoveFailed(
                    f"there are rows of partition {partition}, and {name} has no committed offset "
                    f"of {topic}: are its workers of another --group?"
                )
        listings = self.places((LISTINGS_EVENTS,))
        monitors = offsets_of(self._servers, self.prefix + monitor_group, listings)
        for source, offset in monitors.items():
            # What workers have taken they drop, as a version that they know.
            known[source] = min(offset, known.get(source, 0))
        return known

    def check_readers(self, readers: Readers) -> None:
        """See that sinks have read all of their topics. Errors: MoveFailed, ReplayError."""
        for sink, positions in readers.items():
            for topic in sorted({topic for topic, _ in positions} & self._topics.keys()):
                for number in range(self._topics[topic].partitions):
                    if self.has_more(topic, number, positions.get((topic, number), 0)):
                        raise MoveFailed(
                            f"{sink} has not read all of {topic} {number}: let its service read "
                            "on under the former prefix, and then end it"
                        )

    def has_more(self, topic: str, number: int, offset: int) -> bool:
        """Tell whether a former topic has records from an offset on. Errors: ReplayError."""
        return any(True for _ in self.log.read(topic, number, first_offset=offset))

    @property
    def topics(self) -> list[str]:
        """All topics that are there."""
        return sorted(self._topics)

    def _growth(self, topic: str, after: ClusterFacts) -> Growth:
        name = former_name(topic, self.prefix)
        if name not in self._topics:
            raise MoveFailed(f"there is no {name}: is {self.prefix!r} the former prefix?")
        growth = Growth(self._topics[name].partitions, after.topics[topic].partitions)
        if growth.after % growth.before:
            raise MoveFailed(
                f"{name} has {growth.before} partitions, and {topic} {growth.after}: make the new "
                f"topics with a multiple of {growth.before} (`ops topics create --partitions`)"
            )
        return growth
