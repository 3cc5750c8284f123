"""The archive answers SQL with what the pipeline decided, and decisions are made again from it."""

import pytest
from topology.harness import DriverHarness
from topology.test_lifecycle import COMPLAINTS, DECISIONS, LISTINGS, send, tell_tables
from world import complaint, listing

from archive.feeding import archive_of, feed
from archive.test_archive import TOPIC, log_of
from ops.__main__ import main
from replay.archive_log import ArchiveLog
from replay.compare import compare_all
from replay.remake import remake
from sinks.archive.query import ArchiveIncomplete, open_archive


def complain(harness, number, **changes):
    name = f"listing-{number}"
    send(harness, LISTINGS, listing(listing_id=name))
    harness.settle()
    filed = complaint(complaint_id=f"complaint-{number}", listing_id=name)
    send(harness, COMPLAINTS, filed._replace(**changes))


@pytest.fixture
def driven(tmp_path):
    harness = DriverHarness(tmp_path / "state")
    tell_tables(harness)
    for number in range(4):
        complain(harness, number)
    complain(harness, 4, territory="JP")
    harness.settle()
    yield harness
    harness.close()


def test_views_tell_what_was_decided(storage, address, driven, capsys):
    writer = archive_of(storage, driven.codec)
    feed(writer, driven.driver.log)
    writer.close()
    connection = open_archive(storage)
    decided = {each.case_id: each for each in driven.read(DECISIONS)}
    rows = connection.sql(
        "SELECT case_id, outcome, capsule.findings_number, reason_codes FROM decisions"
    ).fetchall()
    assert sorted(rows) == sorted(
        (each.case_id, each.outcome, each.capsule.findings_number, list(each.reason_codes))
        for each in decided.values()
    )
    cases = connection.sql("SELECT case_id, outcome FROM cases").fetchall()
    assert dict(cases) == {name: each.outcome for name, each in decided.items()}
    taken_down = {name for name, each in decided.items() if each.outcome == "take_down"}
    commands = connection.sql("SELECT case_id, command FROM commands").fetchall()
    assert dict(commands) == dict.fromkeys(taken_down, "TakeDownListing")
    clocks = connection.sql("SELECT case_id, within_deadline, breached FROM sla").fetchall()
    assert {each[0] for each in clocks} == set(decided)
    assert {each[1:] for each in clocks if each[0] in taken_down} == {(True, False)}
    question = "SELECT outcome, count(*) AS n FROM cases GROUP BY 1 ORDER BY 1"
    assert main(["archive", "query", "--archive", address, question, "--csv"]) == 0
    assert "take_down,4" in capsys.readouterr().out


def test_all_is_made_again_from_the_archive(directory, driven, tmp_path):
    writer = archive_of(directory, driven.codec)
    feed(writer, driven.driver.log)
    writer.close()
    log = ArchiveLog(directory)
    again = remake(log, driven.codec, tmp_path / "scratch")
    found = compare_all(log, again)
    assert not any(each.different for each in found.values())
    assert found[DECISIONS].same == 5
    assert again.accounted == driven.driver.accounted


def test_each_record_counts_once_though_two_files_have_it(directory, codec):
    log = log_of(codec)
    late = archive_of(directory, codec)
    feed(late, log, maximum_batches=9)
    writer = archive_of(directory, codec, file_bytes=30_000)
    feed(writer, log)
    late.close()
    writer.close()
    counted = open_archive(directory).sql(
        'SELECT count(*), count(DISTINCT ("partition", "offset")) FROM ip_complaints_events'
    )
    assert counted.fetchall() == [(200, 200)]


def test_a_hole_is_told_and_no_part_taken_for_the_whole(directory, codec, tmp_path, capsys):
    writer = archive_of(directory, codec, file_bytes=20_000)
    feed(writer, log_of(codec))
    writer.close()
    files = sorted(each for each in directory.files(TOPIC) if each.partition == 0)
    directory.delete(files[1].name)
    with pytest.raises(ArchiveIncomplete, match=f"offsets {files[1].first} to {files[1].last}"):
        open_archive(directory)
    assert open_archive(directory, with_holes=True).sql("SELECT count(*) FROM complaints")
    place = str(tmp_path / "archive")
    assert main(["archive", "query", "--archive", place, "SELECT 1"]) == 2
    assert main(["archive", "query", "--archive", place, "SELECT nothing", "--with-holes"]) == 2
    assert "nothing" in capsys.readouterr().err
