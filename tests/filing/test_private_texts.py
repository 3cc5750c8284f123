"""What parties write is in no topic, row, log or metric, and is read by people until it is erased.

A thousand cases are decided, and again when their parties are erased.
"""

import logging

import pytest
from logged_driver import LoggedDriver
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from prometheus_client import generate_latest
from topology.harness import DriverHarness
from topology.test_lifecycle import LISTINGS, listing, send, tell_tables

from filing.harness import START, complaint
from filing.test_cases_and_more import as_party, tell_seller
from filing.test_evidence import PNG, upload
from ops.shell.trace_export import exporting
from replay.compare import compare_all
from replay.remake import remake
from schemas.events.cases import ListingCases
from schemas.traces import TRACES
from sinks.private_texts.store import ERASED
from streams.driver import DriverSettings

CANARY = "7f3acanary"
SAID = f"The bottle sold here is not ours, as {CANARY} tells."
PURCHASE = {
    "order_id": f"order {CANARY}",
    "ordered_on": "2026-09-01",
    "received_on": "2026-09-05",
    "features": [f"No batch code, {CANARY}"],
    "comparison": f"The cap of {CANARY} is of another colour.",
}
PARTIES = (("holder-1", "rights_holder"), ("agent-1", "agent"), ("anybody-1", "notifier"))
CASES_OF_PARTY = (500, 250, 250)
LISTINGS_AT_ONCE = 250


def body(numbers, **changes):
    names = [(f"listing-{number}", "shop") for number in numbers]
    return complaint(
        names,
        statement=SAID,
        signature=f"Erika {CANARY}",
        contact={"email": f"{CANARY}@brand.example"},
        trademark={"office": "US", "number": "2824281", "number_kind": "registration"},
        territory="US",
        test_purchase=PURCHASE,
        **changes,
    )


def file_all(api):
    """File complaints on a thousand listings by three parties; give filings and requests."""
    filed, first = [], 0
    for (party, role), count in zip(PARTIES, CASES_OF_PARTY, strict=True):
        document = upload(api, PNG, "image/png", party).json()["evidence_id"]
        for begin in range(first, first + count, LISTINGS_AT_ONCE):
            asked = body(
                range(begin, begin + LISTINGS_AT_ONCE),
                evidence=[{"evidence_id": document, "kind": "test_buy"}],
                without_authority=role == "notifier",
            )
            headers = api.tokens.headers(party, role, acts_for=["holder-1"])
            answer = api.post("/v1/complaints", asked, headers)
            assert answer.status_code == 201, answer.json()
            filed.append((answer.json()["batch_id"], asked))
        first += count
    return filed


def everything_in(database):
    """Yield all rows of all tables as text, binary columns with what they say as it is."""
    for (table,) in database(
        "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"
    ):
        for row in database(f"SELECT * FROM {table}"):
            for value in row:
                given = bytes(value) if isinstance(value, memoryview | bytes) else str(value)
                yield table, given if isinstance(given, bytes) else given.encode()


@pytest.fixture
def tuples(api):
    return lambda query: [tuple(row.values()) for row in api.rows(query)]


@pytest.fixture
def driven(tmp_path):
    settings = DriverSettings(now_milliseconds=START)
    harness = DriverHarness(tmp_path / "state", settings)
    yield harness
    harness.close()


def publish(api, driven):
    """Hand the driver what the outbox would publish, byte for byte, and a record that is cut."""
    tell_tables(driven)
    for number in range(sum(CASES_OF_PARTY)):
        send(driven, LISTINGS, listing(listing_id=f"listing-{number}"))
    driven.settle()
    rows = api.rows("SELECT * FROM outbox ORDER BY outbox_id")
    for row in rows:
        headers = [(name, value.encode()) for name, value in row["headers"]]
        key = row["record_key"].encode()
        driven.send_bytes(row["topic"], key, bytes(row["value"]), headers)
    driven.send_bytes(rows[0]["topic"], b"listing-0", bytes(rows[0]["value"])[:-9])
    driven.settle()


def decide_again(driven, directory):
    """Return outcomes, each decided again from the log and found alike."""
    again = remake(LoggedDriver(driven.driver), driven.codec, directory)
    found = compare_all(LoggedDriver(driven.driver), again)
    assert {topic: each.examples for topic, each in found.items() if each.different} == {}
    assert again.accounted == driven.driver.accounted
    return [each.outcome for each in driven.read("ip.decisions.events")]


def test_a_thousand_cases_of_erased_parties_are_decided_again_byte_for_byte(
    api, driven, tuples, tmp_path, caplog
):
    caplog.set_level(logging.DEBUG)
    filed = file_all(api)
    publish(api, driven)
    assert len({case.complaint.complaint_id for case in cases_of(driven)}) == 1_000
    before = [each.outcome for each in driven.read("ip.decisions.events")]
    assert before.count("take_down") >= 500
    for filing_id, asked in filed:
        shown = api.get(f"/v1/filings/{filing_id}", "kim", "operator").json()
        assert (shown["request"], shown["filing_id"]) == (asked, filing_id)
    with api.services.database.connection() as connection:
        for party, _ in PARTIES:
            assert api.services.private_texts.erase(connection, party) > 0
    for filing_id, _ in filed:
        shown = api.get(f"/v1/filings/{filing_id}", "kim", "operator").json()
        assert shown["request"] == {"ground": "counterfeit", "request": ERASED}
    assert decide_again(driven, tmp_path / "again") == before
    told = [
        part
        for records in driven.driver.log.values()
        for record in records
        for part in (record.key, record.value, repr(record.headers).encode())
    ]
    assert len(driven.dead_letters()) == 1
    assert not [part for part in told if part and CANARY.encode() in part]
    assert not [table for table, value in everything_in(tuples) if CANARY.encode() in value]
    assert CANARY not in caplog.text
    assert CANARY not in generate_latest(api.services.metrics.registry).decode()


def cases_of(driven):
    rows = [each for each in driven.read("ip.cases.state") if isinstance(each, ListingCases)]
    return [case for row in rows for case in row.cases]


@pytest.fixture
def spans():
    exporter = InMemorySpanExporter()
    TRACES.tell_to(exporting(SimpleSpanProcessor(exporter), "test"))
    yield exporter.get_finished_spans
    TRACES.tell_to(None)


def test_all_that_parties_say_of_a_case_is_private(api, tuples, spans, caplog):
    caplog.set_level(logging.DEBUG)
    receipt = api.post("/v1/complaints", body([1])).json()
    case_id = receipt["results"][0]["complaint_id"]
    tell_seller(api, case_id)
    notices = f"/v1/cases/{case_id}/counter-notices"
    objection = {"reason": "other", "statement": SAID, "signature": CANARY}
    notice = as_party(api, notices, objection, "seller-1", "seller").json()["filing_id"]
    claims = (
        (f"/v1/complaints/{case_id}/clarifications", {"statement": SAID, "signature": CANARY}),
        (f"{notices}/{notice}/answer", {"answer": "reject", "explanation": CANARY}),
        (f"/v1/cases/{case_id}/appeals", {"statement": SAID}),
        (f"/v1/complaints/{case_id}/retraction", {"explanation": CANARY}),
        ("/v1/account/appeals", {"statement": SAID}),
    )
    for path, asked in claims:
        assert as_party(api, path, asked, "holder-1").status_code == 201, path
    told = dict.fromkeys(("work", "original", "authorship", "address", "telephone"), CANARY)
    work = complaint([("listing-2", "shop")], ground="copyright_infringement", claim=told)
    assert api.post("/v1/complaints", work).status_code == 201
    question = {"question": f"{SAID} When?", "language": "en"}
    assert as_party(api, "/v1/inquiries", question, "holder-1").status_code == 201
    for bad in ({**work, "statement": CANARY}, {**work, "contact": CANARY}):
        assert CANARY not in api.post("/v1/complaints", bad).text
    rows = [value for table, value in everything_in(tuples) if table != "private_texts"]
    assert len(spans()) >= 3 + len(claims)
    assert CANARY not in str([span.to_json() for span in spans()])
    assert CANARY not in caplog.text
    assert CANARY not in generate_latest(api.services.metrics.registry).decode()
    assert len(api.events()) == 4 + len(claims)
    assert not [value for value in rows if CANARY.encode() in value]
    told = [CANARY in str(event) for _, _, event in api.events()]
    # A question's event is without its words.
    assert told == [True] * (3 + len(claims)) + [False]
