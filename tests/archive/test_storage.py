"""Both kinds of storage keep files alike."""

import pytest

from archive.test_layout import TOPIC, file
from sinks.archive.storage import storage_at
from sinks.contract import SinkUnavailable, SinkUnusable


def test_files_are_found_by_their_topic(storage):
    assert storage.files(TOPIC) == []
    for each in (file(0, 4), file(5, 9, partition=0)):
        storage.write(each.name, b"content")
    storage.write(file(0, 1)._replace(topic="ip.sla.events").name, b"other")
    assert sorted(storage.files(TOPIC)) == sorted([file(0, 4), file(5, 9, partition=0)])


def test_a_file_is_what_was_written_last_and_gone_once_deleted(storage):
    name = file(0, 4).name
    storage.write(name, b"first")
    storage.write(name, b"second" * 1_000_000)
    assert storage.read(name) == b"second" * 1_000_000
    storage.delete(name)
    storage.delete(name)
    assert storage.files(TOPIC) == []
    with pytest.raises(SinkUnavailable):
        storage.read(name)


def test_a_directory_holds_no_half_of_a_file(directory, tmp_path, monkeypatch):
    name = file(0, 4).name

    def fail(_handle):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("sinks.archive.storage.os.fsync", fail)
    with pytest.raises(SinkUnavailable, match="No space left"):
        directory.write(name, b"content")
    monkeypatch.undo()
    assert directory.files(TOPIC) == []
    assert not [path for path in (tmp_path / "archive").rglob("*") if path.is_file()]


@pytest.mark.parametrize("address", ["ftp://host/x", "s3://", "s3://b?no_such_word=1"])
def test_what_is_no_address_is_told(address):
    with pytest.raises(SinkUnusable, match="no address of an archive"):
        storage_at(address)
