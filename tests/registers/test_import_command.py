"""`python -m ops import-trademarks`: counts, rejected records and what arrives in Kafka."""

import argparse
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from confluent_kafka import Consumer

from ops.errors import OperatorError
from ops.local.kafka.registry import SchemaRegistryServer
from ops.shell import importing
from ops.shell.importing import Sender
from ops.tools import import_trademarks as import_command
from ops.tools.import_trademarks import import_files
from registers.documents_made import case_file, tdxf_document
from registers.generated import DATA, TDXF
from schemas.events.trademarks import TrademarkRecorded
from schemas.topic_names import TRADEMARKS_EVENTS
from schemas.wire.registry import connect, offline_codec
from streams.sources.registers.reader import read


def run(*arguments: str) -> int:
    parser = argparse.ArgumentParser()
    import_command.add_parser(parser.add_subparsers())
    options = parser.parse_args(["import-trademarks", *arguments])
    return int(options.run(options))


@pytest.fixture
def mixed(tmp_path: Path) -> Path:
    path = tmp_path / "mixed.xml"
    bad = case_file("87000002", status="710", status_date="20181301")
    unknown = case_file("87000003", status="999")
    slip = case_file("87000004", status_date="20181301")
    path.write_bytes(tdxf_document(case_file("87000001"), bad, unknown, slip))
    return path


def test_counts_add_up(mixed: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken.xml"
    broken.write_bytes(TDXF.read_bytes()[:-40])
    sent: list[TrademarkRecorded] = []
    lines: list[str] = []
    counts = import_files([mixed, TDXF, broken], sent.append, lines.append, lambda _count: None)
    assert counts.read == counts.imported + counts.rejected.total() == 13
    assert (len(sent), len(lines)) == (11, 3)
    assert counts.remarks == {"dropped_date": 1}
    assert counts.rejected == {"bad_date": 1, "malformed_xml": 1}
    assert counts.unknown == {"US '999'": 1}
    assert counts.unreadable == 1


def test_dry_run_reports_and_writes_rejected(
    mixed: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rejected = tmp_path / "rejected.jsonl"
    assert run(str(mixed), "--dry-run", "--rejected", str(rejected)) == 0
    assert "read 4, imported 3, rejected 1" in capsys.readouterr().out
    line, remark = rejected.read_text(encoding="utf-8").splitlines()
    assert json.loads(remark)["reason"] == "dropped_date"
    assert json.loads(line) == {
        "source": "tdxf:mixed.xml",
        "record_number": 2,
        "application_number": "87000002",
        "reason": "bad_date",
        "detail": "status-date: '20181301': month must be in 1..12",
    }


def test_rejected_records_go_to_standard_error(
    mixed: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(str(mixed), "--dry-run") == 0
    assert '"reason": "bad_date"' in capsys.readouterr().err


def test_unreadable_file_gives_status_1(tmp_path: Path) -> None:
    path = tmp_path / "other.xml"
    path.write_bytes(b"<TMBRAND/>")
    assert run(str(path), "--dry-run") == 1


def test_an_import_of_mostly_rejected_records_fails_aloud(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "wrong.xml"
    path.write_bytes(tdxf_document(case_file("1"), case_file("2"), case_file("87000001")))
    assert run(str(path), "--dry-run") == 1
    assert "MOST RECORDS REJECTED: 2 of 3" in capsys.readouterr().out


def test_one_file_of_rejected_records_among_good_ones_fails_aloud(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good, wrong = tmp_path / "good.xml", tmp_path / "wrong.xml"
    good.write_bytes(tdxf_document(*(case_file(str(87_000_001 + n)) for n in range(5))))
    wrong.write_bytes(tdxf_document(case_file("1"), case_file("2")))
    assert run(str(good), str(wrong), "--dry-run") == 1
    assert "MOST RECORDS REJECTED of wrong.xml: 2 of 2" in capsys.readouterr().out


def test_an_import_of_words_that_nobody_knows_fails_aloud(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "words.xml"
    path.write_bytes(tdxf_document(case_file(status="999")))
    assert run(str(path), "--dry-run") == 1
    assert "MOST RECORDS OF UNKNOWN STATUS: 1 of 1" in capsys.readouterr().out


def test_a_day_without_changes_is_no_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "apc180219.xml"
    path.write_bytes(tdxf_document())
    assert run(str(path), "--dry-run") == 0
    assert "remarked 1: empty_document" in capsys.readouterr().out


def test_an_archive_without_register_files_is_an_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "images.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("000162186540.JPG", b"an image")
    assert run(str(path), "--dry-run") == 1
    assert "rejected 1: no_documents" in capsys.readouterr().out


def test_what_the_operator_can_mend(mixed: Path, tmp_path: Path) -> None:
    with pytest.raises(OperatorError, match="no such file"):
        run(str(tmp_path / "none.xml"), "--dry-run")
    with pytest.raises(OperatorError, match="--dry-run"):
        run(str(mixed))
    with pytest.raises(OperatorError, match=r"schema registry http://127\.0\.0\.1:9"):
        run(str(mixed), "--bootstrap-servers=127.0.0.1:9", "--schema-registry=http://127.0.0.1:9")


def test_events_without_a_broker_are_counted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(importing, "FLUSH_SECONDS", 0.2)
    sender = Sender("127.0.0.1:9", offline_codec())
    for mark in read(TDXF):
        sender.send(mark)
    assert sender.close() == 4
    assert "without an answer" in sender.last_error


def consumed(bootstrap_servers: str, count: int) -> Iterator[tuple[bytes, bytes, list]]:
    consumer = Consumer(
        {
            "bootstrap.servers": bootstrap_servers,
            "group.id": "test-import",
            "auto.offset.reset": "earliest",
        }
    )
    consumer.subscribe([TRADEMARKS_EVENTS])
    try:
        messages = []
        for _ in range(60):
            messages += consumer.consume(count - len(messages), timeout=1.0)
            if len(messages) == count:
                break
        for message in messages:
            assert message.error() is None
            yield message.key(), message.value(), message.headers()
    finally:
        consumer.close()


@pytest.mark.broker
def test_records_arrive_in_kafka(topics: str, schema_registry: SchemaRegistryServer) -> None:
    paths = [TDXF, DATA / "euipo-018224153.xml"]
    servers = (f"--bootstrap-servers={topics}", f"--schema-registry={schema_registry.address}")
    assert run(*map(str, paths), *servers) == 0
    codec = connect(schema_registry.address, register=False)
    events = {
        key.decode(): codec.decode(TRADEMARKS_EVENTS, value, headers)
        for key, value, headers in consumed(topics, 5)
    }
    expected = {
        f"{mark.office}:{mark.application_number}": mark for path in paths for mark in read(path)
    }
    assert events == expected
    assert "EM:018224153" in events
