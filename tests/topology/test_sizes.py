"""Whatever parties send, no record is longer than its topic takes, and the worker lives."""

import pytest
from build import puts_in_place
from world import START, complaint, listing

from processors.policies.service_level import ServiceLevel
from schemas.catalog import load_topics
from schemas.events.complaints import Evidence, Particular
from schemas.topic_names import DEAD_LETTERS
from streams.driver import DriverSettings
from streams.kafka import output_records
from streams.kafka.dead_letters import field_of
from streams.kafka.partitioner import partition_of
from streams.topology import CHANGELOG, JOURNAL, OUTPUTS
from topology.harness import PARTITIONS, STANDING, DriverHarness
from topology.test_lifecycle import COMMANDS, COMPLAINTS, LISTINGS, send, tell_tables

CLEF = "𝄞"
"""Four bytes in UTF-8."""
WRITTEN = {CHANGELOG, DEAD_LETTERS, *OUTPUTS.values(), *JOURNAL.values()}


def driven_with(directory, **changes):
    settings = DriverSettings(
        partitions=PARTITIONS,
        now_milliseconds=START,
        service_level=ServiceLevel(standing=STANDING),
    )
    harness = DriverHarness(directory, settings._replace(**changes))
    tell_tables(harness)
    return harness


@pytest.fixture
def driven(tmp_path):
    harness = driven_with(tmp_path / "state")
    yield harness
    check_lengths(harness)
    harness.restart(lose_state=True)
    send(harness, LISTINGS, listing(listing_id="next"))
    send(harness, COMPLAINTS, complaint(complaint_id="next", listing_id="next"))
    harness.settle()
    assert "next" in {each.case_id for each in harness.read(COMMANDS)}
    harness.close()


def check_lengths(harness):
    for topic in WRITTEN:
        most = load_topics()[topic].max_message_bytes
        for record in harness.driver.records(topic):
            headers = sum(len(name) + len(value or b"") for name, value in record.headers or ())
            assert len(record.key or b"") + len(record.value or b"") + headers < most, topic


def test_long_statements_that_the_filing_api_takes(driven):
    send(driven, LISTINGS, listing(title="Something else"))
    for number in range(14):
        send(driven, COMPLAINTS, complaint(complaint_id=f"c-{number}", statement=CLEF * 20_000))
    driven.settle()
    assert set(driven.dead_letters()) == {"too_many_open_cases"}


def test_long_ids_of_evidence_that_come_by_kafka(driven):
    evidence = tuple(Evidence(CLEF * 256, "photo", CLEF * 256) for _ in range(300))
    for number in range(3):
        send(driven, COMPLAINTS, complaint(complaint_id=f"c-{number}", evidence=evidence))
    driven.settle()
    assert driven.dead_letters() == ["complaint_too_large"] * 3


def test_long_hashes_of_evidence_count_too(driven):
    evidence = tuple(Evidence("photo-1", "photo", CLEF * 256) for _ in range(300))
    send(driven, COMPLAINTS, complaint(complaint_id="c", evidence=evidence))
    driven.settle()
    assert driven.dead_letters() == ["complaint_too_large"]


def test_all_that_a_complaint_may_say_at_once(driven):
    longest = complaint(
        statement=CLEF * 20_000,
        signature=CLEF * 2_000,
        contact_email=CLEF * 2_000,
        trademark_number=CLEF * 2_000,
        evidence=tuple(Evidence(CLEF * 256, "photo", CLEF * 256) for _ in range(100)),
        particulars=tuple(Particular(CLEF * 256, CLEF * 2_000) for _ in range(50)),
    )
    for number in range(3):
        send(driven, COMPLAINTS, longest._replace(complaint_id=f"c-{number}"))
    driven.settle()
    assert driven.dead_letters() == ["complaint_too_large"] * 3


def test_a_listing_with_all_it_may_say_beside_many_cases(driven):
    for number in range(90):
        filed = complaint(
            complaint_id=f"c-{number}",
            complainant_id=f"party-{number}",
            rights_holder_id=f"party-{number}",
            statement="x" * 10_000,
        )
        send(driven, COMPLAINTS, filed)
    longest = listing(
        title=CLEF * 2_000,
        brand=CLEF * 2_000,
        category=CLEF * 2_000,
        url=CLEF * 2_000,
        territories=(CLEF * 64,) * 300,
        language=CLEF * 64,
    )
    send(driven, LISTINGS, longest)
    driven.settle()
    assert set(driven.dead_letters()) == {"too_many_open_cases"}
    newest = [row for row in driven.read(CHANGELOG) if getattr(row, "cases", ())][-1]
    assert newest.listing == longest


def test_a_record_with_long_headers_and_key_is_buried_without_them(driven):
    headers = [("trace", b"x" * 900_000), ("none", None)]
    driven.send_bytes(COMPLAINTS, b"k" * 900_000, b"noise" * 300_000, headers)
    driven.settle()
    [letter] = driven.driver.records(DEAD_LETTERS)
    assert field_of(letter.headers, "headers.bytes") == str(900_000 + len("tracenone"))
    assert field_of(letter.headers, "key.bytes") == "900000"
    assert field_of(letter.headers, "value.bytes") == "1500000"


def test_a_long_record_is_not_forwarded_but_buried(tmp_path):
    harness = driven_with(tmp_path / "state", forwards_misplaced=True)
    value = harness.codec.encode(COMPLAINTS, complaint())
    wrong = (partition_of(b"listing-1", PARTITIONS) + 1) % PARTITIONS
    headers = [("trace", b"x" * 1_000_000)]
    harness.driver._append(COMPLAINTS, wrong, b"listing-1", value, headers, START)
    harness.settle()
    assert harness.dead_letters() == ["wrong_partition"]
    check_lengths(harness)
    harness.close()


@puts_in_place
def test_a_step_with_an_output_that_is_too_long_is_not_taken(driven, monkeypatch):
    monkeypatch.setattr(output_records, "MAXIMUM_VALUE_BYTES", 100)
    send(driven, LISTINGS, listing())
    send(driven, COMPLAINTS, complaint())
    driven.settle()
    monkeypatch.undo()
    assert driven.dead_letters() == ["step_failed"]
    [letter] = driven.driver.records(DEAD_LETTERS)
    assert "OutputTooLarge" in field_of(letter.headers, "exception.message")
    assert not driven.read(COMMANDS)
