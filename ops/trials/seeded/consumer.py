"""A model of the Kafka client's consumer: what it is asked for, and what it may answer."""

from collections.abc import Callable, Iterable
from types import SimpleNamespace
from typing import Any, NamedTuple

from confluent_kafka import OFFSET_BEGINNING, OFFSET_INVALID, KafkaError, KafkaException
from confluent_kafka import TopicPartition as Place

from ops.trials.seeded.broker import Broker, Source
from ops.trials.seeded.client_errors import FATAL, kafka_error, timed_out
from ops.trials.seeded.group import Group, GroupMetadata, Member
from ops.trials.seeded.schedule import Process
from schemas.wire.codec import GivenHeaders

FETCHED_RECORDS = 20
POLL_MILLISECONDS = 1


class Message(NamedTuple):
    """What a consumer brings: a record, or an error in its place."""

    source: Source
    place: int
    content: tuple[bytes | None, bytes | None, GivenHeaders, int]
    mistake: KafkaError | None = None

    def topic(self) -> str:
        """Return the topic."""
        return self.source[0]

    def partition(self) -> int:
        """Return the partition."""
        return self.source[1]

    def offset(self) -> int:
        """Return the offset."""
        return self.place

    def key(self) -> bytes | None:
        """Return the key."""
        return self.content[0]

    def value(self) -> bytes | None:
        """Return the value."""
        return self.content[1]

    def headers(self) -> GivenHeaders:
        """Return the headers."""
        return self.content[2]

    def timestamp(self) -> tuple[int, int]:
        """Return the kind and the time, as the client does."""
        return 1, self.content[3]

    def error(self) -> KafkaError | None:
        """Return what is wrong, if anything is."""
        return self.mistake


class ModelConsumer:
    """A consumer of one process; it reads committed records."""

    def __init__(
        self, configuration: dict[str, Any], process: Process, broker: Broker, group: Group
    ) -> None:
        self._process = process
        self._broker = broker
        self._group = group
        self._instance = configuration.get("group.instance.id", "")
        self._tells_ends = configuration.get("enable.partition.eof", False)
        self._positions: dict[Source, int] = {}
        self._paused: set[Source] = set()
        self._told_end: dict[Source, int] = {}
        self._callbacks: dict[str, Callable[..., None]] = {}
        self._lead = self._topic = ""
        self._generation = 0
        self._exhausted = -1
        """After how many changes of the broker there was nothing more to read."""
        self.member: Member | None = None

    def list_topics(self, topic: str, timeout: float = -1) -> Any:
        """Return a topic's partitions."""
        partitions = dict.fromkeys(self._broker.partitions(topic))
        return SimpleNamespace(topics={topic: SimpleNamespace(error=None, partitions=partitions)})

    def subscribe(self, topics: list[str], **callbacks: Callable[..., None]) -> None:
        """Join the group, as of the next call."""
        self._lead = self._topic = topics[0]
        self._callbacks = callbacks

    def consume(self, count: int, timeout: float) -> list[Message]:
        """Return what there is; where there is nothing, after a while."""
        if self._lead:
            mistake = self._take_part()
            if mistake is not None:
                return [Message((self._lead, 0), 0, (None, None, (), 0), mistake)]
        faults = self._broker.faults
        if self._lead and faults.happens("consumer_error"):
            mistake = kafka_error(KafkaError._TRANSPORT)
            return [Message((self._lead, 0), 0, (None, None, (), 0), mistake)]
        messages = self._fetch(count)
        if messages or timeout <= 0:
            return messages
        wait = max(POLL_MILLISECONDS, int(timeout * 1000))
        if self._lead:
            self._process.idle(wait)
        else:
            self._process.sleep(wait)
        return self._fetch(count)

    def assign(self, places: list[Place]) -> None:
        """Read these places, and no others."""
        self._positions.clear()
        self._paused.clear()
        self._told_end.clear()
        self.incremental_assign(places)

    def incremental_assign(self, places: list[Place]) -> None:
        """Read these places too."""
        self._exhausted = -1
        for place in places:
            source = (place.topic, place.partition)
            self._positions[source] = max(place.offset, 0)
            self._told_end.pop(source, None)

    def incremental_unassign(self, places: list[Place]) -> None:
        """Read these places no more."""
        for place in places:
            self._positions.pop((place.topic, place.partition), None)
            self._paused.discard((place.topic, place.partition))

    def assignment(self) -> list[Place]:
        """Return what is read."""
        return [Place(*source) for source in self._positions]

    def pause(self, places: list[Place]) -> None:
        """Bring nothing of these for now."""
        self._paused.update((each.topic, each.partition) for each in places)

    def resume(self, places: list[Place]) -> None:
        """Go on with these."""
        self._exhausted = -1
        self._paused.difference_update((each.topic, each.partition) for each in places)

    def seek(self, place: Place) -> None:
        """Go on from there. Errors: KafkaException."""
        self._exhausted = -1
        source = (place.topic, place.partition)
        if source not in self._positions or self._broker.faults.happens("placing_refused"):
            raise KafkaException(kafka_error(KafkaError._STATE))
        self._positions[source] = 0 if place.offset == OFFSET_BEGINNING else place.offset
        self._told_end.pop(source, None)

    def committed(self, places: list[Place], timeout: float) -> list[Place]:
        """Return what the group committed. Errors: KafkaException."""
        sources = [(each.topic, each.partition) for each in places]
        if self._broker.faults.happens("offsets_unknown"):
            self._process.sleep(int(timeout * 1000))
            raise timed_out()
        found = self._broker.stable_offsets(self._group.name, sources)
        if found is None:
            self._process.sleep(POLL_MILLISECONDS * 20)
            found = self._broker.stable_offsets(self._group.name, sources)
        if found is None:
            raise timed_out()
        return [Place(*source, found.get(source, OFFSET_INVALID)) for source in sources]

    def consumer_group_metadata(self) -> GroupMetadata:
        """Return who it is in its group, now."""
        if self.member is None:
            raise KafkaException(kafka_error(KafkaError._STATE))
        return GroupMetadata(self.member, self.member.generation)

    def get_watermark_offsets(self, place: Place, cached: bool = False) -> tuple[int, int]:
        """Return the first and the last offset."""
        now = self._broker.schedule.now_milliseconds
        return 0, self._broker.log(place.topic, place.partition).stable_end(now)

    def close(self) -> None:
        """Leave; partitions are given up first."""
        if self.member is None or self._process.killed:
            return
        member, self.member = self.member, None
        self._lead = ""
        if member.owned and not (member.fenced or member.expelled):
            self._tell("on_revoke", member.owned)
            member.owned = set()
            self._group.leave(member)

    def _take_part(self) -> KafkaError | None:
        member = self.member
        if member is None:
            member = self.member = self._group.join(self._instance, self._process)
        if member.fenced:
            return kafka_error(KafkaError.FENCED_INSTANCE_ID, FATAL)
        if member.expelled:
            self._tell("on_lost", member.owned)
            member = self.member = self._group.join(self._instance, self._process)
        if self._generation != self._group.generation or member.owned != member.target:
            self._rebalance(member)
        return None

    def _rebalance(self, member: Member) -> None:
        generation = self._group.generation
        leaving = member.owned - member.target
        if leaving:
            self._tell("on_revoke", leaving)
            member.owned -= leaving
        member.generation = self._generation = generation
        coming = self._group.may_own(member) - member.owned
        if coming:
            member.owned |= coming
            self._broker.schedule.note(self._instance, "assigned", sorted(member.owned))
            self._tell("on_assign", coming)
        if leaving:
            self._broker.schedule.nudge()

    def _tell(self, what: str, numbers: Iterable[int]) -> None:
        """Tell the process of partitions; without its asking they are read as committed."""
        places = [Place(self._topic, number) for number in sorted(numbers)]
        told = self._callbacks.get(what)
        if told is not None:
            told(self, places)
        elif what == "on_assign":
            sources = [(each.topic, each.partition) for each in places]
            while (found := self._broker.stable_offsets(self._group.name, sources)) is None:
                self._process.sleep(POLL_MILLISECONDS * 20)
            self.incremental_assign([Place(*each, found.get(each, 0)) for each in sources])
        else:
            self.incremental_unassign(places)

    def _fetch(self, count: int) -> list[Message]:
        if self._exhausted == self._broker.changes:
            return []
        chance, now = self._broker.schedule.chance, self._broker.schedule.now_milliseconds
        sources = [source for source in self._positions if source not in self._paused]
        if len(sources) > 1:
            first = chance.randrange(len(sources))
            sources = sources[first:] + sources[:first]
        messages: list[Message] = []
        for source in sources:
            log = self._broker.log(*source)
            start, end = self._positions[source], log.stable_end(now)
            room = min(count - len(messages), FETCHED_RECORDS)
            if room <= 0:
                break
            position = end
            for offset, entry in log.committed(start, end):
                if not room:
                    position = offset
                    break
                room -= 1
                content = (entry.key, entry.value, entry.headers, entry.timestamp_milliseconds)
                messages.append(Message(source, offset, content))
            self._positions[source] = max(start, position)
            if self._tells_ends and position >= end and self._told_end.get(source) != end:
                self._told_end[source] = end
                mistake = kafka_error(KafkaError._PARTITION_EOF, (False, False, False))
                messages.append(Message(source, end, (None, None, (), 0), mistake))
        if not messages and count > 0 and self._broker.is_seen:
            self._exhausted = self._broker.changes
        return messages
