"""Monitors share built indexes: what is whole and of their register is taken, all else refused."""

import errno
import fcntl
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from processors.matching.index import TermIndex, build
from processors.matching.matcher import Matcher
from streams.monitor import index_file, term_index
from streams.monitor.index_file import (
    IndexRefused,
    RegisterPosition,
    file_name,
    index_files,
    open_index,
    save_index,
)
from streams.monitor.term_index import IndexBuilder, IndexNotBuilt, differences, provide

TERMS = ["louis vuitton", "nike", "яндекс", "耐克"]
AT = RegisterPosition("cluster", "topic", (3, 4))
LATER = AT._replace(offsets=(3, 5))
TITLE = "n1ke Luis Vuitton 正品耐克鞋 яндекс"


@pytest.fixture
def source(tmp_path):
    return written(tmp_path / "terms", TERMS)


def written(path, terms):
    path.write_text("".join(f"{term}\n" for term in sorted(terms)), encoding="utf-8")
    return path


@pytest.fixture
def directory(tmp_path):
    made = tmp_path / "indexes"
    made.mkdir()
    return made


@pytest.mark.parametrize("terms", [[], TERMS])
def test_an_index_in_a_file_is_the_one_that_was_built(terms, directory):
    parts = build(terms)
    path = save_index(parts, directory, AT)
    read = Matcher(TermIndex(open_index(path, AT)))
    made = Matcher(TermIndex(parts))
    for title in (TITLE, "nothing of it"):
        assert read.find(title) == made.find(title)
    assert len(read) == len(terms)


def test_a_file_is_named_by_the_register_its_position_and_the_matcher(monkeypatch):
    names = [file_name(AT), file_name(LATER), file_name(AT._replace(topic_id="anew")),
             file_name(AT._replace(cluster_id="other"))]  # fmt: skip
    monkeypatch.setattr(index_file, "matcher_version", lambda: "another")
    names.append(file_name(AT))
    assert len(set(names)) == len(names)
    assert file_name(AT).startswith("000000000007-")


def changed_at(place):
    def change(path):
        content = bytearray(path.read_bytes())
        content[place] ^= 1
        path.write_bytes(content)

    return change


def changed_in_a_part(path):
    content = path.read_bytes()
    path.write_bytes(content.replace(b"louis vuittonnike", b"louis vuitton\0ike"))


def cut(length):
    return lambda path: os.truncate(path, path.stat().st_size * length // 8)


@pytest.mark.parametrize(
    "spoil",
    [changed_at(0), changed_at(9), changed_at(60), changed_in_a_part, cut(0), cut(1), cut(7),
     lambda path: path.write_bytes(b"x" * 9_000), lambda path: path.unlink()],
)  # fmt: skip
def test_a_torn_file_is_refused_and_the_index_built_anew(spoil, source, directory):
    path = save_index(build([*TERMS, "kodak"]), directory, AT)
    spoil(path)
    with pytest.raises(IndexRefused):
        open_index(path, AT)
    name, added, removed, *_ = provide(source, directory, AT, 10)
    assert (name, added, removed) == (file_name(AT), [], [])
    assert list(TermIndex(open_index(directory / name, AT)).terms()) == TERMS


@pytest.mark.parametrize("changes", [{"cluster_id": "other"}, {"topic_id": "made anew"}])
def test_another_registers_index_is_refused_and_left_alone(changes, source, directory):
    theirs = save_index(build(TERMS), directory, AT._replace(**changes))
    with pytest.raises(IndexRefused, match="another register"):
        open_index(theirs, AT)
    assert provide(source, directory, AT, 10).name == file_name(AT)
    assert theirs.exists()


def test_another_matchers_index_is_refused(source, directory, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(index_file, "matcher_version", lambda: "older")
        theirs = save_index(build(TERMS), directory, AT)
    with pytest.raises(IndexRefused, match="other matching"):
        open_index(theirs, AT)
    assert provide(source, directory, AT, 10).name != theirs.name


def test_an_index_of_nearly_these_terms_is_taken_with_what_differs(source, directory, tmp_path):
    made = provide(source, directory, AT, 0)
    later = written(tmp_path / "later", ["nike", "kodak", "яндекс", "耐克"])
    taken = provide(later, directory, LATER, 2)
    assert taken[:3] == (made.name, ["kodak"], ["louis vuitton"])
    assert provide(later, directory, LATER, 1)[:3] == (file_name(LATER), [], [])


def test_old_indexes_of_a_register_are_removed(directory, tmp_path):
    for number in range(4):
        position = AT._replace(offsets=(number,))
        save_index(build([]), directory, AT._replace(topic_id="other", offsets=(number,)))
        provide(written(tmp_path / "terms", [f"brand {number}x"]), directory, position, 0)
    ours = {file_name(AT._replace(offsets=(number,))) for number in (2, 3)}
    assert {path.name for path in index_files(directory)} > ours
    assert len(index_files(directory)) == 4 + len(ours)


def test_two_monitors_that_build_at_once_build_once(source, directory):
    builders = [IndexBuilder(directory), IndexBuilder(directory)]
    with (directory / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for builder in builders:
            builder.start(source, AT)
        assert not index_files(directory)
    for builder in builders:
        builder._thread.join()
    built = [builder.take() for builder in builders]
    assert [len(each.terms) for each in built] == [4, 4]
    [path] = index_files(directory)
    assert path.stat().st_nlink == 1


def test_a_build_that_fails_is_told(tmp_path):
    builder = IndexBuilder(tmp_path)
    builder.start(tmp_path / "nothing-there", AT)
    builder._thread.join()
    with pytest.raises(IndexNotBuilt, match="could not be built"):
        builder.take()
    assert builder.take() is None


def test_of_an_index_that_had_no_room_nothing_is_left(directory, monkeypatch):
    def full(_descriptor):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        save_index(build(TERMS), directory, AT)
    assert not [path for path in directory.iterdir() if path.is_file()]


TEXTS = st.lists(st.text("abé", min_size=1, max_size=3), unique=True, max_size=9).map(sorted)


@given(TEXTS, TEXTS)
def test_what_differs_is_told_up_to_a_bound(wanted, present):
    added = sorted(set(wanted) - set(present))
    removed = sorted(set(present) - set(wanted))
    most = len(added) + len(removed)
    assert differences(wanted, present, most) == (added, removed)
    if most:
        assert differences(wanted, present, most - 1) is None


def test_a_child_tells_how_much_memory_it_had():
    assert term_index._most_memory_bytes() > 1 << 20
