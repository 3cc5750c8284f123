"""Statements of reasons are read by those to whom they are addressed, word for word."""

import pytest

from filing.harness import complaint
from ops.documents.statements import DECLINE, RESTRICTION, TAKEDOWN
from schemas.statements.rendering import rendered
from schemas.statements.statement import statement_of
from schemas.wire.delivered import Delivered
from sinks.case_store.case_rows import patches_of
from sinks.database.merging import write_patches


@pytest.fixture
def case_id(api):
    headers = api.tokens.headers("agent-1", "agent", acts_for=["holder-1"])
    receipt = api.post("/v1/complaints", complaint(), headers).json()
    case_id = receipt["results"][0]["complaint_id"]
    api.execute(
        "INSERT INTO cases (case_id, listing_id, seller_id) VALUES (%s, 'L1', 'seller-7')", case_id
    )
    return case_id


def keep(api, *events):
    """Have the case store keep what was told."""
    with api.services.database.connection() as connection:
        for offset, event in enumerate(events):
            place = Delivered("topic", 0, offset, event, 1_795_766_400_000)
            write_patches(connection, list(patches_of(place)))
        connection.commit()


def test_each_side_reads_its_own_statements(api, case_id):
    seller = TAKEDOWN._replace(
        case_id=case_id, facts=TAKEDOWN.facts._replace(language="zh"), command_id="told-1"
    )
    holder = DECLINE._replace(case_id=case_id, party_id="agent-1", command_id="told-2")
    keep(api, seller, holder)
    path = f"/v1/cases/{case_id}/statements"
    [told] = api.get(path, "seller-7", "seller").json()
    assert (told["language"], told["kind"]) == ("zh", "decision")
    assert told["text"] == rendered(statement_of(seller)).text
    [told] = api.get(path, "holder-1", "rights_holder").json()
    assert told["text"] == rendered(statement_of(holder)).text
    assert told["language"] == "en"


def test_nobody_else_reads_them(api, case_id):
    path = f"/v1/cases/{case_id}/statements"
    assert api.get(path, "seller-8", "seller").status_code == 404
    assert api.get(path, "holder-2", "rights_holder").status_code == 404
    assert api.get("/v1/cases/unknown/statements", "seller-7", "seller").status_code == 404


def test_a_party_reads_what_it_was_told_of_its_account_too(api, case_id):
    keep(api, TAKEDOWN._replace(case_id=case_id, command_id="told-1"), RESTRICTION)
    told = api.get("/v1/statements", "seller-7", "seller").json()
    found = {each["kind"]: each["case_id"] for each in told}
    assert found == {"sanction": None, "decision": case_id}
    assert api.get("/v1/statements", "seller-8", "seller").json() == []


def test_what_was_told_stays_as_it_was_told(api, case_id):
    first = TAKEDOWN._replace(case_id=case_id, command_id="told-1")
    keep(api, first, first._replace(facts=first.facts._replace(language="de")))
    [told] = api.get(f"/v1/cases/{case_id}/statements", "seller-7", "seller").json()
    assert told["language"] == "en"


def test_without_a_case_store_nothing_is_told(api, case_id):
    api.execute("ALTER TABLE statements_of_reasons RENAME TO elsewhere")
    assert api.get("/v1/statements", "seller-7", "seller").json() == []
    api.execute("ALTER TABLE elsewhere RENAME TO statements_of_reasons")
