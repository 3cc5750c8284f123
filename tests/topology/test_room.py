"""Nobody fills a listing's row for others, and what is open or taken down stays in it."""

import pytest
from world import complaint, listing, owner
from world_disputes import clarification, objection

from processors.cases.room import OF_A_PARTY, OF_ANYBODY, OF_VERIFIED
from schemas.events.complaints import Evidence, Particular
from streams.topology import CHANGELOG
from streams.worker.batch_rows import MAXIMUM_ROW_BYTES
from topology.harness import DriverHarness
from topology.test_disputes import OBJECTIONS, said, tell
from topology.test_lifecycle import COMMANDS, COMPLAINTS, LISTINGS, PARTIES, tell_tables

LONG = "x" * 17_000


@pytest.fixture
def driven(tmp_path):
    harness = DriverHarness(tmp_path / "state")
    tell_tables(harness)
    tell(harness, LISTINGS, listing(title="Something else"))
    yield harness
    harness.close()


def stuffing(number, party, **changes):
    return complaint(
        complaint_id=f"stuffing-{number}",
        complainant_id=party,
        rights_holder_id=party,
        statement=LONG,
        **changes,
    )


def newest(harness):
    rows = [row for row in harness.read(CHANGELOG) if hasattr(row, "cases")]
    return rows[-1]


def is_open_to_its_owner(harness):
    """Tell whether the listing changes, and the mark's owner has it taken down."""
    tell(harness, LISTINGS, listing(version=2))
    tell(harness, COMPLAINTS, complaint(complaint_id="owners"))
    sizes = [len(record.value or b"") for record in harness.driver.records(CHANGELOG)]
    assert max(sizes) <= MAXIMUM_ROW_BYTES
    taken = {each.case_id for each in harness.read(COMMANDS)}
    return newest(harness).listing.version == 2 and "owners" in taken


def test_one_accomplice_keeps_nobody_out(driven):
    for number in range(56):
        tell(driven, COMPLAINTS, stuffing(number, "accomplice"))
    assert set(driven.dead_letters()) == {"too_many_open_cases"}
    assert is_open_to_its_owner(driven)


def test_many_accomplices_keep_no_owner_out(driven):
    for number in range(56):
        tell(driven, COMPLAINTS, stuffing(number, f"accomplice-{number}"))
    kept = [case for case in newest(driven).cases if case.complaint.statement == LONG]
    assert len(kept) * len(LONG) <= OF_ANYBODY.size_bytes
    assert is_open_to_its_owner(driven)


def test_accomplices_whose_identity_was_verified_keep_no_owner_out(driven):
    for number in range(56):
        party = f"accomplice-{number}"
        somebody = owner(
            party_id=party, name=f"Somebody {number}", trademark_keys=(), register_names=()
        )
        driven.send(PARTIES, party, somebody)
        tell(driven, COMPLAINTS, stuffing(number, party))
    kept = [case for case in newest(driven).cases if case.complaint.statement == LONG]
    assert OF_ANYBODY.size_bytes < len(kept) * len(LONG) <= OF_VERIFIED.size_bytes
    assert is_open_to_its_owner(driven)


def test_what_is_taken_down_is_not_forgotten_for_others(driven):
    tell(driven, LISTINGS, listing(version=2))
    tell(driven, COMPLAINTS, complaint())
    for number in range(201):
        party = f"party-{number}"
        other = complaint(complaint_id=party, complainant_id=party, rights_holder_id=party)
        driven.send(COMPLAINTS, "listing-1", other)
    driven.settle()
    assert "complaint-1" in {case.complaint.complaint_id for case in newest(driven).cases}
    tell(driven, OBJECTIONS, objection())
    assert "counter_notice_filed" in said(driven, "complainant")


@pytest.mark.parametrize("declined", [True, False])
def test_a_party_s_own_cases_that_are_done_make_room_for_its_next(driven, declined):
    if declined:
        tell(driven, LISTINGS, listing(version=2, nice_classes=(21,)))
    for number in range(OF_A_PARTY.cases + 5):
        tell(driven, COMPLAINTS, complaint(complaint_id=f"own-{number}"))
    kept = [case.complaint.complaint_id for case in newest(driven).cases]
    first = 5 if declined else 0
    assert kept == [f"own-{number}" for number in range(first, first + OF_A_PARTY.cases)]
    assert driven.dead_letters() == ([] if declined else ["too_many_open_cases"] * 5)


def test_a_complaint_that_is_too_long_is_buried(driven):
    particulars = tuple(Particular(f"name-{n}", "𝄞" * 2_000) for n in range(40))
    evidence = tuple(Evidence("𝄞" * 256, "photo", "0" * 64) for _ in range(300))
    for number, changes in enumerate(({"particulars": particulars}, {"evidence": evidence})):
        tell(driven, COMPLAINTS, complaint(complaint_id=f"long-{number}", **changes))
    assert driven.dead_letters() == ["complaint_too_large"] * 2
    assert is_open_to_its_owner(driven)


def test_what_is_added_to_a_complaint_needs_room_too(driven):
    tell(driven, COMPLAINTS, complaint(signature=""))
    evidence = tuple(Evidence("𝄞" * 256, "photo", "0" * 64) for _ in range(250))
    tell(driven, COMPLAINTS, clarification(evidence=evidence))
    assert driven.dead_letters() == ["complaint_too_large"]
    assert is_open_to_its_owner(driven)
