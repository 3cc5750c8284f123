"""Whether the topics are there as they are needed: at the start, and on and on.

Partition n of one topic goes with partition n of another, and a key is in the same number of each.
A topic with other partitions leads records where nobody looks for them, without a word.
"""

import logging
import threading
import time
from collections.abc import Callable, Collection
from typing import Final

from confluent_kafka import KafkaException

from schemas.catalog import load_topics
from schemas.handled_errors import note_handled
from streams.kafka.topic_facts import ClusterFacts, ask_cluster
from streams.topology import CO_PARTITIONED, LEAD_TOPIC

logger = logging.getLogger(__name__)

LOOK_SECONDS = 30.0
WAIT_SECONDS = 5.0
"""For topics that were made a moment ago, of which not every broker knows."""

POLL_SECONDS = 0.2
LEAST_COPIES: Final = 3

Ask = Callable[[str, Collection[str]], ClusterFacts]


class TopicsUnfit(Exception):
    """Topics are missing, or are not as they are needed; the message says which, and what to do."""


def existing_topics(
    bootstrap_servers: str, topics: Collection[str], ask: Ask = ask_cluster
) -> ClusterFacts:
    """Return what the cluster says of topics. Errors: TopicsUnfit where one is missing;
    KafkaException."""
    deadline = time.monotonic() + WAIT_SECONDS
    while missing := _missing(facts := ask(bootstrap_servers, topics), topics):
        if time.monotonic() >= deadline:
            raise TopicsUnfit(f"no such topic as {', '.join(missing)}: run `ops topics create`")
        time.sleep(POLL_SECONDS)
    for weakness in weaknesses(facts):
        logger.warning("%s", weakness)
    return facts


def fit_topics(
    bootstrap_servers: str,
    topics: Collection[str],
    partitions: int | None = None,
    ask: Ask = ask_cluster,
) -> ClusterFacts:
    """Return what the cluster says of the topics that a worker or monitor needs, with so many
    partitions if told. Errors: TopicsUnfit; KafkaException."""
    facts = existing_topics(bootstrap_servers, topics, ask)
    problems = [*_uneven(facts, partitions), *_short(facts)]
    if problems:
        raise TopicsUnfit("; ".join(problems))
    return facts


def weaknesses(facts: ClusterFacts) -> list[str]:
    """Return, as sentences, where a broker that is lost may take records with it."""
    wanted = min(LEAST_COPIES, facts.brokers)
    found = []
    for name, topic in sorted(facts.topics.items()):
        if topic.copies < wanted:
            found.append(f"{name} has {topic.copies} copies, and should have {wanted}")
        elif topic.copies >= LEAST_COPIES and topic.least_in_step < 2:
            found.append(f"{name} takes records that one broker has: set min.insync.replicas to 2")
        elif topic.least_in_step >= topic.copies > 1:
            found.append(f"{name} takes none once a broker is lost: lower min.insync.replicas")
    return found


class TopicWatch:
    """Asks the cluster now and then whether the topics are as they were at the start."""

    def __init__(
        self,
        bootstrap_servers: str,
        before: ClusterFacts,
        ask: Ask = ask_cluster,
        look_seconds: float = LOOK_SECONDS,
    ) -> None:
        self._bootstrap_servers = bootstrap_servers
        self._before = before
        self._ask = ask
        self._look_seconds = look_seconds
        self._seen: list[str] = []
        self._changes: list[str] = []
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="topic-watch", daemon=True)

    def start(self) -> None:
        """Begin to ask."""
        self._thread.start()

    def close(self) -> None:
        """Ask no more."""
        self._ended.set()

    def check(self) -> None:
        """Errors: TopicsUnfit where topics are no longer as they were."""
        if self._changes:
            raise TopicsUnfit("; ".join(self._changes))

    def look(self) -> None:
        """Ask once. What is seen twice is so: a broker may not know of a topic for a moment."""
        try:
            now = self._ask(self._bootstrap_servers, self._before.topics)
        except KafkaException as error:
            note_handled("topic_watch", error)
            return
        seen = changes(self._before, now)
        self._changes = [change for change in seen if change in self._seen]
        self._seen = seen

    def _run(self) -> None:
        while not self._ended.wait(self._look_seconds):
            try:
                self.look()
            except Exception as error:
                # A mistake of ours is no reason to look no more.
                logger.exception("the topic watch failed")
                note_handled("topic_watch", error)


def changes(before: ClusterFacts, now: ClusterFacts) -> list[str]:
    """Return, as sentences, what is no longer as it was."""
    if now.cluster_id != before.cluster_id:
        return [f"the brokers are of cluster {now.cluster_id}, and were of {before.cluster_id}"]
    found = []
    for name, topic in sorted(before.topics.items()):
        present = now.topics.get(name)
        if present is None:
            found.append(f"{name} is no more")
        elif present.topic_id != topic.topic_id:
            found.append(
                f"{name} was made anew: it is {present.topic_id}, and was {topic.topic_id}"
            )
        elif present.partitions != topic.partitions:
            found.append(f"{name} has {present.partitions} partitions, and had {topic.partitions}")
    return found


def _missing(facts: ClusterFacts, topics: Collection[str]) -> list[str]:
    return sorted(set(topics) - facts.topics.keys())


def _short(facts: ClusterFacts) -> list[str]:
    """Return, as sentences, which topics refuse records that may have to be written to them.

    A transaction with such a record would be tried for ever.
    """
    declared = {name: load_topics()[name].max_message_bytes for name in facts.topics}
    return [
        f"{name} takes records of {topic.longest_bytes:,} bytes, and is to take "
        f"{declared[name]:,}: set its max.message.bytes (`ops topics check`)"
        for name, topic in sorted(facts.topics.items())
        if topic.longest_bytes < declared[name]
    ]


def _uneven(facts: ClusterFacts, partitions: int | None) -> list[str]:
    lead = facts.topics[LEAD_TOPIC].partitions
    if partitions is not None and partitions != lead:
        return [f"{LEAD_TOPIC} has {lead} partitions, and --partitions says {partitions}"]
    return [
        f"{name} has {topic.partitions} partitions, and {LEAD_TOPIC} has {lead}: partition n of "
        "one goes with n of the other, so they are to be made alike (`ops topics check`)"
        for name, topic in sorted(facts.topics.items())
        if name in CO_PARTITIONED and topic.partitions != lead
    ]
