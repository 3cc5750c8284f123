"""What the pages let whom see and do; no browser is needed for it."""

import csv
import re

import pytest
from world import HOUR

from ops.web.desk_pages import pieces
from ops.web.sessions import COOKIE
from web.made_cases import taken_down
from web.site_made import LISTING, MARK, SCRIPT, doubtful

OBJECTION = {
    "reason": "authorized",
    "statement": "I bought these from the rights holder's own shop, see the invoice.",
    "signature": "Max Seller",
}


def test_pages_need_a_session_of_the_right_role(filled):
    private = {
        "reviewer": ("/en/desk", "/en/desk/batches", "/en/desk/inquiries"),
        "seller": ("/en/seller", "/en/seller/cases/c4", "/en/seller.csv"),
        "rights_holder": ("/en/cases", "/en/cases/c4", "/en/filing", "/en/cases.csv"),
        "operator": ("/en/operations", "/en/deliveries", "/en/dead-letters", "/en/audit",
                     "/en/endpoints", "/en/standings"),
    }  # fmt: skip
    paths = {path for own in private.values() for path in own}
    for path in paths:
        answer = filled.get(path)
        assert answer.status_code == 303, path
        assert answer.headers["location"].startswith("/en/sign-in?next=/en/")
    parties = {"reviewer": "anna", "seller": "seller-9", "rights_holder": "holder-1"}
    for role, own in private.items():
        filled.sign_in(parties.get(role, "operator-1"), role)
        for path in paths:
            assert filled.get(path).status_code == (200 if path in own else 403), (role, path)


def test_another_partys_case_is_not_found(filled):
    for party, role, path in (
        ("seller-8", "seller", "/en/seller/cases/c4"),
        ("holder-2", "rights_holder", "/en/cases/c4"),
        ("agent-1", "agent", "/en/cases/c4"),
    ):
        filled.sign_in(party, role)
        assert filled.get(path).status_code == 404
    filled.sign_in("seller-8", "seller")
    for act in ("objection", "appeal"):
        answer = filled.post(f"/en/seller/cases/c4/{act}", **OBJECTION)
        assert answer.status_code == 404
    filled.sign_in("holder-2", "rights_holder")
    answer = filled.post("/en/cases/c4/retraction", explanation="")
    assert answer.status_code == 404
    assert filled.rows("SELECT kind FROM filings") == []


def test_a_task_is_shown_and_decided_by_its_holder_only(filled):
    (held,) = filled.rows("SELECT task_id FROM review_tasks WHERE reviewer_id = 'anna'")
    path = f"/en/desk/tasks/{held['task_id']}"
    filled.sign_in("ben", "reviewer")
    assert filled.get(path).status_code == 409
    given = {"outcome": "take_down", "reason": "counterfeit"}
    assert filled.post(f"{path}/verdict", **given).status_code == 409
    assert filled.post(f"{path}/pass", why="no", to="queue").status_code == 409
    assert filled.rows("SELECT * FROM held_verdicts") == []


def test_a_reviewer_decides_undoes_and_decides_again(filled):
    filled.sign_in("anna", "reviewer")
    first = filled.post("/en/desk/next").headers["location"]
    page = filled.get(first)
    assert '<mark title="digits for letters">N1ke</mark>' in page.text
    for shown in ("Nike Innovate C.V.", "The title likens the goods", "review-comparison",
                  "plain use for the goods", "no batch number"):  # fmt: skip
        assert shown in page.text
    verdict = {"outcome": "take_down", "reason": "counterfeit", "note": "It differs.", "go_on": "1"}
    second = filled.post(f"{first}/verdict", **verdict).headers["location"]
    assert second != first
    assert "Your last verdict" in filled.get(second).text
    assert filled.post(f"{first}/undo").headers["location"] == first
    filled.post(f"{first}/verdict", **{**verdict, "outcome": "decline"})
    filled.services.clock.advance(HOUR // 60)
    filled.upkeep()
    (row,) = filled.rows("SELECT content FROM outbox WHERE event_type = 'ReviewDecided'")
    assert row["content"]["outcome"] == "decline"
    assert row["content"]["explanation"] == "It differs."
    acts = [each["action"] for each in filled.rows("SELECT action FROM web_actions")]
    assert acts.count("verdict") == 2
    assert "undo" in acts


QUESTION = "Which documents do you need for a licence of a mark?"


def test_a_question_is_asked_answered_and_read_by_who_asked(filled):
    filled.sign_in("holder-1", "rights_holder")
    assert filled.post("/en/inquiries", question="Why?").status_code == 422
    sent = filled.post("/en/inquiries", question=QUESTION, case_id="c4")
    assert sent.headers["location"] == "/en/inquiries?told=asked"
    assert QUESTION in filled.get("/en/inquiries").text
    refused = filled.post("/en/inquiries", question=QUESTION, case_id="of-another")
    assert (refused.status_code, refused.text.count(QUESTION)) == (422, 2)
    filled.sign_in("anna", "reviewer")
    assert QUESTION in filled.get("/en/desk/inquiries").text
    (row,) = filled.rows("SELECT inquiry_id FROM inquiries")
    path = f"/en/desk/inquiries/{row['inquiry_id']}"
    assert filled.post(path, answer="").status_code == 422
    answer = f"The licence itself {SCRIPT}"
    assert filled.post(path, answer=answer).status_code == 303
    assert "was answered by anna" in filled.post(path, answer=answer).text
    filled.sign_in("holder-1", "rights_holder")
    page = filled.get("/en/inquiries").text
    assert "The licence itself" in page
    assert SCRIPT not in page
    filled.sign_in("seller-9", "seller")
    assert QUESTION not in filled.get("/en/inquiries").text
    with filled.services.database.connection() as connection:
        filled.services.private_texts.erase(connection, "holder-1")
    filled.sign_in("holder-1", "rights_holder")
    assert filled.get("/de/inquiries").text.count("[gelöscht]") == 2


def test_a_party_that_files_for_the_first_time_is_called_on(filled):
    filled.upkeep()
    (row,) = filled.rows("SELECT outreach_id FROM outreach_tasks WHERE reason = 'new_party'")
    filled.sign_in("anna", "reviewer")
    assert "Filed for the first time" in filled.get("/en/desk/inquiries").text
    path = f"/en/desk/calls/{row['outreach_id']}"
    assert filled.post(path).status_code == 303
    assert filled.post(path).status_code == 422
    assert "Filed for the first time" not in filled.get("/en/desk/inquiries").text


@pytest.mark.parametrize(
    ("party", "role", "path"),
    [("holder-1", "rights_holder", "/en/cases/c3"), ("seller-9", "seller", "/en/seller/cases/c3")],
)
def test_a_party_tells_once_how_satisfied_it_was(filled, party, role, path):
    asked = "How satisfied are you"
    filled.sign_in(party, role)
    assert asked in filled.get(path).text
    for score in ("", "6", "0", "²"):
        assert filled.post(f"{path}/survey", score=score).status_code == 422
    assert filled.post(f"{path}/survey", score="4").headers["location"] == f"{path}?sent=survey"
    told = [row["kind"] for row in filled.rows("SELECT kind FROM filings WHERE case_id = 'c3'")]
    assert told == ["survey"]
    assert asked not in filled.get(path).text
    filled.sign_in("holder-2", "rights_holder")
    assert filled.post("/en/cases/c3/survey", score="4").status_code == 404


def test_a_case_that_is_open_is_not_asked_about(filled):
    filled.sign_in("holder-1", "rights_holder")
    assert "How satisfied are you" not in filled.get("/en/cases/c1").text


def test_cases_are_given_as_a_file(filled):
    filled.tell(*doubtful("=HYPERLINK(1)"))
    filled.sign_in("holder-1", "rights_holder")
    answer = filled.get("/en/cases.csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert "attachment" in answer.headers["content-disposition"]
    rows = list(csv.DictReader(answer.content.decode("utf-8-sig").splitlines()))
    by_id = {row["case_id"]: row for row in rows}
    assert {"c1", "c2", "c4", "'=HYPERLINK(1)"} <= set(by_id)
    assert (by_id["c4"]["outcome"], by_id["c4"]["ground"]) == ("take_down", "counterfeit")
    filled.sign_in("seller-9", "seller")
    listed = list(csv.DictReader(filled.get("/en/seller.csv").text.lstrip("\ufeff").splitlines()))
    assert "c4" in {row["case_id"] for row in listed}
    filled.sign_in("holder-2", "rights_holder")
    assert len(filled.get("/en/cases.csv").text.splitlines()) == 1


def batch_offered(pages):
    """Return the address of the one batch that a reviewer may take."""
    (address,) = re.findall(
        r'action="(/en/desk/batches/[^"]+)"', pages.get("/en/desk/batches").text
    )
    return address


def test_tasks_that_are_alike_are_decided_and_undone_together(pages):
    pages.team("anna")
    pages.tell(*(event for number in range(4) for event in doubtful(f"b{number}")))
    pages.sign_in("anna", "reviewer")
    batch = batch_offered(pages)
    assert pages.post(batch).headers["location"] == batch
    page = pages.get(batch).text
    assert page.count('<mark title="digits for letters">N1ke</mark>') == 4
    ids = [row["task_id"] for row in pages.rows("SELECT task_id FROM review_tasks")]
    given = {"outcome": "take_down", "reason": "counterfeit", "note": "It differs."}
    assert "Nothing is ticked." in pages.post(f"{batch}/verdict", shown=ids, **given).text
    lone = {"shown": ids, "task": ids, "outcome": "take_down"}
    refused = pages.post(f"{batch}/verdict", **lone)
    assert refused.status_code == 422
    assert refused.text.count("needs a reason code") == 4
    back = next(each for each in ids if each not in batch)
    ticked = [each for each in ids if each != back]
    answer = pages.post(f"{batch}/verdict", shown=ids, task=ticked, **given)
    batch = answer.headers["location"]
    assert "3 verdicts are sent at" in pages.get(batch).text
    (open_row,) = pages.rows("SELECT task_id FROM review_tasks WHERE state = 'open'")
    assert open_row["task_id"] == back
    assert pages.post(f"{batch}/undo").headers["location"] == batch
    assert pages.rows("SELECT * FROM held_verdicts") == []
    pages.post(f"{batch}/verdict", shown=ids, task=ticked, **given)
    pages.services.clock.advance(HOUR // 20)
    pages.upkeep()
    sent = pages.rows("SELECT content FROM outbox WHERE event_type = 'ReviewDecided'")
    assert [row["content"]["explanation"] for row in sent] == ["It differs."] * 3
    assert pages.get(batch).headers["location"] == "/en/desk?told=nothing"
    acts = [each["action"] for each in pages.rows("SELECT action FROM web_actions")]
    assert {"take_batch", "view_batch", "verdict_batch", "undo_batch"} <= {*acts}


def test_a_batch_is_its_holders_only(pages):
    pages.team("anna", "ben")
    pages.tell(*doubtful("b1"), *doubtful("b2"))
    pages.sign_in("anna", "reviewer")
    batch = batch_offered(pages)
    pages.post(batch)
    ids = [row["task_id"] for row in pages.rows("SELECT task_id FROM review_tasks")]
    pages.sign_in("ben", "reviewer")
    assert pages.get(batch).headers["location"] == "/en/desk?told=nothing"
    given = {"outcome": "take_down", "reason": "counterfeit"}
    pages.post(f"{batch}/verdict", shown=ids, task=ids, **given)
    pages.post(f"{batch}/undo")
    assert pages.rows("SELECT * FROM held_verdicts") == []
    pages.post(batch)
    held = "SELECT count(*) AS count FROM review_tasks WHERE reviewer_id = 'anna'"
    assert pages.rows(held)[0]["count"] == 2
    assert pages.post("/en/desk/batches/none").status_code == 422


def test_what_the_desk_refuses_is_told_on_the_tasks_page(filled):
    filled.sign_in("anna", "reviewer")
    task = filled.post("/en/desk/next").headers["location"]
    answer = filled.post(f"{task}/verdict", outcome="take_down")
    assert answer.status_code == 422
    assert "needs a reason code" in answer.text
    assert filled.post(f"{task}/pass", why="", to="queue").status_code == 422
    assert filled.post(f"{task}/pass", why="Not my field", to="senior").status_code == 303
    assert filled.get(task).status_code == 409


def test_a_form_is_taken_from_its_own_browser_and_session_only(filled):
    filled.sign_in("seller-9", "seller")
    path = "/en/seller/cases/c4/objection"
    own = filled.form_token()
    assert filled.post(path, form={**OBJECTION}).status_code == 403
    assert filled.post(path, form={**OBJECTION, "form_token": "0" * 64}).status_code == 403
    filled.sign_in("seller-9", "seller")
    assert filled.post(path, form={**OBJECTION, "form_token": own}).status_code == 403
    for headers in ({"sec-fetch-site": "cross-site"}, {"origin": "https://evil.example"}):
        given = {**OBJECTION, "form_token": filled.form_token()}
        assert filled.client.post(path, data=given, headers=headers).status_code == 403
    assert filled.rows("SELECT * FROM filings") == []


def test_a_form_sent_again_files_nothing_new(filled):
    filled.sign_in("seller-9", "seller")
    path = "/en/seller/cases/c4/objection"
    form = {**OBJECTION, "form_token": filled.form_token(), "form_key": "a" * 32}
    for _ in range(2):
        assert filled.post(path, form=form).status_code == 303
    assert len(filled.rows("SELECT * FROM filings")) == 1
    assert len(filled.rows("SELECT * FROM outbox WHERE event_type = 'CounterNoticeFiled'")) == 1


def test_a_session_begins_with_an_id_of_its_own_and_ends_where_it_is_asked_to(filled):
    filled.client.cookies.set(COOKIE, "chosen-by-somebody-else")
    token = filled.tokens.token("holder-1", "rights_holder")
    answer = filled.post("/en/sign-in", token=token)
    cookie = answer.headers["set-cookie"]
    assert "chosen-by-somebody-else" not in cookie
    for flag in ("HttpOnly", "Secure", "SameSite=lax", "Path=/"):
        assert flag in cookie
    first = re.search(f"{COOKIE}=([^;]+)", cookie)[1]
    filled.sign_in("holder-1", "rights_holder")
    other = filled.browser()
    other.cookies.set(COOKIE, first)
    assert other.get("/en/cases").status_code == 200
    filled.post("/en/sign-out", everywhere="1")
    assert other.get("/en/cases").status_code == 303
    assert filled.rows("SELECT * FROM web_sessions") == []


def test_a_session_ends_with_its_token(filled):
    filled.sign_in("holder-1", "rights_holder", lifetime_seconds=600)
    assert filled.get("/en/cases").status_code == 200
    # The token's own time is the machine's; the session's is the site's.
    filled.services.clock.advance(100 * 365 * 24 * HOUR)
    assert filled.get("/en/cases").status_code == 303


@pytest.mark.parametrize(
    "wanted",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "/en//evil.example",
     "javascript:alert(1)", "/xx/desk", "/en/desk\r\nX: y"],
)  # fmt: skip
def test_sign_in_leads_to_no_other_site(filled, wanted):
    token = filled.tokens.token("anna", "reviewer")
    answer = filled.post("/en/sign-in", token=token, next=wanted)
    assert answer.headers["location"] == "/en/desk"
    assert wanted not in filled.client.get("/en/sign-in", params={"next": wanted}).text


def test_a_token_that_is_not_ours_begins_nothing(filled):
    assert filled.post("/en/sign-in", token="x.y.z").status_code == 422
    assert filled.rows("SELECT * FROM web_sessions") == []


def test_script_in_what_parties_wrote_is_text(pages):
    pages.team("anna")
    title = f"Nike {SCRIPT} shoes"
    mark = MARK._replace(mark_text=f"NIKE{SCRIPT}", owners=(SCRIPT,))
    listing = LISTING._replace(title=title, brand=SCRIPT, category=SCRIPT, url=SCRIPT)
    told = doubtful("c1", listing=listing, mark=mark, mark_goods=SCRIPT)
    topic, filed = told[0]
    told[0] = (topic, filed._replace(statement=f"{SCRIPT} is what they offer, copies of ours."))
    pages.tell(*told, *taken_down("c4"))
    pages.sign_in("anna", "reviewer")
    shown = pages.get(pages.post("/en/desk/next").headers["location"])
    pages.sign_in("seller-9", "seller")
    refused = pages.post(
        "/en/seller/cases/c4/objection", **{**OBJECTION, "statement": SCRIPT, "signature": ""}
    )
    assert refused.status_code == 422
    for page in (shown, refused):
        assert "alert(1)" in page.text
        assert "<script>alert" not in page.text


def test_every_page_carries_a_policy_that_lets_no_script_in(filled):
    for path in ("/en/", "/en/questions", "/en/sign-in", "/nowhere", "/xx/", "/static/pages.css"):
        answer = filled.get(path)
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["x-frame-options"] == "DENY"
        inline = re.findall(r"<script(?![^>]*(?: src=|ld\+json))|<style| style=| on[a-z]+=",
                            answer.text)  # fmt: skip
        assert inline == []


def test_what_is_too_much_is_refused(filled):
    answers = [filled.post("/en/status", complaint="c", email="a@b.example") for _ in range(11)]
    assert [each.status_code for each in answers] == [404] * 10 + [429]
    assert int(answers[-1].headers["retry-after"]) > 0


def test_large_bodies_are_read_of_who_is_signed_in_only(filled):
    large = {"documents": ("d.txt", b"x" * (1 << 21), "text/plain")}
    given = {"form_token": filled.form_token()}
    path = "/en/seller/cases/c4/appeal"
    assert filled.client.post(path, data=given, files=large).status_code == 403
    filled.sign_in("seller-9", "seller")
    given = {"form_token": filled.form_token(), "statement": "It is genuine, see the invoice."}
    assert filled.client.post(path, data=given, files=large).status_code == 303


def test_a_title_is_cut_at_its_hits():
    assert pieces("a b c", [(2, 3, "leet"), (2, 5, "near"), (9, 9, "x")]) == [
        ("a ", None),
        ("b", "leet"),
        (" c", None),
    ]
    assert pieces("", []) == []


def test_operators_halt_and_resume_with_a_reason(filled):
    filled.sign_in("op", "operator")
    given = {"scope": "seller:seller-9", "position": "halt"}
    assert filled.post("/en/operations/switch", **given).status_code == 422
    assert (
        filled.post("/en/operations/switch", **{**given, "scope": "x", "why": "y"}).status_code
        == 422
    )
    assert filled.post("/en/operations/switch", **given, why="Look first").status_code == 303
    assert "seller:seller-9" in filled.get("/en/operations").text
    filled.post("/en/operations/switch", **{**given, "position": "resume"}, why="Seen")
    assert "Nothing is halted" in filled.get("/en/operations").text
    audit = filled.get("/en/audit").text
    assert "halt" in audit
    assert "not_decoded" in filled.get("/en/dead-letters").text


def test_one_release_or_cancel_is_noted_with_who_and_why(filled):
    filled.sign_in("op", "operator")
    filled.rows(
        "INSERT INTO deliveries (command_id, marketplace, type, order_key, listing_id, case_id, "
        "rule_id, complainant_id, seller_id, restrictive, body, issued_at_milliseconds, "
        "taken_in_at_milliseconds, state, reason, due_at_milliseconds) VALUES ('k1', 'shop', 't', "
        "'o', 'l', 'c', 'r', 'h', 's', true, '{}', 1, 1, 'held', 'cap_seller', 1) "
        "RETURNING command_id"
    )
    assert "cap_seller" in filled.get("/en/deliveries").text
    assert filled.post("/en/deliveries", command_id="k1", action="release").status_code == 422
    done = filled.post("/en/deliveries", command_id="k1", action="cancel", why="Not ours")
    assert "1 delivery changed" in done.text
    (noted,) = filled.rows("SELECT operator_id, action, reason FROM delivery_actions")
    assert noted == {"operator_id": "op", "action": "cancel", "reason": "Not ours"}


def test_a_fragment_is_the_part_that_the_page_has(filled):
    filled.sign_in("anna", "reviewer")
    whole = filled.get("/en/desk").text
    part = filled.get("/en/desk", **{"HX-Request": "true"}).text
    assert part.lstrip().startswith("<h2>")
    assert "<html" not in part
    table = re.search(r"<h2>What waits</h2>.*?</table>", part, re.DOTALL)[0]
    assert table in whole
