"""docs/topology.md, made from streams/topology.py, schemas/topics.yaml and schemas/events."""

from schemas.catalog import EVENT_TYPES, Topic, load_topics
from schemas.topic_names import DEAD_LETTERS
from streams.topology import ALL_INPUTS, CHANGELOG, GLOBAL_TABLES, LEAD_TOPIC, OUTPUTS

HEAD = """# Topology

Generated from `streams/topology.py`, `schemas/topics.yaml` and `schemas/events` by
`python -m ops docs write`. Each event with its fields is shown by `python -m ops docs show events`,
the AsyncAPI document by `python -m ops docs show asyncapi`.

**Whoever writes to an input partitions by murmur2 of the key**, as Java's clients do by default.
Clients made of librdkafka (Python, Go, C#, Node) have another default, and are to be set to
`partitioner=murmur2_random`: else a listing and its complaints lie in different partitions and
never meet. A record in another partition than its key's is a dead letter, `wrong_partition`; with
`worker --forward-misplaced` it is written again into the right one, behind what came meanwhile.

"""

PROSE = f"""
The group's partitions are shared out by `{LEAD_TOPIC}`. Partition *n* of each other input goes to
the worker that holds its partition *n*, so records of one listing meet in one worker and one row.
What concerns a party goes to that party's partition, and meets in a row of the party there.
Each worker holds the global tables whole. Outputs, rows, dead letters and input offsets of a batch
are one transaction; rows and positions land in local state in one write after its commit.

## Topics

| topic | role | key | events declared in | cleanup | partitions | largest record |
|---|---|---|---|---|---|---|
"""


def render() -> str:
    """Return docs/topology.md."""
    topics = load_topics().values()
    rows = "".join(f"{_row(topic)}\n" for topic in topics)
    said = "".join(f"- `{topic.name}`: {topic.description}\n" for topic in topics)
    return f"{HEAD}{_diagram()}{PROSE}{rows}\n{said}"


def _diagram() -> str:
    lines = ["```mermaid", "flowchart LR"]
    lines += [f"  {_name(topic)}([{topic}]) --> step" for topic in ALL_INPUTS]
    lines += [f"  {_name(topic)}([{topic}]) --> tables[(global tables)]" for topic in GLOBAL_TABLES]
    lines += ["  tables --> step", "  timers[timers in the rows] --> step"]
    lines += ["  step[step: row, event, moment]"]
    lines += [f"  step --> {_name(topic)}([{topic}])" for topic in dict.fromkeys(OUTPUTS.values())]
    lines.append(f"  step -- refused records --> {_name(DEAD_LETTERS)}([{DEAD_LETTERS}])")
    lines.append(f"  step <-- rows --> {_name(CHANGELOG)}([{CHANGELOG}])")
    return "\n".join([*lines, "```", ""])


def _name(topic: str) -> str:
    return topic.replace(".", "_").replace("-", "_")


def _modules(topic: Topic) -> list[str]:
    """Return links to the modules that declare a topic's events."""
    names = dict.fromkeys(
        EVENT_TYPES[event].__module__.rpartition(".")[2] for event in topic.events
    )
    return [f"[{name}](../schemas/events/{name}.py)" for name in names]


def _row(topic: Topic) -> str:
    cleanup: str = topic.cleanup
    if topic.retention_hours is not None:
        kept = "for ever" if topic.retention_hours < 0 else f"{topic.retention_hours} h"
        cleanup = f"delete, {kept}" if cleanup == "delete" else cleanup
    events = ", ".join(_modules(topic)) or "as they came"
    return (
        f"| `{topic.name}` | {topic.role} | {topic.key} | {events} | {cleanup} "
        f"| {topic.partitions} | {topic.max_message_bytes:,} bytes |"
    )
