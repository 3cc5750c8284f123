"""Word lists beside the local state: the same as made, and made anew where they can't be read."""

import subprocess
import sys

import pytest

from processors.matching import vocabulary
from streams.worker import word_file


@pytest.fixture
def few_words(monkeypatch):
    made = {"common": frozenset({"shoe"}), "known": frozenset({"shoe", "schuh"})}
    monkeypatch.setattr(word_file, "word_lists", lambda: made)
    monkeypatch.setattr(vocabulary, "_lists", {})
    return made


def test_lists_come_back_as_they_were_made(tmp_path, few_words):
    assert not word_file.load_words(tmp_path)
    word_file.write_words(tmp_path)
    assert word_file.load_words(tmp_path)
    assert vocabulary._lists == few_words


@pytest.mark.parametrize("content", [b"", b"\0\0\0\0", b"\x12\x34\x56\x78" + b"s" * 50])
def test_a_broken_file_is_not_used(tmp_path, few_words, content):
    word_file.write_words(tmp_path)
    [path] = tmp_path.iterdir()
    path.write_bytes(content)
    assert not word_file.load_words(tmp_path)
    assert vocabulary._lists == {}


def test_a_file_of_another_vocabulary_is_not_used(tmp_path, few_words, monkeypatch):
    word_file.write_words(tmp_path)
    monkeypatch.setattr(word_file, "VOCABULARY_VERSION", "another")
    assert not word_file.load_words(tmp_path)


def test_real_lists_are_the_same_from_the_file(tmp_path):
    word_file.write_words(tmp_path)
    program = (
        "from pathlib import Path\n"
        "from hashlib import sha256\n"
        "from processors.matching.vocabulary import word_lists\n"
        "from streams.worker.word_file import load_words\n"
        f"assert load_words(Path({str(tmp_path)!r}))\n"
        "print(sha256(repr([sorted(each) for each in word_lists().values()]).encode()).hexdigest())"
    )
    loaded = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True
    )
    made = program.replace("assert load_words", "load_words").replace(str(tmp_path), "/nowhere")
    anew = subprocess.run([sys.executable, "-c", made], check=True, capture_output=True, text=True)
    assert loaded.stdout == anew.stdout
