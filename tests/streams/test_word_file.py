"""Word lists in a file: the same as made, made once for all, and anew where they can't be read."""

import subprocess
import sys
import threading
from hashlib import sha256
from time import sleep

import pytest

from ops.shell.words import words_directory
from processors.matching import vocabulary
from processors.matching.vocabulary import word_lists
from streams import word_file
from streams.word_file import load_words, ready_words, write_words

MADE = {"common": frozenset({"shoe"}), "known": frozenset({"shoe", "schuh", "靴"})}


@pytest.fixture(autouse=True)
def nothing_taken(monkeypatch):
    monkeypatch.setattr(vocabulary, "_texts", {})


@pytest.fixture
def made(monkeypatch):
    """How often the few lists were made."""
    calls = []
    monkeypatch.setattr(word_file, "word_lists", lambda: calls.append(1) or MADE)
    return calls


def taken():
    return {name: frozenset(text.split("\n")) for name, text in vocabulary._texts.items()}


def test_lists_come_back_as_they_were_made(tmp_path, made):
    assert not load_words(tmp_path)
    write_words(tmp_path)
    assert load_words(tmp_path)
    assert taken() == MADE


def test_a_file_is_used_where_nothing_can_be_written(tmp_path, made, monkeypatch):
    monkeypatch.setattr(word_file, "ready_tables", lambda: None)
    write_words(tmp_path)
    (tmp_path / word_file.LOCK).mkdir()
    ready_words(tmp_path)
    assert (taken(), len(made)) == (MADE, 1)


@pytest.mark.parametrize(
    "content", [b"", b"\0\0\0\0", b"\x12\x34\x56\x78" + b"s" * 50, b"\0\0\0\0common\nshoe"]
)
def test_a_broken_file_is_not_used_and_made_anew(tmp_path, made, content):
    write_words(tmp_path)
    [path] = tmp_path.iterdir()
    path.write_bytes(content)
    assert not load_words(tmp_path)
    ready_words(tmp_path)
    assert load_words(tmp_path)
    assert taken() == MADE


def test_a_file_of_another_vocabulary_is_not_used(tmp_path, made, monkeypatch):
    write_words(tmp_path)
    monkeypatch.setattr(word_file, "VOCABULARY_VERSION", "another")
    assert not load_words(tmp_path)


def test_who_comes_while_lists_are_made_waits_for_them(tmp_path, made, monkeypatch):
    slow = lambda: sleep(0.1) or made.append(1) or MADE  # noqa: E731
    monkeypatch.setattr(word_file, "word_lists", slow)
    threads = [threading.Thread(target=ready_words, args=(tmp_path,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert made == [1]


def test_where_no_file_can_be_kept_lists_are_made_when_asked_for(tmp_path, made):
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    ready_words(blocked)
    assert taken() == {}


PROGRAM = """
import sys
from hashlib import sha256
from pathlib import Path
from processors.matching.vocabulary import word_lists
from streams.word_file import load_words
assert load_words(Path(sys.argv[1]))
print(sha256(repr([sorted(each) for each in word_lists().values()]).encode()).hexdigest())
"""


def test_real_lists_are_the_same_from_the_file(tmp_path):
    write_words(tmp_path)
    line = [sys.executable, "-c", PROGRAM, str(tmp_path)]
    loaded = subprocess.run(line, check=True, capture_output=True, text=True)
    made = repr([sorted(each) for each in word_lists().values()])
    assert loaded.stdout.strip() == sha256(made.encode()).hexdigest()


READ_EACH_SCRIPT = """
import sys, unicodedata
from pathlib import Path
from ops.shell.words import words_directory
from processors.matching import vocabulary
from streams.word_file import ready_words
ready_words(words_directory(Path(sys.argv[1])))
sys.modules["wordfreq"] = None
for script in vocabulary.OTHER_SCRIPTS:
    letters = (chr(n) for n in range(128, 0xFFFF))
    word = next(x for x in letters if unicodedata.name(x, "").split(" ")[0] == script)
    vocabulary.is_dictionary_word(word)
    vocabulary.is_japanese_word(word), vocabulary.is_chinese_word(word)
    vocabulary.is_russian_word(word)
print("ready")
"""


@pytest.mark.slow
def test_no_title_in_any_script_waits_for_words_to_be_made(tmp_path):
    ready_words(words_directory(tmp_path))
    command = [sys.executable, "-c", READ_EACH_SCRIPT, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stdout == "ready\n", done.stderr
