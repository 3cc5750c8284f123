"""A person is given all that is held of it and of nobody else, and is erased when it may be."""

import json

import psycopg
import pytest

from filing.harness import START, complaint
from filing.test_cases_and_more import COUNTER_NOTICE, as_party
from filing.test_evidence import PNG, sweep, upload
from schemas.durations import DAY_MILLISECONDS as DAY
from sinks.personal_data.case_holds import hold_parties, release_parties
from sinks.personal_data.tables import OTHER_TABLES, PERSONAL_TABLES
from sinks.private_texts.store import ERASED

OWN = "/v1/account/personal-data"
SAID = "The shoes on this page are copies, as the sole of them shows."


def filed(api, party="holder-1"):
    """File a complaint with a document; return the case."""
    document = upload(api, PNG, "image/png", party).json()["evidence_id"]
    asked = complaint(
        statement=SAID,
        rights_holder_id=party,
        evidence=[{"evidence_id": document, "kind": "test_buy"}],
    )
    receipt = api.post("/v1/complaints", asked, api.tokens.headers(party)).json()
    return receipt["results"][0]["complaint_id"]


def store_case(api, case_id, closed_at=START, complainant="holder-1", seller="seller-1"):
    """Have the case store know a case."""
    api.execute(
        """
        INSERT INTO cases (
            case_id, listing_id, marketplace, complainant_id, rights_holder_id, seller_id,
            statement_sha256, decision_number, closed_at_milliseconds
        ) VALUES (%s, 'L1', 'taobao', %s, %s, %s, (
            SELECT sha256 FROM private_texts LIMIT 1), 1, %s)
        """,
        *(case_id, complainant, complainant, seller, closed_at),
    )


def given(api, path=OWN, party="holder-1", role="rights_holder"):
    answer = api.get(path, party, role)
    assert answer.status_code == 200, answer.text
    found = {}
    for line in answer.text.splitlines():
        row = json.loads(line)
        found.setdefault(row.pop("table"), []).append(row)
    return found


def erase(api, path="/v1/account/erasure", party="holder-1", role="rights_holder"):
    answer = api.client.put(path, headers=api.tokens.headers(party, role))
    assert answer.status_code == 200, answer.text
    return answer.json()


def reasons(erasure):
    return [each["reason"] for each in erasure["obstacles"]]


def test_each_table_of_the_database_is_given_out_or_told_why_not(api):
    tables = {row["tablename"] for row in api.rows(
        "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
    )}  # fmt: skip
    assert {each.name for each in PERSONAL_TABLES} | set(OTHER_TABLES) == tables


_TASK = """
    INSERT INTO review_tasks (
        task_id, kind, case_id, subject_id, decision_number, listing_id, marketplace,
        complainant_id, rights_holder_id, seller_id, ground, language, reason_codes,
        trusted_flagger, fast_lane, excluded_reviewer_ids, deadline_at_milliseconds,
        issued_at_milliseconds, issued_offset, state
    ) VALUES (
        't1', 'complaint', %s, '', 1, 'L1', 'taobao', 'holder-1', 'holder-1', 'seller-1',
        'counterfeit', '', '{}', false, false, '{}', 1, 1, 1, 'decided'
    )
"""
_DELIVERY = """
    INSERT INTO deliveries (
        command_id, marketplace, type, order_key, listing_id, case_id, rule_id, complainant_id,
        seller_id, restrictive, body, issued_at_milliseconds, taken_in_at_milliseconds, state,
        due_at_milliseconds
    ) VALUES (
        'c1', 'taobao', 't', 'k', 'L1', %s, 'r', 'holder-1', 'seller-1', true, '{}', 1, 1,
        'delivered', 1
    )
"""


def test_a_party_is_given_its_words_in_their_places(api):
    case_id = filed(api)
    api.execute(_TASK, case_id)
    api.execute(
        "INSERT INTO opinions VALUES ('t1', 'rev-7', 'take_down', '{}', 5, 'A plain copy.')"
    )
    api.execute(_DELIVERY, case_id)
    question = {"question": "When is our complaint decided?", "language": "en"}
    as_party(api, "/v1/inquiries", question, "holder-1")
    found = given(api)
    assert [row["complaint_id"] for row in found["filed_complaints"]] == [case_id]
    assert any(SAID in str(row["request"]) for row in found["filings"])
    assert [row["media_type"] for row in found["filed_evidence"]] == ["image/png"]
    assert [row["explanation"] for row in found["opinions"]] == ["A plain copy."]
    assert [row["command_id"] for row in found["deliveries"]] == ["c1"]
    assert [row["question"] for row in found["inquiries"]] == [question["question"]]
    assert {row["text"] for row in found["private_texts"]} >= {SAID, "Erika Mustermann"}
    assert "rev-7" not in json.dumps(found)


def test_of_the_other_side_no_word_and_no_id_is_given(api):
    case_id = filed(api)
    store_case(api, case_id)
    objection = as_party(
        api, f"/v1/cases/{case_id}/counter-notices", COUNTER_NOTICE, "seller-1", "seller"
    )
    assert objection.status_code == 201
    seller = given(api, OWN, "seller-1", "seller")
    assert [row["part"] for row in seller["cases"]] == ["seller"]
    assert COUNTER_NOTICE["statement"] in json.dumps(seller)
    for word in ("holder-1", SAID, "Erika"):
        assert word not in json.dumps(seller), word
    holder = given(api)
    assert [row["part"] for row in holder["cases"]] == ["complainant"]
    assert "seller-1" not in json.dumps(holder)
    assert COUNTER_NOTICE["statement"] not in json.dumps(holder)


def test_only_the_party_and_operators_come_to_its_data(api):
    filed(api)
    path = "/v1/parties/holder-1/personal-data"
    for party, role in (
        ("holder-1", "rights_holder"),
        ("ann", "reviewer"),
        ("taobao", "marketplace"),
    ):
        assert api.get(path, party, role).status_code == 403
        headers = api.tokens.headers(party, role)
        assert api.client.put("/v1/parties/holder-1/erasure", headers=headers).status_code == 403
        hold = api.client.put("/v1/parties/holder-1/hold", json={"reason": "x"}, headers=headers)
        assert hold.status_code == 403
    assert given(api, path, "kim", "operator")["filed_complaints"]
    assert "filed_complaints" not in given(api, OWN, "holder-2")
    reads = api.rows("SELECT reader, party_id FROM private_text_reads ORDER BY reader")
    assert [tuple(row.values()) for row in reads] == [
        ("operator kim", "holder-1"), ("rights_holder holder-2", "holder-2"),
    ]  # fmt: skip


def test_who_has_no_case_is_erased_at_once(api):
    question = {"question": "When is our complaint decided?", "language": "en"}
    as_party(api, "/v1/inquiries", question, "holder-1")
    api.execute("UPDATE inquiries SET answered_at_milliseconds = 1, answer = 'Soon.'")
    erasure = erase(api)
    assert (erasure["state"], erasure["obstacles"]) == ("erased", [])
    assert api.get("/v1/account/erasure").json() == erasure
    assert api.get("/v1/account/erasure", "holder-2").status_code == 404
    found = json.dumps(given(api))
    assert question["question"] not in found
    assert "Soon." not in found


def test_who_has_an_open_case_waits_until_it_is_over(api):
    case_id = filed(api)
    assert reasons(erase(api)) == ["case_not_read"]
    store_case(api, case_id, closed_at=None)
    assert reasons(erase(api)) == ["case_open"]
    api.execute("UPDATE cases SET closed_at_milliseconds = 1")
    until = START + 180 * DAY
    api.execute(
        "INSERT INTO notices VALUES (%s, 'complainant', 'decision', 'holder-1', 'c', 1, 'decline', "
        "NULL, %s, 1)",
        *(case_id, until),
    )
    waiting = erase(api)
    assert reasons(waiting) == ["appeal_possible"]
    assert waiting["obstacles"][0]["until"].startswith("2027-03")
    sweep(api)
    assert SAID in json.dumps(given(api))
    api.clock.advance(181 * DAY)
    sweep(api)
    assert api.get("/v1/account/erasure").json()["state"] == "erased"
    found = json.dumps(given(api))
    assert SAID not in found
    assert ERASED in found
    assert "fingerprint" not in found
    assert [bytes(row["fingerprint"]) for row in api.rows("SELECT fingerprint FROM filings")] == [
        b""
    ]
    sweep(api)
    assert api.rows("SELECT * FROM filed_evidence") == []


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        ("INSERT INTO appeals (appeal_id, party_id) VALUES ('a', 'holder-1')", "appeal_open"),
        (
            "INSERT INTO inquiries VALUES ('q', 'holder-1', NULL, '', 'When?', 1, 2)",
            "question_open",
        ),
        (
            "INSERT INTO counter_notices VALUES ('n', 'c1', 'seller-1', 'other', '', 1, 1)",
            "objection_open",
        ),
    ],
)
def test_what_is_under_way_stands_against_it(api, statement, reason):
    store_case(api, "c1")
    api.execute(statement)
    assert reasons(erase(api)) == [reason]
    assert reasons(erase(api, party="holder-2")) == []


def test_the_sellers_case_stands_against_both(api):
    store_case(api, "c1", closed_at=None)
    assert reasons(erase(api, party="seller-1", role="seller")) == ["case_open"]
    assert reasons(erase(api)) == ["case_open"]


def test_a_legal_duty_holds_what_there_is_until_it_ends(api):
    kim = api.tokens.headers("kim", "operator")
    path = "/v1/parties/holder-1/hold"
    for bad in ({}, {"reason": ""}, {"reason": "Court", "until": "2020-01-01T00:00:00Z"}):
        assert api.client.put(path, json=bad, headers=kim).status_code == 422
    lawsuit = {"reason": "LG Köln, 33 O 1/26", "until": "2027-01-31T00:00:00Z"}
    assert api.client.put(path, json=lawsuit, headers=kim).json()["held"]
    waiting = erase(api, "/v1/parties/holder-1/erasure", "kim", "operator")
    assert waiting["obstacles"] == [{"reason": "legal_hold", "until": "2027-01-31T00:00:00.000Z"}]
    assert given(api)["legal_holds"][0]["reason"] == lawsuit["reason"]
    assert not api.client.delete(path, headers=kim).json()["held"]
    assert api.client.delete(path, headers=kim).status_code == 404
    sweep(api)
    assert api.get("/v1/account/erasure").json()["state"] == "erased"


def test_a_request_that_waits_is_taken_back(api):
    store_case(api, "c1", closed_at=None)
    erase(api)
    headers = api.tokens.headers()
    assert api.client.delete("/v1/account/erasure", headers=headers).json()["state"] == "withdrawn"
    assert api.client.delete("/v1/account/erasure", headers=headers).status_code == 404
    api.execute("UPDATE cases SET closed_at_milliseconds = 1")
    sweep(api)
    assert api.get("/v1/account/erasure").json()["state"] == "withdrawn"
    assert erase(api)["state"] == "erased"


def test_what_is_too_much_for_one_answer_is_not_begun(api, monkeypatch):
    filed(api)
    monkeypatch.setattr("streams.sources.filing.personal_data_routes.MAXIMUM_EXPORT_BYTES", 100)
    answer = api.get(OWN)
    assert answer.status_code == 413
    assert SAID not in answer.text


def kept(api, table):
    return len(api.rows(f"SELECT * FROM {table}"))


def test_texts_of_a_case_end_400_days_after_it_was_closed(api):
    case_id = filed(api)
    api.execute("UPDATE outbox SET sent_at_milliseconds = 1")
    store_case(api, case_id, closed_at=None)
    api.clock.advance(500 * DAY)
    sweep(api)
    texts = kept(api, "private_texts")
    assert (texts, kept(api, "filings")) == (4, 1)
    now = api.clock.now_milliseconds()
    api.execute(f"UPDATE cases SET closed_at_milliseconds = {now}")
    api.execute(f"INSERT INTO appeals (appeal_id, case_id) VALUES ('a-1', '{case_id}')")
    api.clock.advance(401 * DAY)
    sweep(api)
    assert kept(api, "private_texts") == texts
    api.execute("UPDATE appeals SET decided_at_milliseconds = 1")
    sweep(api)
    tables = ("private_texts", "private_text_uses", "filings", "filed_complaints")
    assert [kept(api, table) for table in tables] == [0, 0, 0, 0]
    assert kept(api, "cases") == 1


def test_a_text_stays_while_another_filing_says_it(api):
    first, second = filed(api), filed(api)
    api.execute("UPDATE outbox SET sent_at_milliseconds = 1")
    store_case(api, first)
    store_case(api, second, closed_at=None)
    before = kept(api, "private_texts")
    api.clock.advance(401 * DAY)
    sweep(api)
    # The request of the first is a text of its own.
    assert (kept(api, "private_texts"), kept(api, "filings")) == (before - 1, 1)
    assert SAID in json.dumps(given(api))


def test_a_legal_duty_keeps_texts_beyond_their_time(api):
    store_case(api, filed(api))
    api.execute("UPDATE outbox SET sent_at_milliseconds = 1")
    api.execute(
        "INSERT INTO legal_holds (party_id, reason, recorded_by, recorded_at_milliseconds) "
        "VALUES ('holder-1', 'a lawsuit', 'kim', 1)"
    )
    api.clock.advance(401 * DAY)
    sweep(api)
    assert kept(api, "filings") == 1
    api.execute("UPDATE legal_holds SET lifted_at_milliseconds = 1")
    sweep(api)
    assert [kept(api, table) for table in ("filings", "private_texts", "legal_holds")] == [0, 0, 0]


def test_a_question_and_its_answer_end_with_their_time(api):
    question = {"question": "When is our complaint decided?", "language": "en"}
    as_party(api, "/v1/inquiries", question, "holder-1")
    api.execute("UPDATE outbox SET sent_at_milliseconds = 1")
    api.clock.advance(401 * DAY)
    sweep(api)
    assert kept(api, "inquiries") == 1
    assert question["question"] in json.dumps(given(api))
    api.execute("UPDATE inquiries SET answered_at_milliseconds = 1, answer = ''")
    sweep(api)
    tables = ("inquiries", "filings", "private_texts")
    assert [kept(api, table) for table in tables] == [0, 0, 0]


def test_words_of_before_are_emptied_and_the_other_sides_stay(api):
    store_case(api, "c1")
    api.execute("UPDATE cases SET statement = %s, statement_sha256 = NULL", SAID)
    api.execute(
        "INSERT INTO counter_notices VALUES ('n', 'c1', 'seller-1', 'other', 'Ours.', 1, 1)"
    )
    api.execute("INSERT INTO counter_notice_answers VALUES ('w', 'c1', 'accept', 'Well.', 2, 2)")
    assert given(api)["cases"][0]["statement"] == SAID
    assert erase(api, party="seller-1", role="seller")["state"] == "erased"
    assert given(api)["cases"][0]["statement"] == SAID
    assert api.rows("SELECT statement FROM counter_notices") == [{"statement": ""}]
    assert erase(api)["state"] == "erased"
    assert given(api)["cases"][0]["statement"] == ""
    assert given(api)["counter_notice_answers"][0]["explanation"] == ""


def test_a_case_under_hold_keeps_documents_and_questions_of_its_parties_until_it_ends(api):
    upload(api, PNG)
    question = {"question": "When is our complaint decided?", "language": "en"}
    as_party(api, "/v1/inquiries", question, "holder-1")
    api.execute("UPDATE outbox SET sent_at_milliseconds = 1")
    api.execute("UPDATE inquiries SET answered_at_milliseconds = 1, answer = ''")
    tables = ("inquiries", "filings", "private_texts", "filed_evidence")
    with psycopg.connect(api.address) as connection:
        for case_id in ("c1", "c2", "c1"):
            hold_parties(connection, case_id, ["holder-1", "seller-1"], "kim", START)
    api.clock.advance(801 * DAY)
    sweep(api)
    assert all(kept(api, table) for table in tables)
    with psycopg.connect(api.address) as connection:
        assert release_parties(connection, "c1", START) == 2
    sweep(api)
    assert all(kept(api, table) for table in tables)
    with psycopg.connect(api.address) as connection:
        assert release_parties(connection, "c2", START) == 2
    sweep(api)
    assert not any(kept(api, table) for table in tables)
