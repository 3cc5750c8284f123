"""What is declared of an event holds together, and with topics.yaml."""

import json
from pathlib import Path

import pytest

from processors.identifiers import trademark_key
from schemas import topic_names
from schemas.catalog import EVENT_TYPES, event_of, load_topics
from schemas.declaration import declaration_of, key_fields, key_of, topic_of
from streams.kafka.output_records import standing_key

EXAMPLES = Path(__file__).parents[2] / "schemas" / "examples"


def example(name):
    path = sorted((EXAMPLES / name).glob("*.json"))[0]
    return event_of(name, json.loads(path.read_text(encoding="utf-8")))


def test_topics_are_named_once_and_by_one_rule():
    named = {
        name: value
        for name, value in vars(topic_names).items()
        if name.isupper() and value in load_topics()
    }
    assert named == {
        topic[3:].upper().replace(".", "_").replace("-", "_"): topic for topic in load_topics()
    }


@pytest.mark.parametrize("name", EVENT_TYPES)
def test_an_event_names_only_what_there_is(name):
    kind = EVENT_TYPES[name]
    declared = declaration_of(kind)
    assert set(declared.topics) <= set(load_topics())
    fields = {*declared.identity, *key_fields(declared.key)}
    assert fields <= set(kind._fields)
    if declared.key and declared.owner != "key":
        assert f"{declared.owner}_id" in kind._fields


@pytest.mark.parametrize("name", EVENT_TYPES)
def test_each_key_is_made_or_known_to_be_another_matter(name):
    event = example(name)
    if declaration_of(type(event)).key:
        assert isinstance(key_of(event), str)
        assert key_of(event)
    else:
        with pytest.raises(TypeError, match=f"{name}: its key is not declared"):
            key_of(event)


def test_keys_are_made_as_their_declaration_says():
    mark = example("TrademarkRecorded")
    assert key_of(mark) == trademark_key(mark.office, mark.application_number)
    standing = example("StandingChanged")
    assert key_of(standing) == standing_key(standing.role, standing.party_id)
    assert key_of(example("ServicePolicyPublished")) == "service_policy"
    inquiry = example("InquiryReceived")._replace(inquiry_id="inquiry-1")
    assert key_of(inquiry._replace(case_id="case-1")) == "case-1"
    assert key_of(inquiry._replace(case_id=None)) == "inquiry-1"
    assert key_of(example("BatchProcessed")._replace(partition=0)) == "0"


def test_keys_are_told_in_words():
    topics = load_topics()
    assert topics["ip.trademarks.events"].key == "office:application number"
    assert topics["ip.rules.state"].key == (
        "slot or role or gate:rule set hash:gate:share percent or rollout or service_policy"
    )
    assert topics["ip.desk.events"].key == "case id or inquiry id or party id"


def test_one_topic_is_given_only_where_there_is_one():
    assert topic_of(EVENT_TYPES["ComplaintFiled"]) == "ip.complaints.events"
    with pytest.raises(ValueError, match="too many values"):
        topic_of(EVENT_TYPES["VersionRecorded"])
