"""Leave for agents: given, looked at and taken back by the API's own handlers."""

import pytest
from world import owner

from schemas.events.parties import PartyRecorded
from schemas.topic_names import PARTIES_STATE
from web.register_made import AGENT, leave
from web.site_made import SCRIPT, doubtful
from web.ways_in import bind, signed_in


def record(pages, *given):
    """Have the agent be recorded with these leaves."""
    agent = AGENT._replace(authorisations=given)
    pages.parties["agent-1"] = agent
    pages.tables.tell(agent)


def newest(pages):
    """Return the party that was recorded last, from the outbox."""
    query = "SELECT value FROM outbox WHERE topic = %s ORDER BY outbox_id DESC LIMIT 1"
    (row,) = pages.rows(query, PARTIES_STATE)
    return pages.services.codec.decode(PARTIES_STATE, bytes(row["value"]), [])


@pytest.fixture
def holder(pages):
    record(pages)
    pages.sign_in("holder-1", "rights_holder")
    return pages


def test_a_leave_is_given_within_bounds_and_shown_at_once_to_both(holder):
    answer = holder.post(
        "/en/authorisations",
        agent_id="agent-1",
        trademark_keys=["US:1", "US:2"],
        territories="de, fr",
        rights=["trademark"],
        until="2027-01-31",
    )
    assert answer.headers["location"] == "/en/authorisations?told=given"
    agent = newest(holder)
    assert isinstance(agent, PartyRecorded)
    (given,) = agent.authorisations
    assert given.trademark_keys == ("US:1", "US:2")
    assert given.territories == ("DE", "FR")
    assert given.rights == ("trademark",)
    assert given.valid_until_milliseconds == 1_801_440_000_000
    page = holder.get("/en/authorisations").text
    assert '<bdi>SWOOSH</bdi> <span class="code">US:4</span>' in page
    for words in ("Brand Agents", "In force", "US:1, US:2", "Germany and France", "Trademark"):
        assert words in page
    assert "give_authorisation" in str(holder.rows("SELECT action FROM web_actions"))
    holder.sign_in("agent-1", "agent")
    page = holder.get("/en/authorisations").text
    assert "holder-1" in page
    assert "Let an agent file for you" not in page


def test_a_form_that_is_sent_again_gives_nothing_new(holder):
    fields = {"agent_id": "agent-1", "form_key": "k" * 16}
    assert holder.post("/en/authorisations", **fields).status_code == 303
    assert holder.post("/en/authorisations", **fields).status_code == 303
    assert len(newest(holder).authorisations) == 1


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"agent_id": "nobody"}, "No agent of this id is on record."),
        ({"agent_id": "holder-1"}, "No agent of this id is on record."),
        ({"agent_id": "agent-1", "trademark_keys": "US:77"}, "A mark is not on record as yours."),
        ({"agent_id": "agent-1", "until": "2020-01-01"}, "That time has passed."),
        ({"agent_id": "agent-1", "until": "soon"}, "It is not written as asked for."),
        ({"agent_id": "agent-1", "territories": "Germany"}, "No country has this code"),
    ],
)
def test_what_is_wrong_with_a_leave_is_told_and_nothing_given(holder, fields, told):
    answer = holder.post("/en/authorisations", **fields)
    assert answer.status_code == 422
    assert told in answer.text
    assert holder.rows("SELECT * FROM outbox") == []


def test_before_a_leave_is_taken_back_it_is_shown_what_changes(holder):
    record(holder, leave(), leave("leave-2", trademark_keys=("US:1",)))
    page = holder.get("/en/authorisations/leave-2").text
    assert "No mark on record for you is touched" in page
    page = holder.get("/en/authorisations/leave-1").text
    lost, kept = page.split("By another leave")
    assert "US 4" in lost
    assert "US 1" not in lost
    assert "US 1" in kept
    # One that is not in force is declined either way.
    assert "US 2" not in page


def test_open_cases_of_the_agent_are_counted(holder):
    record(holder, leave())
    filed = doubtful("c1")
    filed[0] = (filed[0][0], filed[0][1]._replace(complainant_id="agent-1"))
    holder.tell(*filed, *doubtful("c2"))
    page = holder.get("/en/authorisations/leave-1").text
    assert "In 1 open case it may no longer" in page


def test_a_leave_is_taken_back_once_and_both_see_it(holder):
    record(holder, leave())
    for _ in range(2):
        answer = holder.post("/en/authorisations/leave-1")
        assert answer.headers["location"] == "/en/authorisations?told=withdrawn"
    assert newest(holder).authorisations[0].revoked_at_milliseconds is not None
    page = holder.get("/en/authorisations").text
    assert "Taken back" in page
    assert "Take the leave" not in page
    assert holder.get("/en/authorisations/leave-1").status_code == 404


def test_nobody_takes_another_partys_leave_back(holder):
    record(holder, leave(), leave("theirs", "holder-2"))
    other = owner(party_id="holder-2", name="Other", authorised_seller_ids=())
    holder.parties["holder-2"] = other
    assert holder.get("/en/authorisations/theirs").status_code == 404
    assert holder.post("/en/authorisations/theirs").status_code == 404
    assert "theirs" not in holder.get("/en/authorisations").text
    holder.sign_in("agent-1", "agent")
    assert holder.post("/en/authorisations", agent_id="agent-1").status_code == 403
    assert holder.post("/en/authorisations/leave-1").status_code == 403
    assert holder.get("/en/authorisations/leave-1").status_code == 403
    assert holder.rows("SELECT * FROM outbox") == []


def test_a_form_that_is_not_ours_and_a_member_who_is_no_owner_are_refused(pages):
    record(pages, leave())
    pages.sign_in("holder-1", "rights_holder")
    forged = {"form_token": "0" * 64, "agent_id": "agent-1"}
    assert pages.post("/en/authorisations", form=forged).status_code == 403
    assert pages.post("/en/authorisations/leave-1", form=forged).status_code == 403
    bind(pages, rights="filer")
    pages.client.cookies.clear()
    assert signed_in(pages).status_code == 303
    assert pages.post("/en/authorisations", agent_id="agent-1").status_code == 403
    assert pages.post("/en/authorisations/leave-1").status_code == 403
    page = pages.get("/en/authorisations").text
    assert "Let an agent file for you" not in page
    assert "Take back" not in page
    assert pages.rows("SELECT * FROM outbox") == []


def test_names_are_no_scripts_and_tables_out_of_sight_are_told(holder):
    agent = AGENT._replace(name=SCRIPT, authorisations=(leave(),))
    holder.parties["agent-1"] = agent
    holder.tables.tell(agent)
    assert SCRIPT not in holder.get("/en/authorisations").text
    assert SCRIPT not in holder.get("/en/authorisations/leave-1").text
    holder.tables.in_sight = False
    page = holder.get("/en/authorisations").text
    assert "Who has leave is not in sight now" in page
    assert "No agent may file for you" not in page


def test_agents_are_found_by_rights_holder_until_they_are_erased(holder):
    record(holder, leave(), leave("theirs", "holder-2"))
    with holder.tables.look() as tables:
        assert tables.agents_of("holder-1") == ["agent-1"]
        assert tables.agents_of("holder-") == []
        holder.tables.delete("agent-1")
        assert tables.agents_of("holder-1") == tables.agents_of("holder-2") == []
        assert tables.party("agent-1") is None
