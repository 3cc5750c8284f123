"""One suite for the fake database and, when an address and a token are given, for the real one.

STATEMENTS_TEST_ADDRESS and STATEMENTS_TEST_TOKEN name a sandbox of the Transparency Database.
"""

import os
import uuid

import pytest
from fake_transparency_database import FakeTransparencyDatabase
from statement_events import decided

from sinks.statements.client import TransparencyDatabase
from sinks.statements.mapping import StatementSettings, statement_of
from sinks.submissions.contract import Submission, SubmissionsStopped
from sinks.submissions.http import AddressRefused, RequestFailed

SETTINGS = StatementSettings()
ADDRESS = os.environ.get("STATEMENTS_TEST_ADDRESS")
TOKEN = os.environ.get("STATEMENTS_TEST_TOKEN")
REAL = pytest.param(
    "real", marks=pytest.mark.skipif(not (ADDRESS and TOKEN), reason="no sandbox is given")
)


@pytest.fixture
def fake():
    with FakeTransparencyDatabase() as server:
        yield server


@pytest.fixture(params=["fake", REAL])
def database(request):
    if request.param == "real":
        client = TransparencyDatabase(ADDRESS, TOKEN)
    else:
        server = request.getfixturevalue("fake")
        client = TransparencyDatabase(server.address, server.token, 2.0)
    yield client
    client.close()


def submissions(count, **changes):
    made = []
    for _ in range(count):
        statement = statement_of(decided(command_id=uuid.uuid4().hex), SETTINGS)
        made.append(Submission(statement.puid, statement.body | changes))
    return made


def kinds(endings):
    return [ending.kind for ending in endings.values()]


def test_a_full_batch_is_stored_and_each_has_a_reference(database):
    batch = submissions(100)
    endings = database.deliver(batch)
    assert kinds(endings) == ["sent"] * 100
    assert all(ending.reference for ending in endings.values())
    assert database.exists(batch[7].key)


def test_what_is_not_there_is_not_found(database):
    assert not database.exists(f"takedown-{uuid.uuid4().hex}")


def test_bad_rows_are_set_aside_with_their_errors_and_the_rest_is_sent(database):
    batch = submissions(5)
    batch[1].body["content_language"] = "XX"
    batch[3].body["application_date"] = "2019-01-01"
    del batch[3].body["category"]
    endings = database.deliver(batch)
    assert [endings[each.key].kind for each in batch] == [
        "sent", "refused", "sent", "refused", "sent",
    ]  # fmt: skip
    assert {error["field"] for error in endings[batch[1].key].errors} == {"content_language"}
    assert {error["field"] for error in endings[batch[3].key].errors} == {
        "application_date",
        "category",
    }
    assert database.exists(batch[4].key)
    assert not database.exists(batch[3].key)


def test_what_is_there_already_counts_as_there_and_the_rest_is_sent(database):
    first = submissions(2)
    database.deliver(first)
    others = submissions(2)
    endings = database.deliver([others[0], first[0], others[1], first[1]])
    assert [endings[each.key].kind for each in (*first, *others)] == [
        "already_there", "already_there", "sent", "sent",
    ]  # fmt: skip


def test_a_wrong_token_stops_with_what_to_do(database):
    wrong = TransparencyDatabase(str(database._client._client.base_url), "1|wrong", 2.0)
    with pytest.raises(SubmissionsStopped, match=r"401.*token"):
        wrong.deliver(submissions(1))
    with pytest.raises(SubmissionsStopped, match="401"):
        wrong.exists("takedown-1")
    wrong.close()


@pytest.fixture
def client(fake):
    made = TransparencyDatabase(fake.address, fake.token, 0.3)
    yield made
    made.close()


@pytest.mark.parametrize("status", [408, 429, 502, 503, 504])
def test_a_server_that_took_nothing_is_tried_again_later(fake, client, status):
    batch = submissions(3)
    fake.faults.append(("status", status))
    assert kinds(client.deliver(batch)) == ["unreachable"] * 3
    assert kinds(client.deliver(batch)) == ["sent"] * 3


@pytest.mark.parametrize("fault", [("status", 500), ("hang", 1.0), ("lost", None), ("drop", None)])
def test_what_became_unclear_is_there_once_in_the_end(fake, client, fault):
    batch = submissions(3)
    fake.faults.append(fault)
    assert kinds(client.deliver(batch)) == ["unclear"] * 3
    assert set(kinds(client.deliver(batch))) <= {"sent", "already_there"}
    assert set(fake.statements) == {each.key for each in batch}


def test_an_identifier_that_another_call_holds_is_not_taken_for_there(fake, client):
    batch = submissions(2)
    fake.held.add(batch[0].key)
    endings = client.deliver(batch)
    assert endings[batch[0].key].kind == "unclear"
    assert endings[batch[1].key].kind == "sent"
    assert kinds(client.deliver(batch[:1])) == ["sent"]


def test_nobody_listening_is_unreachable(client):
    with FakeTransparencyDatabase() as gone:
        address = gone.address
    away = TransparencyDatabase(address, "1|t", 0.3)
    assert kinds(away.deliver(submissions(2))) == ["unreachable"] * 2
    with pytest.raises(RequestFailed) as failed:
        away.exists("takedown-1")
    assert not failed.value.sent
    away.close()


def test_a_failing_look_up_leaves_all_unclear(fake, client):
    batch = submissions(1)
    client.deliver(batch)
    fake.faults += [("none", None), ("drop", None)]
    assert kinds(client.deliver(batch)) == ["unclear"]
    fake.faults.append(("status", 500))
    with pytest.raises(RequestFailed) as failed:
        client.exists(batch[0].key)
    assert failed.value.sent


def test_a_wrong_address_stops(fake):
    wrong = TransparencyDatabase(f"{fake.address}/elsewhere", fake.token, 0.3)
    with pytest.raises(SubmissionsStopped, match="address is wrong"):
        wrong.deliver(submissions(1))
    wrong.close()


@pytest.mark.parametrize("address", ["http://example.com", "ftp://127.0.0.1", "example.com", ""])
def test_a_token_goes_over_https_only(address):
    with pytest.raises(AddressRefused):
        TransparencyDatabase(address, "1|t")
