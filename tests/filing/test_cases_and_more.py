"""What parties and marketplaces say about a case, by whom, and as which event."""

import json
import time
from datetime import UTC, datetime

import pytest
from standardwebhooks import Webhook

from filing.harness import SECRET, START, complaint
from schemas.events.acknowledgements import CommandAcknowledged
from schemas.events.appeals import AppealFiled
from schemas.events.complaints import ClarificationProvided, ComplaintRetracted
from schemas.events.conduct import SanctionAppealFiled
from schemas.events.counter_notices import CounterNoticeAnswered, CounterNoticeFiled
from schemas.events.desk import InquiryReceived
from schemas.events.orders import OrderLifted, OrderReceived
from schemas.events.seller_orders import SellerOrderLifted, SellerOrderReceived
from schemas.events.surveys import SurveyAnswered
from schemas.events.suspicions import CrimeSuspected

COUNTER_NOTICE = {
    "reason": "authorized",
    "statement": "We are licensed by the owner, see the contract.",
    "signature": "Max Muster",
}
APPEAL = {"statement": "The decision overlooks our licence of 2024."}


@pytest.fixture
def case_id(api):
    headers = api.tokens.headers("agent-1", "agent", acts_for=["holder-1"])
    receipt = api.post("/v1/complaints", complaint(), headers).json()
    return receipt["results"][0]["complaint_id"]


def as_party(api, path, body, party, role="rights_holder"):
    return api.post(path, body, api.tokens.headers(party, role))


def last_event(api):
    return api.events()[-1]


def test_a_clarification_comes_from_the_filer_and_leaves_the_rest_as_it_was(api, case_id):
    path = f"/v1/complaints/{case_id}/clarifications"
    body = {"statement": "The logo on the sole is a copy, see the photo."}
    answer = as_party(api, path, body, "agent-1", "agent")
    assert answer.status_code == 201
    topic, key, event = last_event(api)
    assert (topic, key) == ("ip.complaints.events", "L1")
    assert event == ClarificationProvided(
        answer.json()["filing_id"], case_id, "L1", "agent-1", body["statement"],
        *[None] * 7, (), START, "taobao",
    )  # fmt: skip
    assert as_party(api, path, body, "holder-1").status_code == 404
    assert as_party(api, path, body, "agent-2", "agent").status_code == 404
    assert as_party(api, path, body, "agent-1", "seller").status_code == 403
    assert as_party(api, path, {}, "agent-1", "agent").status_code == 422


def test_a_retraction_comes_from_filer_or_rights_holder(api, case_id):
    path = f"/v1/complaints/{case_id}/retraction"
    answer = as_party(api, path, {"explanation": "settled"}, "holder-1")
    assert last_event(api)[2] == ComplaintRetracted(
        answer.json()["filing_id"], case_id, "L1", "holder-1", "settled", START, "taobao"
    )
    assert as_party(api, path, {}, "holder-2").status_code == 404


def tell_seller(api, case_id, seller="seller-1"):
    api.execute(
        f"INSERT INTO cases (case_id, listing_id, seller_id) VALUES (%s, 'L1', '{seller}')",
        case_id,
    )


def test_while_the_seller_is_unknown_no_seller_may_speak(api, case_id):
    api.execute("INSERT INTO cases (case_id, listing_id) VALUES (%s, 'L1')", case_id)
    survey = {"case_id": case_id, "score": 4}
    question = {"question": "When is our complaint decided?", "language": "en", "case_id": case_id}
    before = len(api.events())
    for path, body in (
        (f"/v1/cases/{case_id}/counter-notices", COUNTER_NOTICE),
        (f"/v1/cases/{case_id}/appeals", APPEAL),
        ("/v1/surveys", survey),
        ("/v1/inquiries", question),
    ):
        answer = as_party(api, path, body, "seller-1", "seller")
        assert answer.status_code == 409, path
        assert answer.json()["type"].endswith("seller-unknown")
    assert len(api.events()) == before
    # Complainants are known from the filing on.
    assert as_party(api, "/v1/surveys", survey, "holder-1").status_code == 201


def test_an_objection_and_its_answer(api, case_id):
    tell_seller(api, case_id)
    path = f"/v1/cases/{case_id}/counter-notices"
    answer = as_party(api, path, COUNTER_NOTICE, "seller-1", "seller")
    assert answer.status_code == 201
    notice_id = answer.json()["filing_id"]
    topic, key, event = last_event(api)
    assert (topic, key) == ("ip.counter-notices.events", "L1")
    assert event == CounterNoticeFiled(
        notice_id, case_id, "L1", "seller-1", "authorized", COUNTER_NOTICE["statement"],
        False, False, "Max Muster", (), START, "taobao",
    )  # fmt: skip
    replies = f"{path}/{notice_id}/answer"
    reply = as_party(api, replies, {"answer": "reject", "explanation": "no"}, "agent-1", "agent")
    assert last_event(api)[2] == CounterNoticeAnswered(
        reply.json()["filing_id"], case_id, "L1", "agent-1", "reject", "no", START, "taobao"
    )
    unknown = as_party(api, f"{path}/{case_id}/answer", {"answer": "accept"}, "holder-1")
    assert unknown.status_code == 404
    assert as_party(api, replies, {"answer": "accept"}, "holder-2").status_code == 404
    assert as_party(api, replies, {"answer": "accept"}, "seller-1", "seller").status_code == 403


def test_once_the_seller_is_known_only_that_seller_may_speak(api, case_id):
    tell_seller(api, case_id, "s")
    path = f"/v1/cases/{case_id}/counter-notices"
    assert as_party(api, path, COUNTER_NOTICE, "seller-1", "seller").status_code == 404
    assert as_party(api, path, COUNTER_NOTICE, "s", "seller").status_code == 201
    path = f"/v1/cases/{case_id}/appeals"
    assert as_party(api, path, APPEAL, "seller-1", "seller").status_code == 404
    assert as_party(api, path, APPEAL, "s", "seller").status_code == 201


def test_a_case_that_came_another_way_is_known_from_the_case_store(api):
    api.execute(
        "INSERT INTO cases (case_id, listing_id, marketplace, complainant_id, rights_holder_id) "
        "VALUES ('other-1', 'L9', 'lazada', 'agent-1', 'holder-1')"
    )
    answer = as_party(api, "/v1/cases/other-1/appeals", APPEAL, "holder-1")
    assert answer.status_code == 201
    assert last_event(api) == (
        "ip.counter-notices.events",
        "L9",
        AppealFiled(answer.json()["filing_id"], "other-1", "L9", "holder-1", APPEAL["statement"],
                    START, "lazada"),
    )  # fmt: skip
    assert as_party(api, "/v1/cases/unknown/appeals", APPEAL, "holder-1").status_code == 404


def test_surveys_and_inquiries(api, case_id):
    tell_seller(api, case_id)
    survey = {"case_id": case_id, "score": 4}
    answer = as_party(api, "/v1/surveys", survey, "seller-1", "seller")
    assert last_event(api)[1:] == (
        "seller-1",
        SurveyAnswered(
            answer.json()["filing_id"], "seller-1", "seller", case_id, "taobao", 4, START
        ),
    )
    assert as_party(api, "/v1/surveys", survey, "holder-2").status_code == 422
    assert as_party(api, "/v1/surveys", {**survey, "score": 6}, "holder-1").status_code == 422
    question = {"question": "When is our complaint decided?", "language": "en", "case_id": case_id}
    answer = as_party(api, "/v1/inquiries", question, "holder-1").json()
    topic, key, event = last_event(api)
    assert (topic, key) == ("ip.desk.events", case_id)
    assert isinstance(event, InquiryReceived)
    assert event.answer_until_milliseconds > START + 2 * 86_400_000
    assert api.rows("SELECT inquiry_id, question FROM inquiries") == [
        {"inquiry_id": answer["filing_id"], "question": ""}
    ]
    filed = api.get(f"/v1/filings/{answer['filing_id']}", "reviewer-1", "reviewer").json()
    assert filed["request"] == question
    assert api.get(f"/v1/filings/{answer['filing_id']}", "holder-2").status_code == 404


def signed(api, body, party="taobao", webhook_id="msg-1", secret=SECRET, at=None):
    content = json.dumps(body)
    moment = datetime.fromtimestamp(at or time.time(), UTC)
    headers = {
        **api.tokens.headers(party, "marketplace"),
        "Content-Type": "application/json",
        "webhook-id": webhook_id,
        "webhook-timestamp": str(int(moment.timestamp())),
        "webhook-signature": Webhook(secret).sign(webhook_id, moment, content),
    }
    return api.client.post("/v1/acknowledgements", content=content, headers=headers)


def test_a_marketplace_signs_what_it_acknowledges_and_a_repeat_is_one(api):
    body = {"command_id": "c1", "case_id": "case-1", "listing_id": "L1", "result": "executed"}
    first = signed(api, body)
    assert first.status_code == 201
    assert signed(api, body).json() == first.json()
    (record,) = api.events()
    assert record[:2] == ("ip.acknowledgements.events", "L1")
    assert record[2]._replace(acknowledgement_id="") == CommandAcknowledged(
        "", "c1", "case-1", "L1", "taobao", "executed", "", START
    )
    assert signed(api, {**body, "result": "failed"}).json()["type"].endswith("key-reused")
    other = b"another secret of 32 bytes......"
    for refused in (
        signed(api, body, secret=other, webhook_id="2"),
        signed(api, body, party="lazada", webhook_id="3"),
        signed(api, body, at=time.time() - 600, webhook_id="4"),
    ):
        assert refused.status_code == 401
    assert len(api.events()) == 1


def test_a_marketplace_does_not_acknowledge_for_another(api):
    receipt = api.post("/v1/complaints", complaint([("L1", "lazada"), ("L2", "taobao")])).json()
    theirs, ours = (row["complaint_id"] for row in receipt["results"])
    body = {"command_id": "c1", "case_id": theirs, "listing_id": "L1", "result": "executed"}
    assert signed(api, body).status_code == 404
    assert signed(api, {**body, "case_id": ours}, webhook_id="2").status_code == 404
    own = {**body, "case_id": ours, "listing_id": "L2"}
    assert signed(api, own, webhook_id="3").status_code == 201


@pytest.fixture
def blocked(api):
    """A detection whose listing was blocked, as the case store has it."""
    api.execute(
        "INSERT INTO detections VALUES ('found-1', 'L7', 'taobao', 'seller-1', 'Cutex replica',"
        " 'https://shop.example/L7', 'block', '{counterfeit_words}',"
        """ '[{"term": "cutex", "outcome": "block"}]', 0, 1790000000000)"""
    )
    api.execute(
        "INSERT INTO commands (command_id, kind, case_id, listing_id, marketplace, seller_id,"
        " reason_codes, issued_at_milliseconds) VALUES ('b-1', 'block', 'found-1', 'L7', 'taobao',"
        " 'seller-1', '{counterfeit_words}', 1790000000000)"
    )
    return "found-1"


def test_a_seller_reads_objects_and_appeals_by_the_detection(api, blocked):
    status = api.get(f"/v1/detections/{blocked}", "seller-1", "seller").json()
    assert (status["status"], status["automated"]) == ("blocked", True)
    assert status["reason_codes"] == ["counterfeit_words"]
    assert status["marks"] == ["cutex"]
    answer = as_party(api, f"/v1/cases/{blocked}/appeals", APPEAL, "seller-1", "seller")
    assert answer.status_code == 201
    assert last_event(api) == (
        "ip.counter-notices.events",
        "L7",
        AppealFiled(answer.json()["filing_id"], blocked, "L7", "seller-1", APPEAL["statement"],
                    START, "taobao"),
    )  # fmt: skip
    path = f"/v1/cases/{blocked}/counter-notices"
    assert as_party(api, path, COUNTER_NOTICE, "seller-1", "seller").status_code == 201
    api.execute(
        "INSERT INTO commands (command_id, kind, case_id, reason_codes, issued_at_milliseconds)"
        " VALUES ('r-1', 'reinstate', 'found-1', '{ordinary_use}', 1790000000001)"
    )
    status = api.get(f"/v1/detections/{blocked}", "seller-1", "seller").json()
    assert (status["status"], status["reason_codes"]) == ("put_back", ["ordinary_use"])


def tell_of_block(api, outcome, at):
    api.execute(
        "INSERT INTO notices VALUES ('found-1', 'seller', 'decision', 'seller-1', 'n-1', 1, %s,"
        " 1790000900000, 1799000000000, %s)"
        " ON CONFLICT (case_id, role, kind) DO UPDATE SET outcome = EXCLUDED.outcome",
        outcome,
        at,
    )


def test_a_block_that_joined_a_takedown_is_read_and_objected_to_without_a_command(api, blocked):
    api.execute("DELETE FROM commands")
    tell_of_block(api, "block", 1_790_000_000_000)
    status = api.get(f"/v1/detections/{blocked}", "seller-1", "seller").json()
    assert (status["status"], status["reason_codes"]) == ("blocked", ["counterfeit_words"])
    assert status["object_until"] is not None
    for path, body in (("counter-notices", COUNTER_NOTICE), ("appeals", APPEAL)):
        answer = as_party(api, f"/v1/cases/{blocked}/{path}", body, "seller-1", "seller")
        assert answer.status_code == 201
        answer = as_party(api, f"/v1/cases/{blocked}/{path}", body, "seller-2", "seller")
        assert answer.status_code == 404
    tell_of_block(api, "reinstate", 1_790_000_000_001)
    assert api.get(f"/v1/detections/{blocked}", "seller-1", "seller").json()["status"] == "lifted"


def test_a_block_in_some_countries_is_read_like_any_other(api, blocked):
    api.execute("UPDATE commands SET kind = 'restrict', territories = '{DE,FR}'")
    status = api.get(f"/v1/detections/{blocked}", "seller-1", "seller").json()
    assert (status["status"], status["territories"]) == ("restricted", ["DE", "FR"])
    path = f"/v1/cases/{blocked}/counter-notices"
    assert as_party(api, path, COUNTER_NOTICE, "seller-1", "seller").status_code == 201


@pytest.mark.parametrize(
    ("party", "role", "answered"),
    [
        ("agent-1", "agent", 200),
        ("holder-1", "rights_holder", 200),
        ("seller-1", "seller", 200),
        ("reviewer-1", "reviewer", 200),
        ("seller-2", "seller", 404),
        ("holder-2", "rights_holder", 404),
    ],
)
def test_the_parties_of_a_case_that_came_another_way_read_its_status(api, party, role, answered):
    api.execute(
        "INSERT INTO cases (case_id, listing_id, marketplace, complainant_id, rights_holder_id,"
        " seller_id, decision_number, received_at_milliseconds, closed_at_milliseconds)"
        " VALUES ('other-1', 'L9', 'lazada', 'agent-1', 'holder-1', 'seller-1', 1, 1790000000000,"
        " 1790000000000)"
    )
    answer = api.get("/v1/complaints/other-1", party, role)
    assert answer.status_code == answered
    if answered == 200:
        assert (answer.json()["status"], answer.json()["batch_id"]) == ("closed", None)


def test_a_detection_is_nobody_elses_and_one_without_a_command_is_nobodys(api, blocked):
    assert api.get(f"/v1/detections/{blocked}", "seller-2", "seller").status_code == 404
    assert api.get(f"/v1/detections/{blocked}").status_code == 403
    assert api.get(f"/v1/detections/{blocked}", "operator-1", "operator").status_code == 200
    for party, role in (("seller-2", "seller"), ("holder-1", "rights_holder")):
        path = f"/v1/cases/{blocked}/appeals"
        assert as_party(api, path, APPEAL, party, role).status_code == 404
    api.execute("DELETE FROM commands")
    assert api.get(f"/v1/detections/{blocked}", "seller-1", "seller").status_code == 404
    path = f"/v1/cases/{blocked}/appeals"
    assert as_party(api, path, APPEAL, "seller-1", "seller").status_code == 404


def test_a_reviewer_is_not_told_what_was_decided_while_a_second_look_is_due(api, case_id):
    api.execute(
        "INSERT INTO cases (case_id, listing_id, marketplace, decision_number, outcome,"
        " closed_at_milliseconds) VALUES (%s, 'L1', 'taobao', 1, 'decline', 1790000000000)",
        case_id,
    )
    api.execute(
        "INSERT INTO decisions VALUES (%s, 1, 'L1', 'taobao', 'decline', '{counterfeit}', 'r',"
        " '{}', null, true, true, null, null, 1790000000000, 1790000000000, '{}')",
        case_id,
    )
    api.execute(
        "INSERT INTO review_tasks (task_id, kind, case_id, subject_id, decision_number, listing_id,"
        " marketplace, complainant_id, rights_holder_id, seller_id, ground, language, reason_codes,"
        " trusted_flagger, fast_lane, excluded_reviewer_ids, deadline_at_milliseconds,"
        " issued_at_milliseconds, issued_offset) VALUES ('t-1', 'second_look', %s, 's', 1, 'L1',"
        " 'taobao', '', '', '', '', '', '{second_look}', false, false, '{}', 0, 0, 0)",
        case_id,
    )
    path = f"/v1/complaints/{case_id}"
    blind = api.get(path, "reviewer-1", "reviewer").json()
    assert (blind["decisions"], blind["status"], blind["closed_at"]) == ([], "received", None)
    batch = api.get(f"/v1/batches/{blind['batch_id']}", "reviewer-1", "reviewer").json()
    assert batch["complaints"] == [blind]
    told = api.get(path, "operator-1", "operator").json()
    assert [each["outcome"] for each in told["decisions"]] == ["decline"]
    api.execute("UPDATE review_tasks SET state = 'decided'")
    assert api.get(path, "reviewer-1", "reviewer").json() == told


@pytest.mark.parametrize(
    ("party", "role", "part"),
    [("seller-1", "seller", "seller"), ("holder-1", "rights_holder", "complainant")],
)
def test_a_party_appeals_a_measure_against_its_own_account(api, party, role, part):
    answer = as_party(api, "/v1/account/appeals", APPEAL, party, role)
    assert answer.status_code == 201, answer.text
    assert answer.json()["case_id"] is None
    topic, key, event = last_event(api)
    assert (topic, key) == ("ip.conduct.events", party)
    assert isinstance(event, SanctionAppealFiled)
    assert (event.party_id, event.role) == (party, part)
    assert event.statement == APPEAL["statement"]
    assert event.appeal_id == answer.json()["filing_id"]


@pytest.mark.parametrize("role", ["reviewer", "operator", "marketplace"])
def test_who_has_no_account_appeals_none(api, role):
    assert as_party(api, "/v1/account/appeals", APPEAL, "x", role).status_code == 403


ORDER = {
    "listing_id": "L1",
    "marketplace": "taobao",
    "issuer": "Landgericht Hamburg",
    "reference": "312 O 1/26",
    "kind": "injunction",
    "effect": "keep_down",
    "legal_basis": "German Trade Mark Act, section 14(5)",
    "territories": ["DE"],
    "document": "orders/1.pdf",
}


def test_an_operator_records_an_order_and_that_it_was_lifted(api):
    answer = as_party(api, "/v1/orders", ORDER, "operator-1", "operator")
    assert answer.status_code == 201, answer.text
    topic, key, event = last_event(api)
    assert (topic, key) == ("ip.reviews.events", "L1")
    assert isinstance(event, OrderReceived)
    assert (event.order_id, event.recorded_by) == (answer.json()["filing_id"], "operator-1")
    assert (event.territories, event.until_milliseconds) == (("DE",), None)
    path = f"/v1/orders/{event.order_id}/lifted"
    assert as_party(api, path, {}, "operator-2", "operator").status_code == 201
    lifted = last_event(api)[2]
    assert isinstance(lifted, OrderLifted)
    assert (lifted.order_id, lifted.listing_id) == (event.order_id, "L1")
    assert lifted.marketplace == "taobao"
    assert as_party(api, "/v1/orders/unknown/lifted", {}, "o", "operator").status_code == 404


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"territories": ["XX"]}, "#/territories/0"),
        ({"kind": "wish"}, "#/kind"),
        ({"effect": "shame"}, "#/effect"),
        ({"issuer": ""}, "#/issuer"),
        ({"until": "2001-01-01T00:00:00Z"}, "#/until"),
        ({"until": 4_000_000_000}, "#/until"),
        ({"until": "2100-01-01"}, "#/until"),
        ({"until": "2100-01-01T00:00:00"}, "#/until"),
        ({"until": "2100-02-30T00:00:00Z"}, "#/until"),
    ],
)
def test_a_bad_order_is_told_field_by_field(api, change, pointer):
    answer = as_party(api, "/v1/orders", {**ORDER, **change}, "operator-1", "operator")
    assert answer.status_code == 422
    assert [each["pointer"] for each in answer.json()["errors"]] == [pointer]


@pytest.mark.parametrize(
    "until", ["2100-01-01T00:00:00Z", "2100-01-01T02:00:00+02:00", "2099-12-31T16:00:00.0-08:00"]
)
def test_an_order_ends_when_it_says(api, until):
    answer = as_party(api, "/v1/orders", {**ORDER, "until": until}, "operator-1", "operator")
    assert answer.status_code == 201, answer.text
    assert last_event(api)[2].until_milliseconds == 4_102_444_800_000


SELLER_ORDER = {
    "party_id": "seller-9",
    **{name: value for name, value in ORDER.items() if name not in ("listing_id", "marketplace")},
    "effect": "block",
}


def test_an_operator_records_an_order_against_a_seller_and_that_it_was_lifted(api):
    answer = as_party(api, "/v1/seller-orders", SELLER_ORDER, "operator-1", "operator")
    assert answer.status_code == 201, answer.text
    topic, key, event = last_event(api)
    assert (topic, key) == ("ip.conduct.events", "seller-9")
    assert isinstance(event, SellerOrderReceived)
    assert (event.effect, event.territories) == ("block", ("DE",))
    path = f"/v1/seller-orders/{event.order_id}/lifted"
    assert as_party(api, path, {}, "operator-2", "operator").status_code == 201
    lifted = last_event(api)[2]
    assert isinstance(lifted, SellerOrderLifted)
    assert (lifted.order_id, lifted.party_id) == (event.order_id, "seller-9")


def test_an_order_is_lifted_as_what_it_was_recorded(api):
    answer = as_party(api, "/v1/orders", ORDER, "operator-1", "operator")
    path = f"/v1/seller-orders/{answer.json()['filing_id']}/lifted"
    assert as_party(api, path, {}, "operator-1", "operator").status_code == 404


def test_an_order_against_a_seller_puts_nothing_back(api):
    order = {**SELLER_ORDER, "effect": "put_back"}
    answer = as_party(api, "/v1/seller-orders", order, "operator-1", "operator")
    [told] = answer.json()["errors"]
    assert told["pointer"] == "#/effect"
    assert "the nearest are block, inform" in told["detail"]


SUSPICION = {
    "listing_id": "L1",
    "marketplace": "taobao",
    "suspicion": "These airbags have no gas generator inside.",
    "territories": ["DE"],
}


def test_an_operator_has_authorities_informed(api):
    answer = as_party(api, "/v1/suspicions", SUSPICION, "operator-1", "operator")
    assert answer.status_code == 201, answer.text
    topic, key, event = last_event(api)
    assert (topic, key) == ("ip.reviews.events", "L1")
    assert isinstance(event, CrimeSuspected)
    assert (event.suspicion, event.territories) == (SUSPICION["suspicion"], ("DE",))
    assert (event.case_id, event.recorded_by) == ("", "operator-1")


def test_a_suspicion_says_what_is_suspected(api):
    said = {**SUSPICION, "suspicion": ""}
    answer = as_party(api, "/v1/suspicions", said, "operator-1", "operator")
    assert [each["pointer"] for each in answer.json()["errors"]] == ["#/suspicion"]


@pytest.mark.parametrize("role", ["seller", "rights_holder", "marketplace", "reviewer"])
@pytest.mark.parametrize(
    ("path", "order"),
    [("orders", ORDER), ("seller-orders", SELLER_ORDER), ("suspicions", SUSPICION)],
)
def test_only_operators_record_orders(api, role, path, order):
    assert as_party(api, f"/v1/{path}", order, "x", role).status_code == 403
