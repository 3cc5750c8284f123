"""How long what tells of persons is kept, topic by topic and table by table."""

from collections.abc import Iterator
from typing import Any

from schemas.catalog import EVENT_TYPES, Topic, load_topics
from schemas.privacy import personal_fields
from sinks.personal_data.retention import TABLE_RETENTIONS
from sinks.personal_data.tables import OTHER_TABLES, PERSONAL_TABLES

HEAD = """\
# Retention

How long what tells of persons is kept. Ids stand for persons only with what is known of them
elsewhere; [private texts](private-texts.md) says what is encrypted, given out and erased before
its time.

## Topics

| topic | kept | what tells of persons |
|---|---|---|
"""
TABLES = """
## Tables of PostgreSQL

| table | what it holds | kept |
|---|---|---|
"""
UNTIL_ERASED = "as long as the database; texts in it until the party is erased"


def render() -> str:
    """Return the document as Markdown."""
    return "".join((HEAD, *_topics(), TABLES, *_tables()))


def _topics() -> Iterator[str]:
    for topic in load_topics().values():
        kinds: list[Any] = [EVENT_TYPES[name] for name in topic.events]
        told: set[str] = {each.personal for kind in kinds for each in personal_fields(kind)}
        if topic.role == "dead_letters":
            told = {"as in the record that could not be processed"}
        if told:
            yield f"| `{topic.name}` | {_kept(topic)} | {', '.join(sorted(told))} |\n"


def _kept(topic: Topic) -> str:
    if topic.retention_hours is None:
        return "the last record of a key"
    if topic.retention_hours < 0:
        return "for ever"
    days, hours = divmod(topic.retention_hours, 24)
    return f"{topic.retention_hours} hours" if hours else f"{days} days"


def _tables() -> Iterator[str]:
    ends = {"private_texts": "until the last filing, question or draft that says it is over"}
    for each in TABLE_RETENTIONS:
        before = f"{ends[each.table]}; " if each.table in ends else ""
        ends[each.table] = f"{before}{each.days} days after {each.after}"
    holds = {each.name: each.holds for each in PERSONAL_TABLES} | OTHER_TABLES
    elsewhere = {each.name: each.kept for each in PERSONAL_TABLES if each.kept}
    for table, held in sorted(holds.items()):
        kept = ends.get(table) or elsewhere.get(table)
        if kept or table not in OTHER_TABLES:
            yield f"| `{table}` | {held} | {kept or UNTIL_ERASED} |\n"
