"""Marks are found by their numbers in any form, in tables of any age, and none replaces another."""

import pytest
from world import START, owner, rule_set, trademark

from schemas.events.trademarks import Owner
from schemas.topic_names import PARTIES_STATE
from streams.kafka.records import InputRecord
from streams.monitor.tables import MonitoringTables
from streams.state.local_state import TABLES, Change, LocalState
from streams.tables.global_tables import GlobalTables
from tables.registers import CODEC, by_the_book, record_of

PLAIN, WRITTEN = "76044902", "76/044,902"
REFERENCES = [f"US:application:{number}" for number in (PLAIN, WRITTEN, "No. 76 044 902")]


@pytest.fixture
def state(tmp_path):
    state = LocalState(tmp_path / "state")
    yield state
    state.close()


def tables_on(state):
    return GlobalTables(state, CODEC, rule_set())


def marks(*numbers, **changes):
    events = [trademark(application_number=number, **changes) for number in numbers]
    return [record_of(event, offset) for offset, event in enumerate(events)]


@pytest.mark.parametrize("number", [PLAIN, WRITTEN])
def test_a_mark_is_found_by_its_number_in_any_form(state, number):
    tables = tables_on(state)
    applied = tables.apply(marks(number, registration_number="2,824,281"))
    event = trademark(application_number=number, registration_number="2,824,281")
    for reference in (*REFERENCES, "USPTO:registration:No. 2824281"):
        assert tables.trademark_history(reference) == (event,)
        assert tables_on(state).trademark_history(reference) == (event,)
    assert set(applied.registry_references) >= {
        f"US:application:{PLAIN}",
        "US:registration:2824281",
    }
    assert not applied.shared_references


def test_an_office_by_another_name_is_the_same_office(state):
    tables = tables_on(state)
    event = trademark(office="EU", application_number="18123456", registration_number=None)
    tables.apply([record_of(event, 0)])
    for reference in ("EM:registration:018123456", "EUIPO:application:EUTM 018 123 456"):
        assert tables.trademark_history(reference) == (event,)


@pytest.mark.parametrize("together", [True, False])
@pytest.mark.parametrize("order", [(PLAIN, WRITTEN), (WRITTEN, PLAIN)])
def test_records_that_fall_together_are_told_and_kept_apart(state, order, together):
    tables = tables_on(state)
    records = marks(*order)
    parts = [records] if together else [records[:1], records[1:]]
    shared = frozenset().union(*(tables.apply(part).shared_references for part in parts))
    assert shared == {f"US:application:{PLAIN}", "US:registration:2824281"}
    for number in order:
        [version] = tables.mark_history(f"US:application:{number}")
        assert version.application_number == number
    for reference in REFERENCES:
        [version] = tables.trademark_history(reference)
        assert version == trademark()


def test_of_records_that_fall_together_and_disagree_nothing_is_relied_on(state):
    tables = tables_on(state)
    tables.apply(marks(PLAIN))
    assert tables.trademark_history(REFERENCES[0])[0].status == "registered"
    tables.apply(marks(WRITTEN, owners=(Owner("Somebody Else", "US"),)))
    for each in (tables, tables_on(state)):
        [version] = each.trademark_history(REFERENCES[0])
        assert (version.status, version.owners) == ("unknown", ())


def test_while_tables_are_loaded_what_falls_together_is_told_as_well(state):
    tables = tables_on(state)
    tables.gather(marks(PLAIN))
    assert not tables.settle(while_loading=True).shared_references
    tables.gather(marks(WRITTEN))
    assert f"US:application:{PLAIN}" in tables.settle(while_loading=True).shared_references
    tables.gather(marks(PLAIN, status="cancelled", recorded_at_milliseconds=START - 1))
    assert f"US:application:{PLAIN}" in tables.settle(while_loading=True).shared_references


def test_a_changed_number_is_seen_at_once_where_it_was_looked_up_before(state):
    tables = tables_on(state)
    tables.apply(marks(PLAIN, "76044903"))
    former = "US:registration:2824281"
    assert tables.trademark_history(former)[-1].application_number == PLAIN
    later = START - 1
    changed = marks(PLAIN, registration_number="5", recorded_at_milliseconds=later)
    tables.apply(changed)
    assert tables.trademark_history(former)[-1].application_number == "76044903"


def test_tables_from_before_are_listed_by_the_form_of_their_numbers(state):
    records = marks(WRITTEN, registration_number="2,824,281")
    tables_on(state).apply(records)
    own = f"US:application:{WRITTEN}".encode()
    as_before = {b"AUS:registration:2,824,281": own, b"V": None}
    found = [Change(TABLES, key, None) for key, _ in state.scan(TABLES, b"A")]
    state.write([*found, *(Change(TABLES, key, value) for key, value in as_before.items())])
    tables = tables_on(state)
    assert dict(state.scan(TABLES, b"")) == by_the_book(records)[0]
    assert tables.trademark_history("US:registration:2824281")


def test_a_monitor_knows_holders_of_a_mark_by_its_key_in_any_form(state):
    tables = MonitoringTables(state, CODEC, rule_set())
    party = owner(trademark_keys=(f"US:{WRITTEN}",))
    value = CODEC.encode(PARTIES_STATE, party)
    tables.apply([InputRecord(PARTIES_STATE, 0, 0, b"holder-1", value, None, START)])
    assert tables.holders_of(f"US:{PLAIN}") == tables.holders_of(f"US:{WRITTEN}") == (party,)
    listed = [key for key, _ in state.scan(TABLES, b"H")]
    state.write([Change(TABLES, key, None) for key in (*listed, b"J")])
    again = MonitoringTables(state, CODEC, rule_set())
    assert again.holders_of(f"US:{PLAIN}") == (party,)
