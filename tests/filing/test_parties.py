"""Parties are recorded by operators, leave is given by rights holders, each for its own."""

import pytest

from filing.harness import START, ToldParties
from schemas.events.parties import PartyRecorded
from streams.sources.feeds.parties import party_of

MARK = "US:71112081"
HOLDER = {"party_id": "holder-1", "kind": "rights_holder", "name": "A", "trademark_keys": [MARK]}
OTHER = {"party_id": "holder-2", "kind": "rights_holder", "name": "B"}
AGENT = {"party_id": "agent-1", "kind": "agent", "name": "An agency"}
LICENCE = {"seller_id": "seller-7", "trademark_keys": [MARK], "territories": ["DE"]}
NONE = f"{0:032x}"


@pytest.fixture
def topic():
    made = ToldParties()
    for row in (HOLDER, OTHER, AGENT):
        made.parties[row["party_id"]] = party_of(row, {}, START)
    return made


@pytest.fixture
def parties(make_api, topic):
    return make_api(parties=topic)


def post(api, path, body, party="holder-1", role="rights_holder", key=None):
    return api.post(path, body, api.tokens.headers(party, role, key))


def give(api, path, *rows, **who):
    return post(api, path, {"rows": list(rows)}, **who)


def recorded(api, party_id):
    """Return what was last written of a party."""
    told = [event for _, key, event in api.events() if key == party_id]
    assert all(isinstance(event, PartyRecorded) for event in told)
    return told[-1]


def reasons(answer):
    assert answer.status_code in (201, 207, 422), answer.text
    if answer.status_code == 422:
        return [each["code"] for each in answer.json()["errors"]]
    return [each["reason"] for each in answer.json()["results"]]


def operator(api, *rows, key=None):
    return give(api, "/v1/parties", *rows, party="kim", role="operator", key=key)


def test_rows_are_recorded_and_a_bad_one_keeps_none_back(parties):
    answer = operator(
        parties,
        {"party_id": "seller-7", "kind": "seller", "name": "S", "language": "de"},
        {"party_id": "agent-1", "kind": "seller"},
        {"party_id": "new", "name": "without a kind"},
        {"party_id": "holder-1", "country": "DE"},
        {"party_id": "seller-8", "kind": "seller", "name": "T", "misspelt": 1},
    )
    assert answer.status_code == 207
    assert reasons(answer) == ["", "another_kind", "invalid_field", "", "invalid_field"]
    assert recorded(parties, "seller-7").language == "de"
    holder = recorded(parties, "holder-1")
    assert (holder.country, holder.trademark_keys) == ("DE", (MARK,))
    assert {key for _, key, _ in parties.events()} == {"seller-7", "holder-1"}


def test_the_same_request_records_once_and_what_is_on_its_way_is_known(parties):
    first = operator(parties, {"party_id": "holder-1", "country": "DE"}, key="k1")
    again = operator(parties, {"party_id": "holder-1", "country": "DE"}, key="k1")
    assert again.json() == first.json()
    assert len(parties.events()) == 1
    assert operator(parties, {"party_id": "holder-1", "language": "de"}).status_code == 201
    holder = recorded(parties, "holder-1")
    assert (holder.country, holder.language) == ("DE", "de")


def test_only_operators_record_and_all_read_no_more_than_themselves(parties):
    for party, role in (("holder-1", "rights_holder"), ("agent-1", "agent"), ("ann", "reviewer")):
        assert give(parties, "/v1/parties", OTHER, party=party, role=role).status_code == 403
    for party, role in (("agent-1", "agent"), ("seller-7", "seller")):
        answer = give(parties, "/v1/authorisations", AGENT, party=party, role=role)
        assert answer.status_code == 403
        assert give(parties, "/v1/licences", LICENCE, party=party, role=role).status_code == 403
    path = "/v1/parties/holder-1"
    assert parties.get(path).json()["name"] == "A"
    assert "linked_seller_ids" not in parties.get(path).json()
    assert "linked_seller_ids" in parties.get(path, "kim", "operator").json()
    assert parties.get(path, "holder-2").status_code == 404
    assert parties.get("/v1/parties/nobody", "kim", "operator").status_code == 404


def test_a_rights_holder_authorises_an_agent_and_takes_it_back(parties):
    answer = give(parties, "/v1/authorisations", {"agent_id": "agent-1", "territories": ["DE"]})
    (result,) = answer.json()["results"]
    (leave,) = recorded(parties, "agent-1").authorisations
    assert (leave.authorisation_id, leave.rights_holder_id) == (result["id"], "holder-1")
    assert (leave.territories, leave.valid_from_milliseconds) == (("DE",), START)
    path = f"/v1/authorisations/{result['id']}/withdrawal"
    assert reasons(post(parties, path, {"agent_id": "agent-1"}, "holder-2")) == [
        "authorisation_unknown"
    ]
    parties.clock.advance(5)
    assert post(parties, path, {"agent_id": "agent-1"}).status_code == 201
    (ended,) = recorded(parties, "agent-1").authorisations
    assert ended == leave._replace(revoked_at_milliseconds=START + 5)
    parties.clock.advance(5)
    assert post(parties, path, {"agent_id": "agent-1"}).status_code == 201
    assert recorded(parties, "agent-1").authorisations == (ended,)


REFUSED = (
    ({}, "agent_unknown"),
    ({"agent_id": "nobody"}, "agent_unknown"),
    ({"agent_id": "holder-2"}, "agent_unknown"),
    ({"agent_id": "agent\u200b"}, "invalid_field"),
    ({"agent_id": "agent-1", "trademark_keys": ["US:1"]}, "not_own_mark"),
    ({"agent_id": "agent-1", "valid_until_milliseconds": 5}, "in_the_past"),
    ({"agent_id": "agent-1", "rights_holder_id": "holder-2"}, "invalid_field"),
    ({"agent_id": "agent-1", "authorisation_id": "mine"}, "invalid_field"),
    ({"agent_id": "agent-1", "territories": "DE"}, "invalid_field"),
    ({"agent_id": "agent-1", "misspelt": 1}, "invalid_field"),
    ({"agent_id": "agent-1", "territories": ["Germany"]}, "country_unknown"),
)


def test_rows_of_leave_are_refused_alone(parties):
    rows, told = zip(*REFUSED, strict=True)
    answer = give(parties, "/v1/authorisations", *rows)
    assert (answer.status_code, reasons(answer)) == (422, list(told))
    assert parties.events() == []
    answer = give(parties, "/v1/authorisations", *rows, {"agent_id": "agent-1"})
    assert (answer.status_code, reasons(answer)) == (207, [*told, ""])
    assert len(recorded(parties, "agent-1").authorisations) == 1


def test_nobody_gives_for_another(parties):
    body = {"rights_holder_id": "holder-2", "rows": [{"agent_id": "agent-1"}]}
    for path in ("/v1/authorisations", "/v1/licences"):
        assert reasons(post(parties, path, body)) == ["not_authorised"]
        without = {"rows": body["rows"]}
        assert reasons(post(parties, path, without, "kim", "operator")) == ["not_authorised"]
    assert post(parties, "/v1/authorisations", body, "kim", "operator").status_code == 201
    (leave,) = recorded(parties, "agent-1").authorisations
    assert leave.rights_holder_id == "holder-2"


def test_two_holders_of_one_agent_do_not_disturb_each_other(parties):
    for holder in ("holder-1", "holder-2"):
        give(parties, "/v1/authorisations", {"agent_id": "agent-1"}, party=holder)
    first, second = recorded(parties, "agent-1").authorisations
    path = f"/v1/authorisations/{first.authorisation_id}/withdrawal"
    post(parties, path, {"agent_id": "agent-1"})
    ended, other = recorded(parties, "agent-1").authorisations
    assert ended.revoked_at_milliseconds is not None
    assert other == second


def test_sellers_are_licensed_for_own_marks_and_no_longer(parties):
    answer = give(parties, "/v1/licences", LICENCE, {**LICENCE, "trademark_keys": ["US:1"]})
    assert reasons(answer) == ["", "not_own_mark"]
    (licence,) = recorded(parties, "holder-1").licences
    assert (licence.seller_id, licence.trademark_keys) == ("seller-7", (MARK,))
    assert reasons(give(parties, "/v1/licences", LICENCE, party="holder-2")) == ["not_own_mark"]
    path = f"/v1/licences/{licence.licence_id}/withdrawal"
    assert reasons(post(parties, path, {}, "holder-2")) == ["licence_unknown"]
    assert reasons(post(parties, path, {}, "holder-3")) == ["rights_holder_unknown"]
    parties.clock.advance(7)
    assert post(parties, path, {}).status_code == 201
    (ended,) = recorded(parties, "holder-1").licences
    assert ended.revoked_at_milliseconds == START + 7


def test_names_in_requests_lie_encrypted(parties):
    operator(parties, {"party_id": "seller-7", "kind": "seller", "name": "Erika Mustermann"})
    rows = parties.rows("SELECT request FROM filings")
    assert [row["request"] for row in rows] == [{}]


def test_what_cannot_be_read_is_not_written_over(api):
    assert operator(api, {"party_id": "holder-1", "country": "DE"}).status_code == 503
    assert api.rows("SELECT * FROM filings") == []
    # Nobody waits for who failed.
    assert operator(api, {"party_id": "holder-1", "country": "DE"}).status_code == 503


def test_rows_are_bounded(parties):
    row = {"agent_id": "agent-1"}
    assert give(parties, "/v1/authorisations", *[row] * 301).status_code == 422
    assert give(parties, "/v1/authorisations").status_code == 422
    assert give(parties, "/v1/authorisations", NONE).status_code == 422
