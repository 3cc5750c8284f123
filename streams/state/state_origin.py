"""Where a local state comes from, kept in it: its cluster, group and topics.

Rows and positions mean nothing beside other logs than those they were made of.
"""

import json

from streams.kafka.topic_checks import changes
from streams.kafka.topic_facts import ClusterFacts, TopicFacts
from streams.state.local_state import POSITIONS, Change, LocalState

_KEY = b"origin"
"""Longer than the keys of partitions, and not as those of tables begin."""


class StateForeign(Exception):
    """A local state is of other logs; the message says which, and what to do."""


class OffsetsMissing(Exception):
    """Rows are there, and not how far their inputs were read; the message says what to do."""


def check_origin(state: LocalState, group: str, facts: ClusterFacts) -> None:
    """See that a local state is of this cluster, group and topics; a new one is from now on.

    Errors: StateForeign.
    """
    stored = state.get(POSITIONS, _KEY)
    if stored is not None:
        said = json.loads(stored)
        topics = {
            name: TopicFacts(topic_id, partitions, 0, 0, 0)
            for name, (topic_id, partitions) in said["topics"].items()
        }
        found = changes(ClusterFacts(said["cluster_id"], 0, topics), facts)
        if said["group"] != group:
            found.insert(0, f"the group is {group}, and was {said['group']}")
        if found:
            raise StateForeign(
                "this state directory is of other logs: " + "; ".join(found) + ". Give the "
                "addresses and the group that it belongs to; or, if the change is meant, begin "
                "with another --state-directory: rows are restored from the changelog"
            )
        facts = facts._replace(topics={**topics, **facts.topics})
    state.write([Change(POSITIONS, _KEY, _told(group, facts))])


def _told(group: str, facts: ClusterFacts) -> bytes:
    topics = {name: [each.topic_id, each.partitions] for name, each in facts.topics.items()}
    said = {"cluster_id": facts.cluster_id, "group": group, "topics": topics}
    return json.dumps(said, sort_keys=True).encode()
