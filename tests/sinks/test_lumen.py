"""Notices reach Lumen with the decision, name no person, and counter-notices follow their notice.

LUMEN_TEST_ADDRESS and LUMEN_TEST_TOKEN name a test installation of Lumen for the suite below.
"""

import itertools
import json
import os
import uuid
from datetime import date

import psycopg
import pytest
from fake_lumen import FakeLumen
from statement_events import NOON, decided
from world import complaint

from schemas.events.counter_notices import CounterNoticeFiled
from schemas.events.takedowns import TakeDownListing
from schemas.private_texts import withheld
from schemas.wire.delivered import Delivered
from sinks.contract import Span
from sinks.database.database import connect
from sinks.lumen.client import DESTINATION, Lumen
from sinks.lumen.mapping import (
    LumenSettings,
    Organisation,
    decided_part,
    filed_part,
    notice_of,
    removed_part,
)
from sinks.lumen.store import LumenStore
from sinks.lumen.validation import validate
from sinks.private_texts.store import PrivateTextStore
from sinks.private_texts.wrapping_keys import WrappingKeys
from sinks.submissions import queue
from sinks.submissions.contract import Submission, SubmissionsStopped
from sinks.submissions.sender import Sender

TODAY = date(2026, 2, 2)
SETTINGS = LumenSettings(
    marketplaces={"shop": Organisation("Shop GmbH", "DE")},
    organisations={"holder-1": Organisation("Cutex Brands LLC", "US")},
    listing_addresses={"shop": "https://shop.example/{listing_id}"},
)
FILED = complaint(
    complaint_id="case-1", statement="Jane Roe, jane@roe.example: they copy our mark.",
    signature="Jane Roe", contact_email="jane@roe.example", filed_at_milliseconds=NOON,
)  # fmt: skip
DECIDED = decided(
    case_id="case-1", complainant_id="holder-1", received_at_milliseconds=NOON,
    decided_at_milliseconds=NOON,
)  # fmt: skip
TAKEN_DOWN = TakeDownListing(
    "0123", "case-1", 1, "listing-1", "shop", "seller-9", 1, "https://shop.example/l/1",
    "US:76044902", "CUTEX", "counterfeit", "US", (), NOON, NOON, NOON, "A title",
)  # fmt: skip
COUNTERED = CounterNoticeFiled(
    "counter-1", "case-1", "listing-1", "seller-9", "authorized", "I am John Doe, +49 30 1234567.",
    True, True, "John Doe", (), NOON,
)  # fmt: skip
EVENTS = (FILED, DECIDED, TAKEN_DOWN, COUNTERED)
ADDRESS = os.environ.get("LUMEN_TEST_ADDRESS")
TOKEN = os.environ.get("LUMEN_TEST_TOKEN")
REAL = pytest.param(
    "real", marks=pytest.mark.skipif(not (ADDRESS and TOKEN), reason="no installation is given")
)


@pytest.fixture
def address(migrated):
    with psycopg.connect(migrated, autocommit=True) as connection:
        connection.execute("TRUNCATE submissions, positions, lumen_drafts")
    return migrated


@pytest.fixture
def fake():
    with FakeLumen() as server:
        yield server


def write(address, events, with_statements=False, texts=None):
    settings = SETTINGS._replace(with_statements=with_statements)
    store = LumenStore(address, settings, lambda: NOON, private_texts=texts)
    for offset, event in enumerate(events):
        record = Delivered("t", 0, offset, event, NOON)
        store.write([record], {("t", 0): Span(offset, offset + 1)})
    store.close()
    return store.endings


class Sending:
    def __init__(self, address, fake):
        self.now = NOON
        self.client = Lumen(fake.address, fake.token, 0.3)
        self.sender = Sender(address, self.client, lambda: self.now)
        self.address = address

    def drain(self):
        for _ in range(40):
            self.sender.turn()
            self.now += 600_000
            with connect(self.address) as connection:
                if not queue.backlog(connection, DESTINATION, self.now).pending:
                    break
        else:
            raise AssertionError("not drained")
        self.sender._disconnect()
        self.client.close()


@pytest.mark.parametrize("order", list(itertools.permutations(range(4))))
def test_the_parts_of_a_case_come_in_any_order(address, order):
    assert write(address, [EVENTS[place] for place in order]) == {"made": 2}
    with connect(address) as connection:
        rows = connection.execute(
            "SELECT key, body, after_key FROM submissions ORDER BY submission_number"
        ).fetchall()
    assert [row[0].split("-")[0] for row in rows] == ["notice", "counter"]
    assert rows[1][2] == rows[0][0]
    assert all(validate(row[1], TODAY) == () for row in rows)
    told = json.dumps([row[1] for row in rows])
    for secret in ("Jane", "Roe", "roe.example", "Doe", "seller-9", "1234567"):
        assert secret not in told


def test_a_notice_and_its_counter_notice_arrive_and_refer_to_each_other(address, fake):
    write(address, [*EVENTS, *EVENTS])
    Sending(address, fake).drain()
    notice, counter = fake.notices
    assert notice["type"] == "Counterfeit"
    assert notice["title"] == "Counterfeit notice to Shop GmbH"
    assert notice["action_taken"] == "Yes"
    assert notice["mark_registration_number"] == "US 2824281"
    assert notice["jurisdiction_list"] == "us"
    assert notice["date_received"] == "2026-02-02"
    [work] = notice["works_attributes"]
    assert work["infringing_urls_attributes"] == [{"url": "https://shop.example/l/1"}]
    assert "CUTEX" in work["description"]
    roles = {
        role["name"]: role["entity_attributes"] for role in notice["entity_notice_roles_attributes"]
    }
    assert roles["sender"]["name"] == "Cutex Brands LLC"
    assert roles["recipient"] == {
        "name": "Shop GmbH", "kind": "organization", "country_code": "DE",
    }  # fmt: skip
    assert counter["type"] == "Counternotice"
    assert counter["counternotice_for_id"] == 1
    assert counter["entity_notice_roles_attributes"][0]["entity_attributes"]["name"] == "[redacted]"


def private(address, events, store):
    """Return events as the filing API writes them, with their texts in the store."""
    told = []
    with connect(address) as connection:
        for event in events:
            texts = store.sealing(connection, "a party")
            told.append(withheld(event, texts.keep))
            store.put(connection, texts, "f-1")
    return told


@pytest.mark.parametrize("are_private", [False, True])
def test_statements_are_told_redacted_and_only_where_wanted(address, fake, are_private):
    store = PrivateTextStore(WrappingKeys({"test": bytes(32)}), lambda: NOON)
    events = private(address, EVENTS, store) if are_private else EVENTS
    write(address, events, with_statements=True, texts=store)
    Sending(address, fake).drain()
    assert "they copy our mark" in fake.notices[0]["body"]
    assert "I am [redacted], [redacted]." in fake.notices[1]["body"]
    told = json.dumps(fake.notices)
    assert "Jane" not in told
    assert "1234567" not in told


def test_of_an_erased_party_no_statement_is_told(address, fake):
    store = PrivateTextStore(WrappingKeys({"test": bytes(32)}), lambda: NOON)
    events = private(address, EVENTS, store)
    with connect(address) as connection:
        store.erase(connection, "a party")
    write(address, events, with_statements=True, texts=store)
    Sending(address, fake).drain()
    assert len(fake.notices) == 2
    assert "our mark" not in json.dumps(fake.notices)
    assert "erased" not in json.dumps(fake.notices)


def test_a_complaint_that_was_declined_is_told_with_the_listings_address(address, fake):
    declined = DECIDED._replace(outcome="decline", command_id=None)
    write(address, [FILED._replace(ground="trademark_infringement"), declined])
    Sending(address, fake).drain()
    [notice] = fake.notices
    assert (notice["type"], notice["action_taken"]) == ("Trademark", "No")
    [work] = notice["works_attributes"]
    assert work["infringing_urls_attributes"] == [{"url": "https://shop.example/listing-1"}]


@pytest.mark.parametrize(
    "events",
    [
        (FILED,),
        (FILED, TAKEN_DOWN),
        (FILED, DECIDED),
        (DECIDED, TAKEN_DOWN),
        (FILED, DECIDED._replace(outcome="retract", command_id=None)),
        (FILED, DECIDED._replace(outcome="send_to_review", closes_case=False, command_id=None)),
    ],
)
def test_a_case_that_is_not_decided_or_was_taken_back_is_not_told(address, events):
    assert write(address, events) == {}


@pytest.mark.parametrize("fault", [("lost", None), ("drop", None), ("status", 500), ("hang", 1.0)])
def test_an_unclear_answer_is_looked_up_before_it_is_sent_again(address, fake, fault):
    write(address, EVENTS)
    fake.faults.append(fault)
    Sending(address, fake).drain()
    assert len(fake.notices) == 2


def test_a_notice_that_our_checks_refuse_is_set_aside(address):
    bad = TAKEN_DOWN._replace(url="https://shop.example/a b")
    assert write(address, [FILED, DECIDED, bad]) == {"invalid": 1}
    with connect(address) as connection:
        [row] = queue.refused(connection, DESTINATION, 5)
    assert "infringing_urls_attributes" in row.errors[0]["field"]


@pytest.fixture(params=["fake", REAL])
def lumen(request):
    if request.param == "real":
        client = Lumen(ADDRESS, TOKEN)
    else:
        server = request.getfixturevalue("fake")
        client = Lumen(server.address, server.token, 2.0)
    yield client
    client.close()


NOTICE = {
    "type": "Trademark",
    "title": "Trademark notice",
    "tag_list": "marketplace",
    "works_attributes": [{"description": "A mark"}],
    "entity_notice_roles_attributes": [
        {"name": "recipient", "entity_attributes": {"name": "Shop", "kind": "organization"}}
    ],
}


def test_a_notice_is_taken_and_named(lumen):
    [ending] = lumen.deliver([Submission(f"notice-{uuid.uuid4().hex}", NOTICE)]).values()
    assert ending.kind == "sent"
    assert ending.reference.isdigit()


def test_what_lumen_refuses_is_told_by_field(lumen):
    [ending] = lumen.deliver([Submission("notice-2", NOTICE | {"works_attributes": []})]).values()
    assert ending.kind == "refused"
    assert "works" in {error["field"] for error in ending.errors}


def test_a_wrong_token_stops(fake):
    client = Lumen(fake.address, "wrong")
    with pytest.raises(SubmissionsStopped, match="401"):
        client.deliver([Submission("notice-1", NOTICE)])
    client.close()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"type": "Defamation"}, "type"),
        ({"title": ""}, "title"),
        ({"title": "x" * 256}, "title"),
        ({"body": "call +49 30 1234567"}, "body"),
        ({"body": 7}, "body"),
        ({"date_sent": "1998-10-28"}, "date_sent"),
        ({"date_sent": "2026-02-03"}, "date_sent"),
        ({"date_received": "yesterday"}, "date_received"),
        ({"action_taken": "Maybe"}, "action_taken"),
        ({"language": "xx"}, "language"),
        ({"works_attributes": []}, "works_attributes"),
        ({"works_attributes": [{"description": "a", "x": 1}]}, "works_attributes.0"),
        ({"works_attributes": [{"description": ""}]}, "works_attributes.0.description"),
        ({"entity_notice_roles_attributes": []}, "entity_notice_roles_attributes"),
        (
            {"entity_notice_roles_attributes": [{"name": "judge", "entity_attributes": {}}]},
            "entity_notice_roles_attributes.0",
        ),
        (
            {
                "entity_notice_roles_attributes": [
                    {"name": "sender", "entity_attributes": {"name": "Jo", "kind": "individual"}}
                ]
            },
            "entity_notice_roles_attributes.0.name",
        ),
        ({"counternotice_for_id": 3}, "counternotice_for_id"),
        ({"type": "DMCA", "mark_registration_number": "1"}, "mark_registration_number"),
        ({"authentication_token": "t"}, "authentication_token"),
        ({"subject": "a\0b"}, "subject"),
    ],
)
def test_limits_of_a_notice(changes, field):
    assert validate(NOTICE, TODAY) == ()
    assert field in {error["field"] for error in validate(NOTICE | changes, TODAY)}


@pytest.mark.parametrize(
    ("language", "statement", "body", "marked"),
    [
        ("de", "", "Das Angebot soll gefälschte Waren enthalten.", "de"),
        ("en", "Fakes.", "The listing is said to offer counterfeit goods.\n\nFakes.", "en"),
        ("zh", "", "The listing is said to offer counterfeit goods.", "en"),
        ("zh", "假货", "假货", "zh"),
        ("", "Fakes.", "The listing is said to offer counterfeit goods.\n\nFakes.", "en"),
        ("xx", "", "The listing is said to offer counterfeit goods.", "en"),
    ],
)
def test_a_body_is_marked_with_the_language_that_it_is_in(language, statement, body, marked):
    filed = filed_part(FILED._replace(language=language), SETTINGS) | {"statement": statement}
    made = notice_of("key", filed, decided_part(DECIDED), removed_part(TAKEN_DOWN), SETTINGS)
    assert (made["body"], made["language"]) == (body, marked)
