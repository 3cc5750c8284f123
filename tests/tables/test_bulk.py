"""Tables gathered in bulk are those that records make one by one, to the byte."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matrix import examples
from world import START, rule_set, trademark

from processors.bitemporal import insert
from schemas.declaration import key_of
from schemas.topic_names import TRADEMARKS_EVENTS
from streams.kafka.records import InputRecord
from streams.state.frames import framed
from streams.state.local_state import SST_THRESHOLD_ROWS, TABLES, Change, LocalState
from streams.tables.global_tables import GlobalTables
from streams.tables.mark_terms import MarkTerms, named_term
from streams.tables.plain_marks import PlainMarks
from streams.tables.table_events import MAXIMUM_VERSIONS, table_event
from tables.registers import CODEC, by_the_book, in_order, mark, record_of, register


@pytest.fixture
def state(tmp_path):
    state = LocalState(tmp_path / "state")
    yield state
    state.close()


def tables_on(state):
    return GlobalTables(state, CODEC, rule_set())


def held(state):
    return dict(state.scan(TABLES, b""))


def told(refused):
    return [(record.offset, error.reason_code) for record, error in refused]


def slices(records, size):
    return [records[start : start + size] for start in range(0, len(records), size)]


@pytest.mark.parametrize("size", [1, 7, 400, 3_000])
@pytest.mark.parametrize("seed", range(2))
def test_slices_of_any_size_make_the_same_table(state, seed, size):
    records = register(seed, 3_000, 300)
    wanted, refused = by_the_book(records)
    assert len(refused) > 100
    tables = tables_on(state)
    found = [each for part in slices(records, size) for each in told(tables.apply(part).refused)]
    assert found == refused
    assert held(state) == wanted
    assert tables.position(TRADEMARKS_EVENTS, 0) == 1 + max(
        record.offset for record in records if record.topic == TRADEMARKS_EVENTS
    )


@pytest.mark.parametrize("seed", range(2))
def test_a_load_in_sorted_files_makes_the_same_table(state, seed):
    records = register(seed, 24_000, 20_000, odd=0.02)
    wanted, refused = by_the_book(records)
    tables = tables_on(state)
    found = []
    for part in (records[:12_000], records[12_000:]):
        for each in slices(part, 1_000):
            tables.gather(each)
        found += told(tables.settle(while_loading=True).refused)
    tables.end_loading()
    assert found == refused
    assert held(state) == wanted
    assert len(wanted) > 2 * SST_THRESHOLD_ROWS


def test_what_is_loaded_again_after_a_restart_makes_the_same_table(state):
    records = register(5, 3_000, 200)
    wanted, _ = by_the_book(records)
    tables_on(state).apply(records[:2_000])
    tables_on(state).apply(records[1_000:])
    tables_on(state).apply(records[500:])
    assert held(state) == wanted


def test_changed_marks_are_told_by_both_numbers(state):
    event = trademark()
    applied = tables_on(state).apply([record_of(event, 0), record_of(event, 1, key=b"false")])
    assert applied.registry_references == {
        "US:application:76044902",
        "US:registration:2824281",
    }
    assert tables_on(state).trademark_history("US:registration:2824281") == (event,)


def test_a_history_is_bounded_by_its_newest_versions(state):
    number = MAXIMUM_VERSIONS + 5
    events = [trademark(recorded_at_milliseconds=START - n) for n in range(number)]
    random.Random(1).shuffle(events)
    records = [record_of(event, offset) for offset, event in enumerate(events)]
    tables = tables_on(state)
    for part in slices(records, 300):
        tables.apply(part)
    assert held(state) == by_the_book(records)[0]


def test_a_history_written_under_another_schema_is_written_anew(state, monkeypatch):
    first, second = trademark(), trademark(recorded_at_milliseconds=START - 1)
    tables_on(state).apply([record_of(first, 0)])
    [(name, frames)] = state.scan(TABLES, b"T")
    prefix, other = CODEC.prefix(TRADEMARKS_EVENTS, type(first)), b"\0\0\0\x7f\x01"
    monkeypatch.setitem(CODEC._readers, other, CODEC._readers[prefix])
    state.write([Change(TABLES, name, frames.replace(prefix, other))])
    tables_on(state).apply([record_of(second, 1)])
    assert held(state) == by_the_book([record_of(first, 0), record_of(second, 1)])[0]


@settings(max_examples=examples(300))
@given(st.integers(0, 10_000), st.integers(0, 400), st.binary(max_size=4), st.integers(0, 3))
def test_what_is_plain_is_an_event_of_the_very_bytes(seed, at, noise, cut):
    """A record is changed at random, beside good ones, which stay plain."""
    source = random.Random(seed)
    events = [mark(source, 9) for _ in range(3)]
    records = [record_of(event, offset) for offset, event in enumerate(events)]
    value = records[1].value
    good = {0, 2}
    if seed % 2:
        del records[2]
        good = {0}
    at = min(at, len(value) - 1)
    changed = value[:at] + noise + value[at + max(len(noise) - cut, 0) :]
    records[1] = records[1]._replace(value=changed)
    versions, others = PlainMarks(CODEC).read(records)
    assert not good & set(others)
    for index in set(range(len(records))) - set(others):
        event = table_event(CODEC, records[index])
        assert CODEC.encode(TRADEMARKS_EVENTS, event) == records[index].value
        times = event.recorded_at_milliseconds, event.effective_from_milliseconds
        assert times == (
            versions.recorded_at_milliseconds[index],
            versions.effective_from_milliseconds[index],
        )
        assert versions.names[index] == f"T{event.office}:application:".encode() + (
            event.application_number.encode()
        )


def test_good_records_are_plain():
    events = [mark(random.Random(seed), 100) for seed in range(500)]
    records = [record_of(event, offset) for offset, event in enumerate(events)]
    assert PlainMarks(CODEC).read(records)[1] == []


def test_an_empty_or_short_value_is_not_plain():
    records = [
        InputRecord(TRADEMARKS_EVENTS, 0, n, b"k", value, None, START)
        for n, value in enumerate((b"", b"\0", b"\0\0\0\0\x0e", b"\0\0\0\0\x0e\x80"))
    ]
    assert PlainMarks(CODEC).read(records)[1] == [0, 1, 2, 3]


@settings(max_examples=examples(200))
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 2), st.sampled_from("abc"))))
def test_a_history_is_the_same_in_whatever_order_it_came(parts):
    history = ()
    for recorded, effective, text in parts:
        version = trademark(
            recorded_at_milliseconds=recorded, effective_from_milliseconds=effective, mark_text=text
        )
        history = insert(history, version)
    assert history == tuple(sorted(set(history), key=in_order))
    assert len(history) == len({*parts})


def test_keys_are_those_of_the_declaration():
    event = trademark()
    assert record_of(event, 0).key == key_of(event).encode()


@pytest.mark.parametrize("seed", range(200))
def test_a_marks_term_is_read_from_its_bytes(seed):
    event = mark(random.Random(seed), 100)
    value = CODEC.encode(TRADEMARKS_EVENTS, event)
    terms = MarkTerms(CODEC)
    assert terms.term_in(framed((b"earlier", value))) == named_term((event,))
    assert terms.term_in(None) == ""


def test_a_term_in_a_long_text_or_of_another_schema_is_read_as_well(monkeypatch):
    event = trademark(mark_text="Zorvex " + "x" * 60, status_code="y" * 9_000)
    value = CODEC.encode(TRADEMARKS_EVENTS, event)
    terms = MarkTerms(CODEC)
    assert terms.term_in(framed((value,))) == named_term((event,)) != ""
    prefix, other = CODEC.prefix(TRADEMARKS_EVENTS, type(event)), b"\0\0\0\x7f\x01"
    monkeypatch.setitem(CODEC._readers, other, CODEC._readers[prefix])
    foreign = other + value[len(prefix) :]
    assert terms.term_in(framed((foreign,))) == named_term((event,))
