"""Drafts lie under the party's key, are its own, and go when filed, thrown away or over."""

import re

import pytest

from ops.web.drafts import MAXIMUM_DRAFTS
from schemas.durations import DAY_MILLISECONDS
from sinks.database.database import connect
from sinks.personal_data.export import export
from sinks.personal_data.retention import DRAFT_DAYS, remove_ended
from web.site_made import SCRIPT, STATEMENT
from web.test_members import FILED
from web.ways_in import bind, signed_in

SAID = {
    "ground": "copyright_infringement",
    "territory": "DE",
    "listings": "5,taobao\n6,taobao",
    "statement": STATEMENT,
    "claim_work": "A photograph of ours",
    "contact_email": "ip@brand.example",
    "signature": "Erika Mustermann",
}
DISCARDS = ("private_texts", "private_text_uses", "web_drafts")


@pytest.fixture
def holder(pages):
    pages.sign_in("holder-1", "rights_holder")
    return pages


def keep(pages, step="reasons", **changes):
    """Keep a draft; return its id."""
    answer = pages.post("/en/filing", step=step, to="draft", **{**SAID, **changes})
    assert answer.headers.get("location") == "/en/drafts?told=kept", answer.text
    query = "SELECT draft_id FROM web_drafts ORDER BY changed_at_milliseconds DESC, draft_id"
    return changes.get("draft_id") or pages.rows(query)[0]["draft_id"]


def left(pages):
    """Return of how many drafts and texts something is left."""
    return [pages.rows(f"SELECT count(*) AS n FROM {name}")[0]["n"] for name in DISCARDS]


def sweep(pages, days):
    with connect(pages.address) as connection:
        now = pages.clock.now_milliseconds() + days * DAY_MILLISECONDS
        remove_ended(connection, now, 1_000)


def test_a_draft_is_gone_on_with_where_it_was_left_and_its_signature_is_not_kept(holder):
    draft_id = keep(holder)
    assert "Nothing was filed" in holder.get("/en/drafts?told=kept").text
    page = holder.get(f"/en/drafts/{draft_id}").text
    assert 'aria-current="step">3. Reasons' in page
    for said in (STATEMENT, "A photograph of ours", "ip@brand.example", "6,taobao"):
        assert said in page
    assert "Erika" not in page
    assert holder.rows("SELECT * FROM filings") == []
    listed = holder.get("/en/drafts").text
    assert "Copyright infringement" in listed
    assert STATEMENT not in listed


def test_what_a_draft_says_is_nowhere_in_the_database(holder):
    keep(holder)
    for table in (*DISCARDS, "web_actions"):
        rows = str(holder.rows(f"SELECT * FROM {table}"))
        for said in (STATEMENT, "ip@brand.example", "photograph"):
            assert said not in rows


def test_a_draft_that_is_changed_stays_one_and_its_words_before_are_gone(holder):
    draft_id = keep(holder)
    keep(holder, "check", draft_id=draft_id, statement="Other words, and no fewer than these.")
    page = holder.get(f"/en/drafts/{draft_id}").text
    assert "Other words, and no fewer than these." in page
    assert STATEMENT not in page
    assert left(holder) == [1, 1, 1]


def test_a_draft_goes_when_it_is_filed_or_thrown_away(holder):
    draft_id = keep(holder)
    fields = {**FILED, "draft_id": draft_id}
    assert holder.post("/en/filing", step="check", to="file", **fields).status_code == 303
    assert holder.get(f"/en/drafts/{draft_id}").status_code == 404
    assert left(holder)[2] == 0
    uses = holder.rows("SELECT source_id FROM private_text_uses")
    assert draft_id not in str(uses)
    draft_id = keep(holder)
    before = left(holder)
    answer = holder.post(f"/en/drafts/{draft_id}/removal")
    assert answer.headers["location"] == "/en/drafts?told=removed"
    assert left(holder) == [before[0] - 1, before[1] - 1, 0]
    assert holder.post(f"/en/drafts/{draft_id}/removal").status_code == 404


def test_a_form_that_is_not_filed_leaves_its_draft(holder):
    draft_id = keep(holder)
    fields = {**FILED, "draft_id": draft_id, "signature": ""}
    assert holder.post("/en/filing", step="check", to="file", **fields).status_code == 422
    assert left(holder) == [1, 1, 1]


def test_nobody_sees_goes_on_with_changes_or_removes_another_partys_draft(holder):
    draft_id = keep(holder)
    holder.sign_in("holder-2", "rights_holder")
    assert "Go on" not in holder.get("/en/drafts").text
    assert holder.get(f"/en/drafts/{draft_id}").status_code == 404
    assert holder.post(f"/en/drafts/{draft_id}/removal").status_code == 404
    other = "What the other party says of it."
    answer = holder.post(
        "/en/filing",
        step="reasons",
        to="draft",
        **{**SAID, "statement": other, "draft_id": draft_id},
    )
    assert answer.status_code == 303
    assert len(holder.rows("SELECT * FROM web_drafts")) == 2
    fields = {**FILED, "draft_id": draft_id}
    assert holder.post("/en/filing", step="check", to="file", **fields).status_code == 303
    for party, role in (("seller-9", "seller"), ("anna", "reviewer"), ("op", "operator")):
        holder.sign_in(party, role)
        assert holder.get("/en/drafts").status_code == 403
        assert holder.get(f"/en/drafts/{draft_id}").status_code == 403
    holder.sign_in("holder-1", "rights_holder")
    page = holder.get(f"/en/drafts/{draft_id}").text
    assert STATEMENT in page
    assert other not in page


def test_a_forged_form_and_a_member_who_only_reads_are_refused(pages):
    pages.sign_in("holder-1", "rights_holder")
    draft_id = keep(pages)
    forged = {"form_token": "0" * 64, "step": "reasons", "to": "draft", **SAID}
    assert pages.post("/en/filing", form=forged).status_code == 403
    assert pages.post(f"/en/drafts/{draft_id}/removal", form=forged).status_code == 403
    bind(pages, rights="reader")
    pages.client.cookies.clear()
    assert signed_in(pages).status_code == 303
    assert "Go on" not in pages.get("/en/drafts").text
    assert pages.get(f"/en/drafts/{draft_id}").status_code == 403
    assert pages.post(f"/en/drafts/{draft_id}/removal").status_code == 403
    assert left(pages) == [1, 1, 1]


def test_what_is_too_long_or_too_many_is_told_and_nothing_lost(holder):
    answer = holder.post(
        "/en/filing", step="reasons", to="draft", **{**SAID, "features": "x" * 200_001}
    )
    assert answer.status_code == 422
    assert "It is too long for a draft." in answer.text
    for _ in range(MAXIMUM_DRAFTS):
        keep(holder)
    answer = holder.post("/en/filing", step="reasons", to="draft", **SAID)
    assert answer.status_code == 422
    assert "There are 50 drafts" in answer.text
    assert STATEMENT in answer.text
    draft_id = keep(holder, draft_id=holder.rows("SELECT draft_id FROM web_drafts")[0]["draft_id"])
    assert len(holder.rows("SELECT * FROM web_drafts")) == MAXIMUM_DRAFTS
    assert draft_id


def test_documents_that_are_gone_are_told_and_left_out(holder):
    (document,) = re.findall(
        r'name="evidence" value="(\w+:photo)"',
        holder.post(
            "/en/filing",
            files={"documents": ("p.txt", b"The stitching differs.", "text/plain")},
            step="evidence",
            to="evidence",
            kind="photo",
        ).text,
    )
    draft_id = keep(holder, "evidence", evidence=[document, f"{0:032x}:photo"])
    page = holder.get(f"/en/drafts/{draft_id}").text
    assert document in page
    assert f"{0:032x}" not in page
    assert "1 document is no longer there" in page


def test_drafts_are_removed_after_their_time_and_not_while_a_duty_to_keep_them_stands(holder):
    keep(holder)
    sweep(holder, DRAFT_DAYS - 1)
    assert left(holder) == [1, 1, 1]
    holder.rows(
        "INSERT INTO legal_holds (party_id, reason, recorded_by, recorded_at_milliseconds) "
        "VALUES ('holder-1', 'court', 'kim', 0) RETURNING 1"
    )
    sweep(holder, DRAFT_DAYS + 1)
    assert left(holder) == [1, 1, 1]
    holder.rows("UPDATE legal_holds SET lifted_at_milliseconds = 1 RETURNING 1")
    sweep(holder, DRAFT_DAYS + 1)
    assert left(holder) == [0, 0, 0]


def test_a_draft_is_not_shown_once_it_is_over_even_before_it_is_removed(holder):
    draft_id = keep(holder)
    holder.clock.advance((DRAFT_DAYS * DAY_MILLISECONDS) + 1)
    holder.sign_in("holder-1", "rights_holder", exp=holder.clock.now_milliseconds())
    assert "Go on" not in holder.get("/en/drafts").text
    assert holder.get(f"/en/drafts/{draft_id}").status_code == 404


def test_drafts_are_given_out_with_their_words_and_erased_with_the_party(holder):
    draft_id = keep(holder)
    services = holder.services
    with connect(holder.address) as connection:
        rows = list(export(connection, services.private_texts, "holder-1", "kim"))
        (row,) = [each.content for each in rows if each.table == "web_drafts"]
        assert STATEMENT in row["content"]
        now = holder.clock.now_milliseconds()
        erased = services.erasures.request(connection, "holder-1", "kim", now)
    assert erased.state == "erased"
    holder.sign_in("holder-1", "rights_holder")
    assert holder.get(f"/en/drafts/{draft_id}").status_code == 404
    (row,) = holder.rows("SELECT ground, listings, member_id FROM web_drafts")
    assert tuple(row.values()) == ("", 0, "")
    sweep(holder, DRAFT_DAYS + 1)
    assert left(holder) == [0, 0, 0]


def test_what_a_draft_says_is_no_script(holder):
    draft_id = keep(holder, statement=SCRIPT, ground=SCRIPT)
    for path in ("/en/drafts", f"/en/drafts/{draft_id}"):
        assert SCRIPT not in holder.get(path).text
