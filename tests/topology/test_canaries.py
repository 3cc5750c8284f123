"""A word planted in each personal field of each input is found where it is declared only.

That is in no key, header, log or metric, and in no topic whose events do not carry such a field.
"""

import json
import logging
import re
from pathlib import Path

import pytest
from prometheus_client import REGISTRY, generate_latest
from world import complaint, review
from world_disputes import answer, appeal, clarification, objection

from schemas.catalog import EVENT_TYPES, event_of, load_topics
from schemas.declared_fields import Field, fields_of
from schemas.privacy import personal_fields
from schemas.topic_names import DEAD_LETTERS
from streams.kafka.producing import keyed
from streams.topology import ALL_INPUTS, GLOBAL_TABLES
from topology.harness import DriverHarness
from topology.test_lifecycle import LISTINGS, listed, listing, send, tell_tables

EXAMPLES = Path(__file__).parents[2] / "schemas" / "examples"
PLANTED = ("name", "contact", "text")
FOUND = re.compile(rb"zq([a-z]+)x[0-9]+qz")
"""A word says of which kind its field is."""


class Garden:
    """Plants words, and knows them again."""

    def __init__(self):
        self.count = 0

    def word(self, kind):
        self.count += 1
        return f"zq{kind}x{self.count}qz"

    def planted(self, event):
        """Return an event with a word of its own in each personal text that it has."""
        changes = {}
        for name, field in fields_of(type(event)).items():
            value = getattr(event, name)
            inner = Field(field.items[-1]) if field.is_list else field
            if hasattr(inner.type, "_fields") and value:
                many = not hasattr(value, "_fields")
                made = [self.planted(each) for each in (value if many else (value,))]
                changes[name] = tuple(made) if many else made[0]
            elif field.personal in PLANTED and isinstance(value, str) and value:
                changes[name] = self.text(field.personal, value)
            elif inner.personal in PLANTED and isinstance(value, tuple) and value:
                changes[name] = tuple([self.text(inner.personal, each) for each in value])
        return event._replace(**changes)

    def text(self, kind, before):
        """Keep what a text is, as far as decisions ask."""
        if "@" in before:
            return f"{self.word(kind)}@{before.partition('@')[2]}"
        return f"{self.word(kind)} {before}"


def examples(topics):
    for topic in topics:
        for name in load_topics()[topic].events:
            for path in sorted((EXAMPLES / name).glob("*.json")):
                yield event_of(name, json.loads(path.read_text(encoding="utf-8")))


def kinds_of(topic):
    """Return the kinds of personal fields that a topic's events declare."""
    events = [EVENT_TYPES[name] for name in load_topics()[topic].events]
    return {field.personal for kind in events for field in personal_fields(kind)}


def words_in(*parts):
    return {found[0] for part in parts if part for found in FOUND.finditer(part)}


@pytest.fixture
def driven(tmp_path):
    harness = DriverHarness(tmp_path / "state")
    yield harness
    harness.close()


def drive(harness, garden):
    """Drive a case through a dispute, then everything that there is an example of."""
    tell_tables(harness)
    listed(harness, garden.planted(listing()))
    for said in (complaint(), complaint(complaint_id="complaint-2", statement="A copy.")):
        send(harness, "ip.complaints.events", garden.planted(said))
        harness.settle()
    asked = clarification(case_id="complaint-2")
    decided = review(explanation="It is a fair use.")
    for topic, said in (
        ("ip.complaints.events", asked),
        ("ip.counter-notices.events", objection()),
        ("ip.counter-notices.events", answer()),
        ("ip.counter-notices.events", appeal()),
        ("ip.reviews.events", decided),
    ):
        send(harness, topic, garden.planted(said))
        harness.settle()
    for event in examples((*GLOBAL_TABLES, *ALL_INPUTS)):
        topic, key, given = keyed(garden.planted(event))
        harness.send(topic, key, given)
    harness.settle()
    buried = harness.driver.records(LISTINGS)[0]
    harness.send_bytes(LISTINGS, buried.key, buried.value[:-9], buried.headers)
    harness.settle()


def test_words_of_persons_are_where_they_are_declared_and_nowhere_else(driven, caplog):
    caplog.set_level(logging.DEBUG)
    garden = Garden()
    drive(driven, garden)
    assert garden.count > 30
    seen = set()
    for (topic, _), records in driven.driver.log.items():
        allowed = set(PLANTED) if topic == DEAD_LETTERS else kinds_of(topic)
        for record in records:
            told = [part for header in record.headers or () for part in header if part]
            heads = [each if isinstance(each, bytes) else each.encode() for each in told]
            assert not words_in(record.key, *heads), topic
            found = words_in(record.value)
            kinds = {FOUND.fullmatch(word)[1].decode() for word in found}
            assert kinds <= allowed, (topic, kinds - allowed)
            seen |= found
    assert driven.dead_letters()
    assert len(seen) == garden.count
    assert not words_in(caplog.text.encode())
    assert not words_in(generate_latest(REGISTRY))
