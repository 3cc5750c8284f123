"""Members of a party: who invites and removes whom, and what each may do for it."""

import re

import pytest

from streams.sources.filing.tokens import Caller
from web.site_made import STATEMENT
from web.ways_in import bind, signed_in

FILED = {
    "ground": "trademark_infringement",
    "office": "EM",
    "number": "018229012",
    "number_kind": "application",
    "territory": "DE",
    "listings": "5,taobao",
    "statement": STATEMENT,
    "contact_email": "ip@brand.example",
    "language": "de",
    "signature": "Erika Mustermann",
    "good_faith": "1",
    "accuracy": "1",
}


def invited(pages, rights="filer", name="Max"):
    """Invite somebody; return the code."""
    answer = pages.post("/en/organisation", name=name, rights=rights)
    assert answer.status_code == 200, answer.text
    return re.search(r'<code class="code">([^<]+)</code>', answer.text)[1]


def file(pages):
    return pages.post("/en/filing", step="check", to="file", **FILED).status_code


def actions(pages):
    rows = pages.rows("SELECT member_id, action FROM web_actions ORDER BY action_number")
    return [(each["action"], each["member_id"]) for each in rows]


def test_a_member_joins_by_its_code_once_and_what_it_files_is_noted_with_its_id(pages):
    pages.sign_in("holder-1", "rights_holder")
    code = invited(pages)
    assert code not in pages.get("/en/organisation").text
    assert code not in str(pages.rows("SELECT * FROM web_members"))
    pages.client.cookies.clear()
    assert signed_in(pages, "max").status_code == 422
    assert signed_in(pages, "max", invitation=code).status_code == 303
    (row,) = pages.rows("SELECT member_id FROM web_members WHERE subject = 'max'")
    assert file(pages) == 303
    assert ("file_complaint", row["member_id"]) in actions(pages)
    assert ("invite_member", "") in actions(pages)
    (event,) = pages.rows("SELECT party_id FROM filings")
    assert event["party_id"] == "holder-1"
    pages.client.cookies.clear()
    assert signed_in(pages, "nobody", invitation=code).status_code == 422
    pages.sign_in("op", "operator")
    assert row["member_id"] in pages.get("/en/audit").text


def test_a_code_is_good_for_a_week_and_not_after_it_was_taken_back(pages):
    pages.sign_in("holder-1", "rights_holder")
    late, back = invited(pages, name="Late"), invited(pages, name="Back")
    (row,) = pages.rows("SELECT member_id FROM web_members WHERE name = 'Back'")
    assert pages.post(f"/en/organisation/{row['member_id']}/removal").status_code == 303
    pages.client.cookies.clear()
    assert signed_in(pages, "max", invitation=back).status_code == 422
    pages.clock.advance(8 * 24 * 3_600_000)
    assert signed_in(pages, "max", invitation=late).status_code == 422
    assert pages.rows("SELECT * FROM web_sessions WHERE member_id IS NOT NULL") == []


@pytest.mark.parametrize(
    ("rights", "reads", "files", "invites"),
    [("owner", 200, 303, 200), ("filer", 200, 303, 403), ("reader", 200, 403, 403)],
)
def test_each_may_do_what_its_rights_say(pages, rights, reads, files, invites):
    bind(pages, "max", rights=rights)
    signed_in(pages, "max")
    assert pages.get("/en/cases").status_code == reads
    assert pages.get("/en/filing").status_code == (200 if files == 303 else 403)
    assert file(pages) == files
    assert pages.post("/en/inquiries", question="Why so long, please?").status_code == files
    assert pages.post("/en/organisation", name="X", rights="owner").status_code == invites
    assert len(pages.rows("SELECT * FROM filings")) == (2 if files == 303 else 0)


def test_a_member_that_is_removed_is_out_at_once(pages):
    owner, member = bind(pages, "erika"), bind(pages, "max", rights="filer")
    signed_in(pages, "max")
    theirs = pages.browser()
    theirs.cookies.update(pages.client.cookies)
    assert theirs.get("/en/cases").status_code == 200
    pages.client.cookies.clear()
    signed_in(pages, "erika")
    assert pages.post(f"/en/organisation/{member}/removal").status_code == 303
    assert theirs.get("/en/cases").status_code == 303
    assert ("remove_member", owner) in actions(pages)
    pages.client.cookies.clear()
    assert signed_in(pages, "max").status_code == 422
    # Whoever comes back is somebody new to the log.
    assert bind(pages, "max") != member


def test_the_last_owner_stays(pages):
    owner = bind(pages, "erika")
    bind(pages, "max", rights="filer")
    signed_in(pages, "erika")
    invited(pages, "owner", "Not here yet")
    answer = pages.post(f"/en/organisation/{owner}/removal")
    assert answer.status_code == 422
    assert "last owner" in answer.text
    other = bind(pages, "anna")
    assert pages.post(f"/en/organisation/{owner}/removal").headers["location"] == "/en/"
    pages.client.cookies.clear()
    signed_in(pages, "anna")
    assert pages.post(f"/en/organisation/{other}/removal").status_code == 422


def test_members_of_another_party_are_neither_seen_nor_removed(pages):
    member = bind(pages, "max", Caller("holder-2", "rights_holder"))
    same_party_other_role = bind(pages, "anna", Caller("holder-1", "seller"))
    bind(pages, "erika")
    signed_in(pages, "erika")
    for other in (member, same_party_other_role, "member-unknown"):
        assert other not in pages.get("/en/organisation").text
        answer = pages.post(f"/en/organisation/{other}/removal")
        assert answer.status_code == 422
        assert "not there any more" in answer.text
    assert len(pages.rows("SELECT * FROM web_members WHERE removed_at_milliseconds IS NULL")) == 3


def test_a_member_signs_its_own_browsers_out_everywhere_and_no_others(pages):
    bind(pages, "erika")
    bind(pages, "max")
    signed_in(pages, "max")
    pages.client.cookies.clear()
    signed_in(pages, "erika")
    pages.client.cookies.clear()
    signed_in(pages, "erika")
    pages.post("/en/sign-out", everywhere="1")
    (left,) = pages.rows("SELECT subject FROM web_sessions JOIN web_members USING (member_id)")
    assert left["subject"] == "max"


def test_script_in_a_members_name_is_text(pages):
    pages.sign_in("holder-1", "rights_holder")
    page = pages.post("/en/organisation", name="<script>alert(1)</script>", rights="reader").text
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert" not in page
    for name in ("", "x" * 101):
        assert pages.post("/en/organisation", name=name, rights="reader").status_code == 422
