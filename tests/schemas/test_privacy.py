"""Each personal field is protected by what is declared of it, and sinks keep to that."""

import json
from pathlib import Path
from typing import get_args

import pytest

from schemas.catalog import EVENT_TYPES, event_of
from schemas.fields import Personal
from schemas.privacy import PROTECTIONS, personal_fields, personal_values
from schemas.wire.delivered import Delivered
from sinks.case_store.case_rows import MAKERS
from sinks.dispatch.webhook_message import TYPES, message_of
from sinks.lumen.mapping import LumenSettings, counter_part, filed_part

DIRECTORY = Path(__file__).parents[2] / "schemas" / "examples"


def example(name, /, **changes):
    path = sorted((DIRECTORY / name).glob("*.json"))[0]
    return event_of(name, json.loads(path.read_text(encoding="utf-8")))._replace(**changes)


def marked(name, *personal):
    """Return an example whose fields of these kinds hold text that is found again, and the text."""
    event = example(name)
    names = [f.path for f in personal_fields(type(event)) if f.personal in personal]
    texts = {each: f"person-{each}" for each in names if isinstance(getattr(event, each, 0), str)}
    return event._replace(**texts), tuple(texts.values())


def test_each_kind_of_personal_data_has_its_protection():
    assert set(PROTECTIONS) == set(get_args(Personal))


@pytest.mark.parametrize("name", EVENT_TYPES)
def test_what_is_encrypted_has_a_subject_that_is_an_id_of_the_event(name):
    fields = personal_fields(EVENT_TYPES[name])
    ids = {each.path for each in fields if each.personal == "identifier"}
    for each in fields:
        if each.protection.encrypted:
            assert each.subject in ids, each.path


def test_whose_data_a_complaint_carries_is_told_wherever_it_lies():
    filed = {each.path: each for each in personal_fields(EVENT_TYPES["ComplaintFiled"])}
    assert filed["contact_email"].subject == "complainant_id"
    assert filed["contact_email"].protection.encrypted
    assert not filed["rights_holder_id"].protection.encrypted
    assert "trademark_number" not in filed
    row = {each.path: each for each in personal_fields(EVENT_TYPES["ListingCases"])}
    assert row["cases.complaint.statement"].subject == "cases.complaint.complainant_id"


def test_values_are_those_of_the_kinds_asked_for():
    filed = example("ComplaintFiled", signature="A. Signer", contact_email="a@b.example")
    assert personal_values(filed, "name", "contact") == ("A. Signer", "a@b.example")
    assert personal_values(filed._replace(signature=""), "name") == ()


@pytest.mark.parametrize("name", [kind.__name__ for kind in MAKERS])
def test_names_and_addresses_do_not_reach_the_case_store(name):
    event, texts = marked(name, "name", "contact")
    place = Delivered("topic", 0, 7, event, 1_700_000_000_000)
    patches = repr(MAKERS[type(event)](event, place))
    assert not [text for text in texts if text in patches]


@pytest.mark.parametrize("name", [kind.__name__ for kind in TYPES])
def test_marketplaces_are_told_nothing_that_is_not_to_be_told(name):
    event, texts = marked(name, "name", "contact", "text")
    body = message_of(event).body
    assert not [text for text in texts if text in body]


@pytest.mark.parametrize(
    ("name", "part"), [("ComplaintFiled", filed_part), ("CounterNoticeFiled", counter_part)]
)
def test_lumen_is_told_no_text_and_no_name_within_one(name, part):
    event, texts = marked(name, "name", "contact")
    event = event._replace(statement=f"By {', '.join(texts)}: it is a copy.")
    assert not [t for t in texts if t in repr(part(event, LumenSettings(with_statements=True)))]
    untold, texts = marked(name, "name", "contact", "text")
    assert not [t for t in texts if t in repr(part(untold, LumenSettings()))]
