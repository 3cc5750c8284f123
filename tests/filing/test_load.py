"""What keeps a busy API quick and fair, and takes nothing from what it promises."""

import asyncio
import json
import threading
from contextlib import suppress

import jwt
import pytest

from filing.harness import complaint
from streams.sources.filing import tokens
from streams.sources.filing.database import Database
from streams.sources.filing.problems import NOT_FOUND, Problem
from streams.sources.filing.rate_limits import Rate
from streams.sources.filing.settings import FilingSettings
from streams.sources.filing.tokens import TokenRefused
from streams.sources.filing.turns import Turns


@pytest.fixture
def verified(monkeypatch):
    """Count the tokens whose signatures are looked at."""
    seen = []
    decode = jwt.decode

    def counted(token, *given, **settings):
        seen.append(token)
        return decode(token, *given, **settings)

    monkeypatch.setattr(tokens.jwt, "decode", counted)
    return seen


def test_a_token_is_verified_once_until_it_expires(api, verified, monkeypatch):
    keys, token = api.services.keys, api.tokens.token("holder-1", "rights_holder")
    assert {keys.check(token).party_id for _ in range(3)} == {"holder-1"}
    assert len(verified) == 1
    expired = jwt.decode(token, options={"verify_signature": False})["exp"] + 31
    verified.clear()
    monkeypatch.setattr(tokens.time, "time", lambda: expired)
    keys.check(token)
    assert verified == [token]


def test_a_token_that_is_known_is_refused_once_its_key_is_taken_out(api, verified):
    keys, token = api.services.keys, api.tokens.token("holder-1", "rights_holder")
    keys.check(token)
    [key] = json.loads(api.tokens.keys.read_text())["keys"]
    api.tokens.keys.write_text(json.dumps({"keys": [{**key, "kid": "another"}]}))
    with pytest.raises(TokenRefused):
        keys.check(token)
    with pytest.raises(TokenRefused):
        keys.check(f"{token[:-4]}AAAA")


def test_known_tokens_are_bounded(api, verified, monkeypatch):
    monkeypatch.setattr(tokens, "MAXIMUM_KNOWN_TOKENS", 2)
    keys = api.services.keys
    made = [api.tokens.token(f"holder-{number}", "rights_holder") for number in range(3)]
    for token in (*made, made[2], made[0]):
        keys.check(token)
    assert verified == [*made, made[0]]


def test_who_asks_too_much_is_refused_before_any_work(make_api, monkeypatch):
    api = make_api(FilingSettings(reading_rate=Rate("reading", 1, 0.5)))
    assert api.get("/v1/complaints/x").status_code == 404

    def fail(*_):
        raise AssertionError("it was let in")

    monkeypatch.setattr(type(api.app), "work", fail)
    monkeypatch.setattr(type(api.services.database), "connection", fail)
    for path in ("/v1/complaints/x", "/v1/nothing"):
        answer = api.get(path)
        assert answer.status_code == 429
        assert answer.json()["type"].endswith(":quota-exceeded")
        assert answer.headers["retry-after"] == "2"
        assert answer.headers["ratelimit"] == '"reading";r=0;t=2'
        assert answer.headers["x-request-id"]
    assert api.client.get("/v1/complaints/x").status_code == 401


def test_a_party_has_a_few_turns_at_once_and_others_have_theirs():
    at_work, release, most = [], threading.Event(), []
    lock = threading.Lock()

    def slow():
        with lock:
            at_work.append(1)
            most.append(len(at_work))
        release.wait(60)
        with lock:
            at_work.pop()

    async def scenario():
        turns = Turns(threads=3, of_party=2)
        many = [asyncio.create_task(turns.run("busy", slow)) for _ in range(20)]
        # Two of the three threads are the busy party's, so another's is done at once.
        assert await turns.run("other", lambda: "done") == "done"
        release.set()
        await asyncio.gather(*many)
        assert await turns.run("busy", lambda: "done") == "done"
        assert turns._turns == {}

    asyncio.run(scenario())
    assert max(most) == 2
    assert len(most) == 20


def test_what_goes_wrong_in_a_turn_is_told_and_gives_room():
    def fail():
        raise Problem(NOT_FOUND)

    async def scenario():
        turns = Turns(threads=1, of_party=1)
        for _ in range(3):
            with pytest.raises(Problem):
                await turns.run("holder-1", fail)
        assert await turns.run("holder-1", lambda: 7) == 7

    asyncio.run(scenario())


@pytest.fixture
def database(api):
    """A pool with one connection."""
    with Database(api.address, wait_seconds=30.0) as database:
        database._pool.wait(30.0)
        yield database


def process_id(database):
    with database.connection() as connection:
        return connection.info.backend_pid


def test_a_connection_that_the_server_ended_is_not_lent(api, database):
    ended = process_id(database)
    assert process_id(database) == ended
    api.execute("SELECT pg_terminate_backend(%s, 60000)", ended)
    assert process_id(database) != ended


def test_a_connection_that_takes_no_writes_any_more_is_lent_once_at_most(database):
    with database.connection() as connection:
        connection.execute("SET default_transaction_read_only = on")
        stale = connection.info.backend_pid
    with suppress(Problem), database.connection() as connection:
        connection.execute("DELETE FROM filings")
    assert process_id(database) != stale


def test_where_a_complaint_stands_is_one_question(api, monkeypatch):
    complaint_id = api.post("/v1/complaints", complaint()).json()["results"][0]["complaint_id"]
    api.execute("INSERT INTO cases (case_id, decision_number) VALUES (%s, 1)", complaint_id)
    asked = []
    with api.services.database.connection() as connection:
        kind = type(connection)
    execute = kind.execute

    def counted(connection, query, *given, **settings):
        asked.append(query)
        return execute(connection, query, *given, **settings)

    monkeypatch.setattr(kind, "execute", counted)
    assert api.get(f"/v1/complaints/{complaint_id}").json()["status"] == "open"
    assert len([query for query in asked if not query.startswith("SHOW")]) == 1
