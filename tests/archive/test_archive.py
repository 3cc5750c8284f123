"""Each record of the log is in the archive once, as it came, whatever happens to the writer."""

import json
from pathlib import Path

import pytest
from pyarrow import parquet

from archive.feeding import Clock, archive_of, feed
from replay.archive_log import ArchiveLog
from replay.log import ReplayError
from schemas.catalog import DIRECTORY, EVENT_TYPES, event_of, load_topics
from schemas.declaration import declaration_of
from schemas.wire.codec import SchemaRegistryUnavailable
from sinks.archive.archive import Archive
from sinks.archive.compaction import compact, expire
from sinks.archive.layout import by_partition, cover_of
from sinks.contract import PositionMoved, SinkUnavailable, SinkUnusable, Span
from streams.kafka.records import InputRecord

TOPIC = "ip.complaints.events"
DAY = 86_400_000
NOON = 1_795_867_200_000


def examples():
    for path in sorted((DIRECTORY / "examples").glob("*/*.json")):
        yield path.parent.name, json.loads(path.read_text(encoding="utf-8"))


def log_of(codec, count=100, partitions=2, days=3):
    """Records of a topic on some days, with gaps between offsets, and one that is no event."""
    filed = next(fields for name, fields in examples() if name == "ComplaintFiled")
    value = codec.encode(TOPIC, event_of("ComplaintFiled", filed))
    headers = [("ce_source", b"x"), ("empty", None)]
    return {
        (TOPIC, partition): [
            InputRecord(
                TOPIC,
                partition,
                3 * number + number % 2,
                None if number % 5 == 0 else f"key-{number}".encode(),
                b"rubbish" if number == 7 else value,
                headers,
                NOON + number * days * DAY // count - (DAY if number == 50 else 0),
            )
            for number in range(count)
        ]
        for partition in range(partitions)
    }


def archived(storage, topic=TOPIC):
    log = ArchiveLog(storage)
    return {(topic, each): list(log.read(topic, each)) for each in log.partitions(topic)}


@pytest.fixture
def log(codec):
    return log_of(codec)


def test_what_was_archived_is_the_log(storage, codec, log):
    writer = archive_of(storage, codec)
    feed(writer, log)
    writer.close()
    assert archived(storage) == log
    days = {file.day for file in storage.files(TOPIC)}
    assert days == {"2026-11-28", "2026-11-29", "2026-11-30", "2026-12-01"}
    # A late record doesn't tear a day's files apart.
    assert len(storage.files(TOPIC)) == 2 * len(days)


def test_an_event_is_in_columns_field_by_field(directory, codec):
    log = {}
    for name, fields in examples():
        for topic in declaration_of(EVENT_TYPES[name]).topics:
            records = log.setdefault((topic, 0), [])
            value = codec.encode(topic, event_of(name, fields))
            records.append(InputRecord(topic, 0, len(records), b"k", value, None, NOON))
    writer = archive_of(directory, codec)
    feed(writer, log)
    writer.close()
    seen = set()
    for (topic, _), records in log.items():
        (file,) = directory.files(topic)
        table = parquet.read_table(Path(directory.open_to(None)(file.name)))
        for record, row in zip(records, table.to_pylist(), strict=True):
            event = codec.decode(topic, record.value, None)
            name = row["event_type"]
            assert name == type(event).__name__
            assert list(row[name]) == list(event._fields)
            for field, value in row[name].items():
                held = getattr(event, field)
                if isinstance(held, str | int | float | bool | None):
                    assert value == held
                else:
                    assert value is not None
            assert all(row[other] is None for other in load_topics()[topic].events if other != name)
            seen.add(name)
    assert seen == set(EVENT_TYPES)


@pytest.mark.parametrize("batches", range(0, 30, 4))
def test_a_writer_that_was_killed_loses_and_doubles_nothing(directory, codec, log, batches):
    for _ in range(3):
        killed = archive_of(directory, codec, file_bytes=20_000)
        feed(killed, log, maximum_batches=batches)
    writer = archive_of(directory, codec)
    feed(writer, log)
    writer.close()
    assert archived(directory) == log


def test_one_that_lost_its_partition_doubles_nothing(directory, codec, log):
    zombie = archive_of(directory, codec)
    feed(zombie, log, maximum_batches=9)
    writer = archive_of(directory, codec, file_bytes=30_000)
    feed(writer, log)
    zombie.close()
    writer.close()
    assert archived(directory) == log
    found = by_partition(directory.files(TOPIC)).values()
    assert any(len(files) > len(cover_of(files).pieces) for files in found)
    again = archive_of(directory, codec)
    feed(again, log)
    again.close()
    compact(directory, TOPIC)
    assert archived(directory) == log
    found = by_partition(directory.files(TOPIC)).values()
    assert all(len(files) == len(cover_of(files).pieces) for files in found)


def test_a_record_waits_no_longer_than_it_may(directory, codec, log):
    clock = Clock()
    writer = archive_of(directory, codec, clock, file_seconds=60)
    source, records = next(iter(log.items()))
    writer.write(records[:5], {source: Span(0, records[4].offset + 1)})
    clock.seconds = 59
    writer.flush()
    assert not directory.files(TOPIC)
    clock.seconds = 60
    writer.flush()
    assert archived(directory) == {source: records[:5]}
    assert writer.positions([TOPIC]) == {source: records[4].offset + 1}


def test_what_is_read_from_elsewhere_takes_the_place_of_what_is_held(directory, codec, log):
    writer = archive_of(directory, codec)
    source, records = next(iter(log.items()))
    writer.write(records[:10], {source: Span(0, records[9].offset + 1)})
    feed(writer, {source: records})
    writer.close()
    assert archived(directory) == {source: records}
    with pytest.raises(PositionMoved):
        writer.write(records[:1], {source: Span(0, 1)})


def test_a_registry_that_is_away_is_waited_for(directory, log):
    class Away:
        def decode(self, *_):
            raise SchemaRegistryUnavailable("away")

    writer = Archive(directory, Away(), lambda _: {}, Clock())
    feed(writer, log, maximum_batches=1)
    with pytest.raises(SinkUnavailable):
        writer.close()
    assert not directory.files(TOPIC)


def test_what_the_log_lost_before_it_was_archived_is_told(directory, codec, log):
    writer = archive_of(directory, codec)
    feed(writer, log, maximum_batches=2)
    writer.close()
    source = (TOPIC, 0)
    begun_later = {source: 100}
    with pytest.raises(SinkUnusable, match=r"ends before offset \d+, and the log begins at 100"):
        archive_of(directory, codec, beginnings=begun_later).positions([TOPIC])
    on = archive_of(directory, codec, beginnings=begun_later, begin_after_holes=True)
    assert on.positions([TOPIC])[source] == 100
    feed(on, {source: log[source]})
    on.close()
    with pytest.raises(ReplayError, match=r"no file has offsets \d+ to 99"):
        archived(directory)


def test_a_log_that_began_later_is_archived_from_there(directory, codec, log):
    source = (TOPIC, 0)
    writer = archive_of(directory, codec, beginnings={source: 90})
    feed(writer, {source: log[source]})
    writer.close()
    (cover,) = [cover_of(files) for files in by_partition(directory.files(TOPIC)).values()]
    assert cover.pieces[0].first == 90
    assert not cover.holes


def small_files(directory, codec, log):
    for _ in range(60):
        writer = archive_of(directory, codec)
        feed(writer, log, batch_records=5, maximum_batches=1)
        writer.close()
        if archived(directory) == log:
            return
    raise AssertionError("never whole")


class Cut(Exception):
    """The end of a process."""


class CutShort:
    """A storage whose process ends before the change of so many."""

    def __init__(self, storage, changes):
        self._storage = storage
        self._left = changes

    def __getattr__(self, name):
        if name in ("write", "delete"):
            if not self._left:
                raise Cut
            self._left -= 1
        return getattr(self._storage, name)


def test_small_files_of_a_day_are_joined_whenever_that_is_cut_short(directory, codec, log):
    small_files(directory, codec, log)
    before = len(directory.files(TOPIC))
    for changes in range(1, 60):
        try:
            compact(CutShort(directory, changes), TOPIC)
        except Cut:
            assert archived(directory) == log
            continue
        break
    assert archived(directory) == log
    assert len(directory.files(TOPIC)) == 8 < before


def test_days_past_their_retention_go_and_leave_no_hole(directory, codec, log):
    feeding = archive_of(directory, codec)
    feed(feeding, log)
    feeding.close()
    hours = load_topics()[TOPIC].retention_hours
    assert expire(directory, TOPIC, NOON + hours * 3_600_000) == []
    gone = expire(directory, TOPIC, NOON + DAY + hours * 3_600_000)
    assert {file.day for file in gone} == {"2026-11-28"}
    left = archived(directory)
    assert all(left[source] == log[source][-len(left[source]) :] for source in log)
    assert expire(directory, "ip.parties.state", NOON * 2) == []


def test_topics_of_cases_stay_as_long_as_policies_ask(directory, codec, log):
    feeding = archive_of(directory, codec)
    feed(feeding, log)
    feeding.close()
    hours = load_topics()[TOPIC].retention_hours
    days = hours // 24 + 100
    long_after = NOON + DAY + days * DAY
    assert expire(directory, TOPIC, NOON + DAY + hours * 3_600_000, days) == []
    assert {file.day for file in expire(directory, TOPIC, long_after, days)} == {"2026-11-28"}


def test_a_file_that_is_none_is_told(directory, codec, log):
    writer = archive_of(directory, codec)
    feed(writer, log)
    writer.close()
    file = min(directory.files(TOPIC))
    directory.write(file.name, b"PAR1 and no more")
    with pytest.raises(ReplayError, match="can't be read as a file of the archive"):
        archived(directory)
