"""Complaints: a result for each row, once for each request, and durable before it is answered."""

import threading

import pytest

from filing.harness import START, Api, complaint, new_database
from ops.local.patience import wait_for
from ops.local.postgres import PostgresServer
from sinks.database.locks import Lock, lock_key
from streams.sources.filing.settings import MAXIMUM_LISTINGS, FilingSettings


def test_each_listing_becomes_a_case_keyed_by_listing(api):
    listings = [(f"L{n}", "taobao" if n % 2 else "lazada") for n in range(MAXIMUM_LISTINGS)]
    answer = api.post("/v1/complaints", complaint(listings))
    assert answer.status_code == 201
    receipt = answer.json()
    assert (receipt["accepted"], receipt["rejected"]) == (300, 0)
    assert answer.headers["location"] == f"/v1/batches/{receipt['batch_id']}"
    told = {row["listing_id"]: row["complaint_id"] for row in receipt["results"]}
    events = api.events()
    assert [(topic, key) for topic, key, _ in events] == [
        ("ip.complaints.events", listing) for listing, _ in listings
    ]
    assert {event.listing_id: event.complaint_id for *_, event in events} == told
    assert len(set(told.values())) == 300
    for (_, _, event), (_, marketplace) in zip(events, listings, strict=True):
        assert event.marketplace == marketplace
        assert event.batch_id == receipt["batch_id"]
        assert event.complainant_id == event.rights_holder_id == "holder-1"
        assert event.filed_at_milliseconds == START


def test_a_bad_row_does_not_fail_the_rest(api):
    body = complaint([("L1", "taobao"), ("L2", "taobao"), ("L1", "taobao")])
    body["listings"].insert(1, {"listing_id": 7})
    answer = api.post("/v1/complaints", body)
    assert answer.status_code == 207
    results = answer.json()["results"]
    assert [row["status"] for row in results] == ["accepted", "rejected", "accepted", "rejected"]
    assert {error["pointer"] for error in results[1]["errors"]} == {"#/listing_id", "#/marketplace"}
    assert results[3]["errors"][0]["code"] == "duplicate_row"
    assert [key for _, key, _ in api.events()] == ["L1", "L2"]


def test_one_id_on_two_marketplaces_is_two_listings(api):
    answer = api.post("/v1/complaints", complaint([("L1", "taobao"), ("L1", "lazada")]))
    assert answer.status_code == 201
    filed = [event for _, _, event in api.events()]
    assert [(e.listing_id, e.marketplace) for e in filed] == [("L1", "taobao"), ("L1", "lazada")]
    assert len({each.complaint_id for each in filed}) == 2


def test_all_missing_elements_are_told_at_once_and_nothing_is_filed(api):
    body = complaint(statement="too short", declarations={"good_faith": False}, territory="d")
    del body["contact"], body["signature"], body["trademark"]
    answer = api.post("/v1/complaints", body)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert {error["code"] for error in answer.json()["errors"]} == {
        "statement_missing",
        "good_faith_not_declared",
        "accuracy_not_declared",
        "territory_invalid",
        "contact_missing",
        "signature_missing",
        "trademark_missing",
    }
    assert api.rows("SELECT * FROM filings") == []


@pytest.mark.parametrize("count", [0, MAXIMUM_LISTINGS + 1])
def test_the_number_of_listings_is_bounded(api, count):
    answer = api.post("/v1/complaints", complaint([(f"L{n}", "taobao") for n in range(count)]))
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == ["#/listings"]


def test_where_every_row_is_bad_nothing_is_filed(api):
    answer = api.post("/v1/complaints", {**complaint(), "listings": [{"listing_id": ""}, 5]})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"].startswith("#/listings/0/")
    assert api.events() == []


def test_the_same_key_and_body_get_the_same_answer(api):
    headers = api.tokens.headers(key="once")
    first = api.post("/v1/complaints", complaint(), headers)
    api.clock.advance(60_000)
    # A quoted key and another order of members are the same request.
    again = api.post(
        "/v1/complaints",
        dict(reversed(complaint().items())),
        {**headers, "Idempotency-Key": '"once"'},
    )
    assert again.json() == first.json()
    assert again.status_code == first.status_code
    assert again.headers["idempotent-replayed"] == "true"
    assert len(api.events()) == 1


def test_the_same_key_with_another_body_is_refused_and_of_another_party_is_not(api):
    api.post("/v1/complaints", complaint(), api.tokens.headers(key="once"))
    other = api.post("/v1/complaints", complaint([("L2", "x")]), api.tokens.headers(key="once"))
    assert other.status_code == 422
    assert other.json()["type"].endswith(":idempotency-key-reused")
    headers = api.tokens.headers("holder-2", key="once")
    theirs = api.post("/v1/complaints", complaint(rights_holder_id="holder-2"), headers)
    assert theirs.status_code == 201
    assert len(api.events()) == 2


def test_after_a_key_expired_the_same_request_still_files_nothing_new(api):
    headers = api.tokens.headers(key="once")
    first = api.post("/v1/complaints", complaint(), headers).json()
    api.clock.advance(api.settings.key_lifetime_milliseconds + 1)
    assert api.post("/v1/complaints", complaint(), headers).json() == first
    assert len(api.events()) == 1
    api.clock.advance(api.settings.key_lifetime_milliseconds + 1)
    new = api.post("/v1/complaints", complaint([("L2", "taobao")]), headers)
    assert new.status_code == 201
    assert new.json()["batch_id"] != first["batch_id"]


def test_requests_with_one_key_at_the_same_time_file_once(api):
    headers = api.tokens.headers(key="once")
    answers = []

    def post():
        answers.append(api.post("/v1/complaints", complaint(), headers))

    threads = [threading.Thread(target=post) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {answer.status_code for answer in answers} <= {201, 409}
    assert len({a.json()["batch_id"] for a in answers if a.status_code == 201}) == 1
    assert len(api.events()) == 1


def test_while_a_key_is_being_written_it_is_in_use(api):
    with api.services.database.transaction() as connection:
        key = lock_key(Lock.FILING_IDEMPOTENCY_KEY, "holder-1", "once")
        connection.execute("SELECT pg_advisory_xact_lock(%s)", (key,))
        answer = api.post("/v1/complaints", complaint(), api.tokens.headers(key="once"))
    assert answer.status_code == 409
    assert answer.headers["retry-after"] == "1"


def test_a_key_is_asked_for(api):
    headers = api.tokens.headers()
    del headers["Idempotency-Key"]
    answer = api.post("/v1/complaints", complaint(), headers)
    assert answer.status_code == 400
    assert answer.json()["type"].endswith(":idempotency-key-missing")


def test_a_party_files_for_itself_and_an_agent_for_those_it_acts_for(api):
    def status(party, role, **claims):
        headers = api.tokens.headers(party, role, **claims)
        return api.post("/v1/complaints", complaint(), headers).status_code

    assert status("holder-2", "rights_holder", acts_for=["holder-1"]) == 422
    assert status("agent-1", "agent") == 422
    assert status("agent-1", "agent", acts_for=["holder-1"]) == 201
    for role in ("seller", "marketplace", "reviewer", "operator"):
        assert status("holder-1", role) == 403


def test_status_is_told_from_the_case_store_and_only_to_parties(api):
    receipt = api.post("/v1/complaints", complaint()).json()
    complaint_id = receipt["results"][0]["complaint_id"]
    path = f"/v1/complaints/{complaint_id}"
    assert api.get(path).json()["status"] == "received"
    assert api.get(path).json()["published"] is False
    api.execute(
        "INSERT INTO cases (case_id, listing_id, decision_number) VALUES (%s, 'L1', 1)",
        complaint_id,
    )
    api.execute(
        "INSERT INTO decisions VALUES (%s, 1, 'L1', 'taobao', 'take_down', '{counterfeit}', 'r', "
        "'{}', NULL, true, true, NULL, 'c', 5, 6, '{}')",
        complaint_id,
    )
    told = api.get(path, "op", "operator").json()
    assert told["status"] == "open"
    assert told["decisions"][0]["outcome"] == "take_down"
    assert api.get(path, "holder-2").status_code == 404
    batch = api.get(f"/v1/batches/{receipt['batch_id']}")
    assert batch.json()["receipt"] == receipt
    assert [each["complaint_id"] for each in batch.json()["complaints"]] == [complaint_id]
    assert api.get(f"/v1/batches/{receipt['batch_id']}", "holder-2").status_code == 404


def test_both_sides_see_what_the_seller_objected_and_what_was_answered(api):
    receipt = api.post("/v1/complaints", complaint()).json()
    complaint_id = receipt["results"][0]["complaint_id"]
    path = f"/v1/complaints/{complaint_id}"
    api.execute(
        "INSERT INTO cases (case_id, listing_id, seller_id) VALUES (%s, 'L1', 'seller-1')",
        complaint_id,
    )
    api.execute(
        "INSERT INTO counter_notices VALUES ('n1', %s, 'seller-1', 'fair_use', 'It fits.', 5, 1)",
        complaint_id,
    )
    api.execute(
        "INSERT INTO counter_notice_answers VALUES ('a1', %s, 'object', 'It does not.', 6, 1)",
        complaint_id,
    )
    for party, role in (("holder-1", "rights_holder"), ("seller-1", "seller")):
        told = api.get(path, party, role).json()
        [objection], [answer] = told["counter_notices"], told["counter_notice_answers"]
        assert (objection["counter_notice_id"], objection["statement"]) == ("n1", "It fits.")
        assert (answer["answer"], answer["explanation"]) == ("object", "It does not.")
    assert api.get(path, "seller-2", "seller").status_code == 404


def test_without_the_case_store_status_is_unknown(api):
    receipt = api.post("/v1/complaints", complaint()).json()
    api.execute("DROP VIEW case_overview")
    path = f"/v1/complaints/{receipt['results'][0]['complaint_id']}"
    assert api.get(path).json()["status"] == "unknown"


def test_a_party_that_asks_too_often_is_told_when_to_come_back(make_api):
    settings = FilingSettings()
    rate = settings.filing_rate._replace(burst=2, per_second=0.1)
    api = make_api(settings._replace(filing_rate=rate))
    answers = [api.post("/v1/complaints", complaint()) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [201, 201, 429]
    assert answers[0].headers["ratelimit-policy"] == '"filing";q=2;w=20'
    assert answers[0].headers["ratelimit"] == '"filing";r=1;t=0'
    assert answers[2].headers["retry-after"] == "10"
    assert api.post("/v1/complaints", {}, api.tokens.headers("holder-2")).status_code == 422
    api.clock.advance(10_000)
    assert api.post("/v1/complaints", complaint()).status_code == 201


def come_again(api, headers):
    """Send the same request again, as told, until the database is there."""

    def answered():
        answer = api.post("/v1/complaints", complaint(), headers)
        return answer if answer.status_code != 503 else None

    return wait_for("the database", answered)


def test_while_the_database_is_away_requests_are_told_to_come_again(tmp_path):
    with PostgresServer() as server:
        api = Api(new_database(server), tmp_path, FilingSettings())
        headers = api.tokens.headers(key="once")
        first = api.post("/v1/complaints", complaint(), headers)
        server.kill()
        away = api.post("/v1/complaints", complaint(), headers)
        assert away.status_code == 503
        assert away.headers["retry-after"] == "5"
        assert away.headers["content-type"] == "application/problem+json"
        assert api.client.get("/health").status_code == 503
        server.start()
        again = come_again(api, headers)
        assert (again.status_code, again.json()) == (201, first.json())
        assert len(api.events()) == 1
        api.stack.close()


@pytest.mark.parametrize("code", ["UK", "EL", "EU", "BX", "OA", "XK"])
def test_codes_in_use_for_a_country_or_union_are_taken(api, code):
    assert api.post("/v1/complaints", complaint(territory=code)).status_code == 201
    [(_, _, filed)] = api.events()
    assert filed.territory == code


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("de", "DE"),
        ("USA", "US"),
        ("United States", "US"),
        ("U.S.A.", "US"),
        ("Deutschland", "DE"),
        ("European Union", "EU"),
        ("Vereinigtes Königreich", "GB"),
        ("日本", "JP"),
    ],
)
def test_names_of_countries_are_understood(api, name, code):
    assert api.post("/v1/complaints", complaint(territory=name)).status_code == 201
    [(_, _, filed)] = api.events()
    assert filed.territory == code


@pytest.mark.parametrize("code", ["ZZ", "America", "WO", "", "DE, FR"])
def test_a_code_of_no_country_is_refused(api, code):
    answer = api.post("/v1/complaints", complaint(territory=code))
    assert answer.status_code == 422
    assert [error["code"] for error in answer.json()["errors"]] == ["territory_invalid"]


@pytest.mark.parametrize(
    ("named", "meant"),
    [("Germny", "DE"), ("Frnace", "FR"), ("Vereinigte Statten", "US"), ("GBRR", "GB")],
)
def test_what_would_be_right_is_told_of_a_country(api, named, meant):
    answer = api.post("/v1/complaints", complaint(territory=named))
    (error,) = answer.json()["errors"]
    assert (error["pointer"], error["code"]) == ("#/territory", "territory_invalid")
    near = error["detail"].rpartition(" are ")[2].split(", ")
    assert meant in near
    assert all(api.post("/v1/complaints", complaint(territory=code)).is_success for code in near)


@pytest.mark.parametrize(
    ("changes", "pointer", "meant"),
    [
        ({"ground": "counterfiet"}, "#/ground", "counterfeit"),
        ({"right": "copyrigth", "ground": None}, "#/right", "copyright"),
        ({"evidence": [{"evidence_id": 32 * "0", "kind": "testbuy"}]}, None, "test_buy"),
    ],
)
def test_of_a_word_that_is_none_the_nearest_are_told(api, changes, pointer, meant):
    answer = api.post("/v1/complaints", complaint(**changes))
    (error,) = answer.json()["errors"]
    assert error["pointer"] == (pointer or "#/evidence/0/kind")
    assert error["detail"].rpartition(" are ")[2].split(", ")[0] == meant
    assert all(str(sent) not in error["detail"] for sent in changes.values())


@pytest.mark.parametrize(
    "number",
    ["76/044,902", "No. 1 234 567", "\uff17\uff16", "IR 1 234 567", "\u767b\u9332\u7b2c123\u53f7"],
)
def test_a_number_is_taken_as_it_is_written(api, number):
    body = complaint()
    body["trademark"] = {**body["trademark"], "number": number}
    assert api.post("/v1/complaints", body).status_code == 201
    [(_, _, filed)] = api.events()
    assert filed.trademark_number == number


@pytest.mark.parametrize("number", ["n/a", "", "1\n2"])
def test_a_number_without_digits_or_on_two_lines_is_refused(api, number):
    body = complaint()
    body["trademark"] = {**body["trademark"], "number": number}
    answer = api.post("/v1/complaints", body)
    assert [error["code"] for error in answer.json()["errors"]] == ["trademark_missing"]


def notice(**changes):
    body = complaint(without_authority=True, declarations={"good_faith": True}, **changes)
    del body["trademark"], body["rights_holder_id"]
    return body


def test_anybody_may_notify_without_mark_and_authority(api):
    headers = api.tokens.headers("consumer", "notifier")
    answer = api.post("/v1/complaints", notice(), headers)
    assert answer.status_code == 201, answer.json()
    ((_, _, event),) = api.events()
    assert event.without_authority
    assert event.complainant_id == event.rights_holder_id == "consumer"
    (row,) = answer.json()["results"]
    place = f"/v1/complaints/{row['complaint_id']}"
    assert api.get(place, "consumer", "notifier").status_code == 200
    assert api.get(place, "somebody", "notifier").status_code == 404


def test_who_acts_for_an_owner_says_so_and_a_notifier_may_not(api):
    headers = api.tokens.headers("consumer", "notifier")
    assert api.post("/v1/complaints", complaint(), headers).status_code == 422
    body = {**complaint(), "declarations": {"good_faith": True}}
    del body["rights_holder_id"]
    errors = api.post("/v1/complaints", body).json()["errors"]
    assert {(each["pointer"], each["code"]) for each in errors} == {
        ("#/rights_holder_id", "missing"),
        ("#/declarations/accuracy_and_authority", "accuracy_not_declared"),
    }
    body = notice()
    body["declarations"] = {}
    errors = api.post("/v1/complaints", body, headers).json()["errors"]
    assert [each["code"] for each in errors] == ["good_faith_not_declared"]


BOUGHT = {
    "order_id": "4711",
    "ordered_on": "2026-10-01",
    "received_on": "2026-10-09",
    "features": ["no batch code on the base"],
}


def test_a_test_purchase_is_described(api):
    assert api.post("/v1/complaints", complaint(test_purchase=BOUGHT)).status_code == 201
    ((_, _, event),) = api.events()
    assert event.test_purchase.features == ("no batch code on the base",)
    assert event.test_purchase.received_on == "2026-10-09"


@pytest.mark.parametrize(
    "changes", [{"features": []}, {"received_on": "2026-09-30"}, {"order_id": " "}, {"size": "L"}]
)
def test_a_purchase_that_cannot_be_is_refused(api, changes):
    answer = api.post("/v1/complaints", complaint(test_purchase={**BOUGHT, **changes}))
    assert answer.status_code == 422
    assert all("/test_purchase" in each["pointer"] for each in answer.json()["errors"])
