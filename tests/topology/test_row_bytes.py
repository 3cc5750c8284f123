"""Rows that are put together from bytes at hand are those that the codec writes."""

import pytest
from world import complaint, listing

from streams.topology import CHANGELOG
from topology.harness import DriverHarness
from topology.test_lifecycle import COMPLAINTS, LISTINGS, send, tell_tables


@pytest.fixture
def driven(tmp_path):
    harness = DriverHarness(tmp_path / "state")
    tell_tables(harness)
    yield harness
    harness.close()


def test_a_row_has_the_bytes_of_its_content(driven):
    send(driven, LISTINGS, listing())
    send(driven, COMPLAINTS, complaint())
    driven.settle()
    send(driven, LISTINGS, listing(version=2, title="Cutex, 指甲油 " + "and more " * 20))
    driven.settle()
    send(driven, LISTINGS, listing(version=3, status="suspended"))
    send(driven, COMPLAINTS, complaint(complaint_id="complaint-2"))
    send(driven, LISTINGS, listing(version=4, status="active", territories=("US", "DE")))
    driven.settle()
    driven.restart(lose_state=False)
    send(driven, LISTINGS, listing(version=5, price_euros=2.5))
    driven.settle()
    rows = driven.driver.records(CHANGELOG)
    assert not driven.dead_letters()
    assert (
        max(row.listing.version for row in driven.read(CHANGELOG) if hasattr(row, "listing")) == 5
    )
    for record in rows:
        row = driven.codec.decode(CHANGELOG, record.value, None)
        assert driven.codec.encode(CHANGELOG, row) == record.value
