"""What monitors look up follows from the tables' records, through restarts and new indexes."""

import pytest
from world import START, listing, owner, rule_set, trademark
from world_monitoring import delisting

from processors.matching.index import TermIndex, build
from processors.matching.scoring import built_in_weights
from processors.titles.offences import strikes
from schemas.wire.codec import MONITOR_SOURCE
from schemas.wire.registry import offline_codec
from streams.kafka.records import InputRecord
from streams.monitor.engine import MonitoringEngine
from streams.monitor.tables import MonitoringTables
from streams.monitor.term_index import BuiltIndex, IndexBuilder
from streams.policies.rule_files import built_in_misuse_rules
from streams.state.local_state import TABLES, Change, LocalState

CODEC = offline_codec()
TRADEMARKS, PARTIES, COMMANDS = "ip.trademarks.events", "ip.parties.state", "ip.takedowns.commands"
LISTINGS = "ip.listings.events"


def record_of(topic, key, event, offset=0):
    return InputRecord(topic, 0, offset, key.encode(), CODEC.encode(topic, event), None, START)


def mark(number, text, **changes):
    event = trademark(application_number=number, mark_text=text, **changes)
    return record_of(TRADEMARKS, f"US:{number}", event)


@pytest.fixture
def state(tmp_path):
    state = LocalState(tmp_path / "state")
    yield state
    state.close()


def tables_on(state):
    tables = MonitoringTables(state, CODEC, rule_set())
    tables.use(BuiltIndex(TermIndex(build(tables.terms())), [], [], 0, 0.0))
    tables._indexing = True
    return tables


def terms_in(tables, title):
    return {hit.term for hit in tables.find(title)}


def test_a_term_is_watched_while_any_mark_of_it_is_in_force(state):
    tables = tables_on(state)
    tables.apply([mark("1", "GLOWY"), mark("2", "Glowy"), mark("3", "SHINY", status="pending")])
    assert terms_in(tables, "glowy shiny") == {"glowy"}
    assert [each.application_number for each in tables.marks_of("glowy")] == ["1", "2"]
    later = {"status": "cancelled", "recorded_at_milliseconds": START - 1}
    tables.apply([mark("1", "GLOWY", **later)])
    assert terms_in(tables, "glowy") == {"glowy"}
    tables.apply([mark("2", "GLOWY", **later)])
    assert terms_in(tables, "glowy") == set()
    tables.apply([mark("4", "GLOWY")])
    assert terms_in(tables, "glowy") == {"glowy"}


def test_terms_last_through_a_restart_and_another_folding(state):
    tables_on(state).apply([mark("1", "GLOWY"), mark("2", "耐克")])
    assert list(tables_on(state).terms()) == ["glowy", "耐克"]
    state.write([Change(TABLES, b"F", b"another"), Change(TABLES, b"Wstale\x00US:1", b"")])
    assert list(tables_on(state).terms()) == ["glowy", "耐克"]


def test_holders_and_offences_follow_their_records(state):
    tables = tables_on(state)
    tables.apply([record_of(PARTIES, "holder-1", owner(trademark_keys=("US:1",)))])
    assert [holder.party_id for holder in tables.holders_of("US:1")] == ["holder-1"]
    tables.apply([record_of(PARTIES, "holder-1", owner(trademark_keys=("US:2",)))])
    assert tables.holders_of("US:1") == ()
    commands = [record_of(COMMANDS, f"gone-{n}", delisting(n)) for n in (1, 2, 2)]
    assert not tables.apply(commands).refused
    assert strikes(tables_on(state).offences("seller-9"), START) == 2


def test_an_index_built_in_a_child_from_a_checkpoint_takes_in_what_changed_meanwhile(
    state, tmp_path
):
    tables = tables_on(state)
    tables.apply([mark("1", "GLOWY"), mark("2", "SHINY")])
    tables.checkpoint(tmp_path / "checkpoint")
    builder = IndexBuilder(tmp_path / "indexes")
    builder.start(tmp_path / "checkpoint", tables.register_position("cluster", "topic"))
    assert builder.busy
    changed = {"status": "cancelled", "recorded_at_milliseconds": START - 1}
    tables.apply([mark("3", "SPARKLY"), mark("2", "SHINY", **changed)])
    builder._thread.join()
    built = builder.take()
    assert not builder.busy
    assert (len(built.terms), built.added, built.removed) == (2, [], [])
    tables.use(built)
    assert terms_in(tables, "glowy shiny sparkly") == {"glowy", "sparkly"}


def test_a_batch_accounts_for_each_record(state):
    tables = tables_on(state)
    tables.apply([mark("76044902", "CUTEX")])
    engine = MonitoringEngine(CODEC, tables, built_in_misuse_rules(), built_in_weights(), 4, "test")
    titles = ("Cut3x replica polish", "Cutex polish", "Polish")
    records = [
        record_of(LISTINGS, f"l-{n}", listing(listing_id=f"l-{n}", title=title), n)
        for n, title in enumerate(titles)
    ]
    records.append(InputRecord(LISTINGS, 0, 3, b"x", b"junk", None, START))
    records.append(record_of(LISTINGS, "other", listing(), 4))
    result = engine.process(records)
    assert result.endings == {
        "acted_on": 1,
        "ordinary_use": 1,
        "no_mark_found": 1,
        "not_decoded": 2,
    }
    topics = [record.topic for record in result.records]
    assert topics == ["ip.detections.events"]
    [found] = result.records
    assert (found.key, found.partition) == (b"l-0", 0)
    assert dict(found.headers)["ce_source"] == MONITOR_SOURCE.encode()
    assert CODEC.decode(found.topic, found.value, None) == result.events[0]
