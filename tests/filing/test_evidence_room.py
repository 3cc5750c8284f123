"""Room for evidence: quotas, the disk, what a cut leaves behind, and what is harmful."""

import errno
import json
import os
import shutil
import subprocess
import threading
from collections import namedtuple
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from fake_clamd import HARMFUL, fake_clamd

from filing.harness import complaint
from filing.test_evidence import PDF, PNG, TEXT, files, sweep, upload
from ops.local.patience import wait_for
from schemas.handled_errors import HANDLED
from sinks.evidence.quarantine import Quarantine
from sinks.evidence.scanner import ClamdScanner, ScannerUnavailable
from sinks.evidence.vault import EvidenceVault, VaultFull
from streams.sources.filing.settings import FilingSettings

Usage = namedtuple("Usage", ["total", "used", "free"])


def test_bytes_that_wait_for_a_filing_are_bounded(make_api):
    api = make_api(FilingSettings(maximum_idle_evidence_bytes=len(PDF) + 1))
    assert upload(api, PNG).status_code == 201
    assert upload(api, PDF).status_code == 429
    assert upload(api, PNG).status_code == 200
    assert upload(api, PDF, party="holder-2").status_code == 201


def test_a_party_has_a_bounded_room_also_for_what_it_named(make_api):
    api = make_api(FilingSettings(maximum_party_evidence_bytes=len(PDF) + 1))
    kept = upload(api, PNG).json()["evidence_id"]
    named = [{"evidence_id": kept, "kind": "other"}]
    assert api.post("/v1/complaints", complaint(evidence=named)).status_code == 201
    answer = upload(api, PDF)
    assert (answer.status_code, "Retry-After" in answer.headers) == (429, True)


def test_uploads_at_once_are_counted_one_after_the_other(make_api):
    """Each takes its time between the count and its row; none is let in beyond the quota."""
    api = make_api(FilingSettings(maximum_idle_evidence=2))
    answers, ready = [], threading.Barrier(8)
    counted = api.services.evidence._check

    def check(connection, *arguments):
        counted(connection, *arguments)
        connection.execute("SELECT pg_sleep(0.05)")

    api.services.evidence._check = check

    def send(number):
        ready.wait()
        answers.append(upload(api, TEXT + str(number).encode()).status_code)

    threads = [threading.Thread(target=send, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [201] * 2 + [429] * 6
    assert len(files(api)) == 2


def test_a_disk_without_room_is_told_before_anything_is_written(api, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: Usage(1 << 40, 0, 1 << 29))
    answer = upload(api, PNG)
    assert (answer.status_code, answer.json()["type"].rpartition(":")[2]) == (
        507,
        "insufficient-storage",
    )
    assert "Retry-After" in answer.headers
    monkeypatch.undo()
    assert upload(api, PNG).status_code == 201


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_disk_that_fills_meanwhile_is_told_and_leaves_nothing(api, monkeypatch, number):
    def full(_descriptor):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", full)
    assert upload(api, PNG).status_code == 507
    monkeypatch.undo()
    assert files(api) == []
    assert api.rows("SELECT * FROM filed_evidence") == []


@pytest.mark.parametrize("size_bytes", [1_000, 1_000_000])
def test_a_disk_that_is_full_keeps_nothing_of_a_document(small_disk, size_bytes):
    """Small documents are still in memory as they are written, large ones on their way."""
    vault = EvidenceVault(small_disk.path, 2_000_000, reserved_bytes=0)
    free = shutil.disk_usage(small_disk.path).free
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(shutil, "disk_usage", lambda _path: Usage(free, 0, free))
        small_disk.fill()
        coming = vault.begin()
        with pytest.raises(VaultFull):
            take(vault, coming, TEXT * (size_bytes // len(TEXT)))
        coming.close()
    assert [path for path in small_disk.path.rglob("*") if path.is_file()] == [
        small_disk.path / "ballast"
    ]
    small_disk.make_room()
    coming = vault.begin()
    assert take(vault, coming, TEXT * (size_bytes // len(TEXT)))


def take(vault, coming, content):
    coming.write(content)
    return vault.keep(coming.finish())


def test_no_half_of_a_note_is_set_aside_on_a_full_disk(small_disk, tmp_path):
    vault = EvidenceVault(tmp_path, 1_000)
    quarantine = Quarantine(small_disk.path / "aside", 1_000)
    coming = vault.begin()
    coming.write(TEXT)
    received = coming.finish()
    small_disk.fill()
    with pytest.raises(VaultFull):
        quarantine.put(received, {"party_id": "p" * 5_000})
    assert list((small_disk.path).rglob("*.json")) == []
    assert received.path.exists()
    coming.close()


def test_a_database_without_room_is_told(api, monkeypatch):
    @contextmanager
    def full(_connection):
        raise psycopg.errors.DiskFull("could not extend file")
        yield

    monkeypatch.setattr(psycopg.Connection, "transaction", full)
    before = HANDLED.counts().get(("filing", "DiskFull"), 0)
    answer = api.post("/v1/complaints", complaint())
    assert (answer.status_code, "no room" in answer.json()["detail"]) == (503, True)
    assert HANDLED.counts()["filing", "DiskFull"] > before


def test_a_file_without_a_row_is_swept_and_others_stay(api):
    upload(api, PDF)
    kept = files(api)
    coming = api.vault.begin()
    coming.write(PNG)
    # As where a process ends between the file and the row's commit.
    api.vault.keep(coming.finish())
    assert len(files(api)) == 2
    for part in range(256):
        api.services.evidence.remove_orphans(part, 3_600.0)
    # It may belong to an upload that is under way.
    assert len(files(api)) == 2
    for part in range(256):
        api.services.evidence.remove_orphans(part, -1.0)
    assert files(api) == kept


def test_all_parts_of_the_vault_are_swept_in_turn(api, monkeypatch):
    seen = []
    monkeypatch.setattr(
        api.services.evidence, "remove_orphans", lambda part, _seconds: seen.append(part)
    )
    sweep(api)
    assert seen == [0]


@pytest.fixture(params=["tcp", "socket"])
def clamd(request, tmp_path):
    with fake_clamd(None if request.param == "tcp" else str(tmp_path / "clamd")) as made:
        yield made


def test_what_a_scanner_finds_is_set_aside_and_the_rest_is_kept(make_api, clamd):
    api = make_api(scanner=ClamdScanner(clamd.address))
    assert upload(api, TEXT).status_code == 201
    answer = upload(api, TEXT + HARMFUL)
    assert (answer.status_code, "Fox.Hen-1" in answer.json()["detail"]) == (422, True)
    assert clamd.seen == [TEXT, TEXT + HARMFUL]
    aside = api.vault._directory / "quarantine"
    note, document = sorted(aside.iterdir(), key=lambda path: path.suffix, reverse=True)
    assert document.read_bytes() == TEXT + HARMFUL
    told = json.loads(note.read_text())
    assert (told["party_id"], told["found"], told["kept"]) == ("holder-1", "Fox.Hen-1", True)
    assert len(api.rows("SELECT * FROM filed_evidence")) == 1


@pytest.mark.parametrize(
    "said", [b"stream: OK", b"INSTREAM size limit exceeded. ERROR\0", b"OK\0", b"x" * 9_999, b""]
)
def test_no_clear_answer_is_no_leave(make_api, clamd, said):
    api = make_api(scanner=ClamdScanner(clamd.address))
    clamd.answer = said or b"\0"
    answer = upload(api, PNG)
    assert (answer.status_code, "Retry-After" in answer.headers) == (503, True)
    assert [path for path in files(api) if "quarantine" not in str(path)] == []
    clamd.answer = None
    assert upload(api, PNG).status_code == 201


def test_a_scanner_that_is_away_or_silent_is_no_leave(make_api, tmp_path):
    api = make_api(scanner=ClamdScanner("127.0.0.1:1"))
    assert upload(api, PNG).status_code == 503
    with pytest.raises(ScannerUnavailable):
        ClamdScanner(str(tmp_path / "none")).scan(Path(__file__))
    for address in ("clamd", ":3310", "host:", "host:²"):
        with pytest.raises(ValueError, match="HOST:PORT"):
            ClamdScanner(address)


def test_what_is_set_aside_is_bounded(tmp_path):
    vault, quarantine = EvidenceVault(tmp_path, 1_000), Quarantine(tmp_path / "aside", 20)
    for word in (b"one of ten bytes", b"another one"):
        coming = vault.begin()
        coming.write(word)
        quarantine.put(coming.finish(), {"party_id": "p"})
        coming.close()
    kept = [json.loads(path.read_text())["kept"] for path in (tmp_path / "aside").glob("*.json")]
    assert sorted(kept) == [False, True]
    assert quarantine.remove_old() == 0


@pytest.mark.skipif(shutil.which("clamd") is None, reason="Debian's clamav-daemon is not there")
def test_the_real_clamd_understands_and_is_understood(tmp_path):
    signatures = tmp_path / "signatures"
    signatures.mkdir()
    (signatures / "own.ndb").write_text(f"Fox.Hen-1:0:*:{HARMFUL.hex()}\n")
    local = tmp_path / "clamd"
    settings = tmp_path / "clamd.conf"
    settings.write_text(f"DatabaseDirectory {signatures}\nLocalSocket {local}\nForeground yes\n")
    process = subprocess.Popen(["clamd", "--config-file", settings], stdout=subprocess.PIPE)
    try:
        clean, harmful = tmp_path / "clean", tmp_path / "harmful"
        clean.write_bytes(TEXT)
        harmful.write_bytes(TEXT + HARMFUL)
        scanner = ClamdScanner(str(local))

        def listens():
            try:
                scanner.scan(clean)
            except ScannerUnavailable:
                # Its socket is there a moment before it listens.
                return process.poll() is not None
            return True

        wait_for("clamd", listens)
        assert scanner.scan(clean) is None
        assert scanner.scan(harmful).startswith("Fox.Hen-1")
    finally:
        process.terminate()
        process.wait()
