"""A worker goes on from another's tables where they fit, and says why where they don't."""

import json

import pytest
from world import rule_set

from schemas.catalog import load_topics
from schemas.topic_names import PARTIES_STATE, TRADEMARKS_EVENTS
from schemas.wire.codec import Codec
from schemas.wire.registry import NoSchemas
from streams.monitor.tables import MonitoringTables
from streams.state.local_state import POSITIONS, TABLES, LocalState, StateCorrupted
from streams.tables.export_manifest import MANIFEST, ExportRefused
from streams.tables.export_origin import TablesOrigin, TopicOrigin
from streams.tables.exported_tables import OF_MONITORS, export_tables, import_tables
from streams.tables.global_tables import GlobalTables
from streams.topology import GLOBAL_TABLES, MONITOR_TABLES
from tables.registers import CODEC, by_the_book, register

RECORDS = register(3, 2_000, 300)
ORIGIN = TablesOrigin(
    "cluster-1",
    {
        topic: TopicOrigin(f"id of {topic}", ((0, 30_000),))
        for topic in (*GLOBAL_TABLES, *MONITOR_TABLES)
    },
)


@pytest.fixture
def state(tmp_path):
    state = LocalState(tmp_path / "state")
    GlobalTables(state, CODEC, rule_set()).apply(RECORDS[:1_500])
    yield state
    state.close()


@pytest.fixture
def other(tmp_path):
    state = LocalState(tmp_path / "other")
    yield state
    state.close()


@pytest.fixture
def exported(state, tmp_path):
    export_tables(tmp_path / "state", tmp_path / "export", ORIGIN, "test")
    return tmp_path / "export"


def held(state):
    return dict(state.scan(TABLES, b"")), dict(state.scan(POSITIONS, b""))


def with_marks(**changes):
    marks = ORIGIN.topics[TRADEMARKS_EVENTS]._replace(**changes)
    return ORIGIN._replace(topics={**ORIGIN.topics, TRADEMARKS_EVENTS: marks})


def refusal(source, state, origin=ORIGIN, codec=CODEC):
    before = held(state)
    with pytest.raises(ExportRefused) as error:
        import_tables(source, state, codec, origin)
    assert held(state) == before
    return str(error.value)


@pytest.mark.parametrize("file_bytes", [1, 20_000, 1 << 28])
def test_another_worker_goes_on_from_a_working_ones_tables(
    state, other, tmp_path, monkeypatch, file_bytes
):
    monkeypatch.setattr("streams.tables.exported_tables.FILE_BYTES", file_bytes)
    made = export_tables(tmp_path / "state", tmp_path / "export", ORIGIN, "test")
    assert (len(made.files) == 1) == (file_bytes > 1 << 20)
    assert import_tables(tmp_path / "export", other, CODEC, ORIGIN) == made
    assert held(other) == held(state)
    tables = GlobalTables(other, CODEC, rule_set())
    assert tables.position(PARTIES_STATE, 0) > 0
    tables.apply(RECORDS[1_500:])
    assert held(other)[0] == by_the_book(RECORDS)[0]


def test_tables_that_are_there_already_stay(exported, state, other):
    import_tables(exported, other, CODEC, ORIGIN)
    GlobalTables(other, CODEC, rule_set()).apply(RECORDS[1_500:])
    before = held(other)
    assert import_tables(exported, other, CODEC, ORIGIN) is None
    assert held(other) == before


@pytest.mark.parametrize(
    ("origin", "said"),
    [
        (ORIGIN._replace(cluster_id="cluster-2"), "are of cluster cluster-1, and this is"),
        (with_marks(topic_id="another"), "was made anew"),
        (with_marks(bounds=((1_600, 2_000),)), "too old: they were read up to offset"),
        (with_marks(bounds=((0, 10),)), "ends at 10, and the tables were read up"),
        (with_marks(bounds=()), "fewer partitions"),
    ],
)
def test_what_does_not_fit_the_cluster_is_refused(exported, other, origin, said):
    assert said in refusal(exported, other, origin)


def test_another_form_is_refused_by_its_version(exported, other):
    path = exported / MANIFEST
    said = json.loads(path.read_text())
    path.write_text(json.dumps({**said, "table_format": 2, "software_version": "9.9"}))
    assert "of format 2, written by version 9.9" in refusal(exported, other)


def test_events_under_other_schema_ids_are_refused(exported, other):
    events = [(topic.name, event) for topic in load_topics().values() for event in topic.events]
    codec = Codec({each: number for number, each in enumerate(events, 500)}, NoSchemas())
    assert "can't be read with this registry" in refusal(exported, other, codec=codec)


@pytest.mark.parametrize("harm", ["flipped", "cut", "missing", "elsewhere", "no manifest"])
def test_harmed_exports_are_refused_whole(exported, other, harm):
    [path] = exported.glob("*.sst")
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    match harm:
        case "flipped":
            path.write_bytes(content)
        case "cut":
            path.write_bytes(content[:-1])
        case "missing":
            path.unlink()
        case "elsewhere":
            text = (exported / MANIFEST).read_text()
            (exported / MANIFEST).write_text(text.replace(path.name, f"../{path.name}"))
        case _:
            (exported / MANIFEST).unlink()
    assert str(exported) in refusal(exported, other)


def test_an_export_needs_tables_and_an_empty_directory(exported, other, tmp_path):
    with pytest.raises(ExportRefused, match="is not empty"):
        export_tables(tmp_path / "state", exported, ORIGIN, "test")
    with pytest.raises(ExportRefused, match="has no tables"):
        export_tables(tmp_path / "other", tmp_path / "new", ORIGIN, "test")
    with pytest.raises(StateCorrupted, match="no local state"):
        export_tables(tmp_path / "nowhere", tmp_path / "new", ORIGIN, "test")


def test_a_monitor_goes_on_from_anothers_tables_and_a_worker_does_not(state, other, tmp_path):
    theirs = LocalState(tmp_path / "monitor")
    tables = MonitoringTables(theirs, CODEC, rule_set())
    tables.apply(RECORDS[:1_500])
    terms = list(tables.terms())
    assert len(terms) > 3
    made = export_tables(tmp_path / "monitor", tmp_path / "export", ORIGIN, "test")
    assert "tables of their own" in refusal(tmp_path / "export", other)
    assert import_tables(tmp_path / "export", other, CODEC, ORIGIN, OF_MONITORS) == made
    ours = MonitoringTables(other, CODEC, rule_set())
    assert list(ours.terms()) == terms
    assert ours.positions == tables.positions
    assert held(other) == held(theirs)
    theirs.close()


def test_a_monitor_does_not_go_on_from_a_workers_tables(exported, other):
    with pytest.raises(ExportRefused, match="tables of their own"):
        import_tables(exported, other, CODEC, ORIGIN, OF_MONITORS)
    assert held(other) == ({}, {})
