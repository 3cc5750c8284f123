"""What the page of own marks tells is what the pipeline would find."""

import re

import pytest
from world import START, owner, trademark

from ops.web.own_marks import Named, NumberGiven, looked_up
from schemas.events.parties import Authorisation
from schemas.events.trademarks import Designation
from web.register_made import AGENT, HOLDER
from web.site_made import SCRIPT

NOW = START + 3_600_000


@pytest.fixture
def holder(pages):
    pages.sign_in("holder-1", "rights_holder")
    return pages


def rows(page):
    """Return of each mark its number, and what is told of a complaint on it."""
    found = {}
    for row in re.findall(r"<tr><td.*?</tr>", page, re.DOTALL):
        number = re.search(r'<span class="code">(.*?)</span>', row)[1]
        last = row.rsplit("<td", 1)[1].split(">", 1)[1]
        found[number] = " ".join(re.sub(r"<[^>]*>", " ", last).split())
    return found


def verdicts(pages, number, party=HOLDER, holder_id="holder-1"):
    with pages.tables.look() as tables:
        named = Named(number, holder_id)
        found = looked_up(tables, named, party, pages.parties.get, NOW)
    return [(each.territories, each.outcome, each.reason_codes) for each in found.verdicts]


def test_marks_are_shown_as_the_register_has_them_with_what_stands_in_the_way(holder):
    page = holder.get("/en/marks").text
    told = rows(page)
    assert list(told) == [f"US {number}" for number in range(1, 6)]
    assert told["US 1"] == "✓ Accepted United States"
    assert "Not accepted" in told["US 2"]
    assert "Not accepted" in told["US 3"]
    assert "A person looks at it" in told["US 4"]
    assert "not in the register" in page
    assert "Accepted" not in told["US 5"]
    for words in ("NIKE", "cancelled", "Feb 3, 2031", "Cutex Brands, LLC"):
        assert words in page
    assert "US 6" not in page


def test_a_mark_that_is_only_in_the_register_is_looked_up_and_another_owners_is_not_accepted(
    holder,
):
    holder.tables.tell(trademark(application_number="7", owners=()))
    asked = "/en/marks?office=us&number=%s&number_kind=application"
    assert rows(holder.get(asked % "6").text)["US 6"].endswith("Accepted United States")
    assert "A person looks at it" in rows(holder.get(asked % "7").text)["US 7"]
    other = owner(party_id="holder-2", name="Somebody Else Ltd.", authorised_seller_ids=())
    holder.parties["holder-2"] = other
    holder.sign_in("holder-2", "rights_holder")
    page = holder.get(asked % "6").text
    assert "No mark is on record for you" in page
    assert "Not accepted" in rows(page)["US 6"]


def test_countries_that_fare_alike_stand_together(holder):
    designated = tuple(
        Designation(country, status)
        for country, status in (("CN", "registered"), ("DE", "refused"), ("FR", "registered"))
    )
    holder.tables.tell(
        trademark(
            office="WO",
            application_number="1200000",
            territories=("CN", "DE", "FR"),
            designations=designated,
        )
    )
    found = verdicts(holder, NumberGiven("WO", "1200000"))
    by_outcome = {outcome: territories for territories, outcome, _ in found}
    assert by_outcome == {"take_down": ("CN", "FR"), "decline": ("DE",)}


def test_an_agent_sees_the_marks_that_it_was_given_and_what_became_of_its_leave(pages):
    def leave(name, keys=(), territories=(), **changes):
        made = Authorisation(name, "holder-1", keys, territories, START, None, None)
        return made._replace(**changes)

    pages.parties["agent-1"] = AGENT._replace(authorisations=(leave("a", ("US:1",)),))
    pages.sign_in("agent-1", "agent")
    assert rows(pages.get("/en/marks").text) == {"US 1": "✓ Accepted United States"}
    pages.parties["agent-1"] = AGENT._replace(authorisations=(leave("a"),))
    assert len(rows(pages.get("/en/marks").text)) == 5
    ended = leave("a", revoked_at_milliseconds=START)
    pages.parties["agent-1"] = AGENT._replace(authorisations=(ended,))
    assert rows(pages.get("/en/marks").text) == {}
    ended = leave("a", ("US:1",), revoked_at_milliseconds=START)
    pages.parties["agent-1"] = AGENT._replace(authorisations=(ended,))
    assert "Not accepted" in rows(pages.get("/en/marks").text)["US 1"]


def test_who_is_not_on_record_is_told(pages):
    pages.sign_in("stranger", "rights_holder")
    page = pages.get("/en/marks").text
    assert "Nothing is recorded of you yet" in page
    pages.parties["stranger"] = owner(party_id="stranger", identity_verified=False)
    assert "Who you are was not verified yet" in pages.get("/en/marks").text


def test_no_verdict_is_told_while_the_register_is_not_in_sight(holder):
    holder.tables.in_sight = False
    page = holder.get("/en/marks").text
    assert "The register is not in sight now" in page
    assert rows(page) == {}


def test_no_other_role_has_the_page_and_no_name_is_a_script(pages):
    for party, role in (("seller-9", "seller"), ("anna", "reviewer"), ("n", "notifier")):
        pages.sign_in(party, role)
        assert pages.get("/en/marks").status_code == 403
    pages.tables.tell(trademark(application_number="8", mark_text=SCRIPT))
    pages.parties["holder-1"] = HOLDER._replace(trademark_keys=("US:8",))
    pages.sign_in("holder-1", "rights_holder")
    asked = f"/en/marks?office=US&number={SCRIPT}&number_kind=application"
    page = pages.get(asked).text
    assert SCRIPT not in page
    assert "&lt;script&gt;" in page


def test_the_rules_are_those_that_workers_were_given(holder):
    """A mark's verdict follows the published rules, not those that the software brings."""
    with holder.tables.look() as tables:
        built_in = tables.rule_set
        tables._rules.rule_set = built_in.__class__(
            tuple(
                rule._replace(outcome="send_to_review", reason_codes=("rule_under_review",))
                if rule.outcome == "take_down"
                else rule
                for rule in built_in.rules
            )
        )
    assert "A person looks at it" in rows(holder.get("/en/marks").text)["US 1"]
