"""Private texts are kept by the key of their party, and forgotten with it."""

import base64
import json
import os
from uuid import uuid4

import psycopg
import pytest

from ops.__main__ import main
from sinks.contract import SinkUnavailable, SinkUnusable
from sinks.database.database import connect
from sinks.private_texts.contract import KeyErased, WrappedKey
from sinks.private_texts.data_key import DataKey
from sinks.private_texts.store import ERASED, LOST, PrivateTextStore, shown
from sinks.private_texts.wrapping_keys import WrappingKeys, new_line, read_wrapping_keys

OLD = {"2026": os.urandom(32)}
BOTH = {**OLD, "2027": os.urandom(32)}
NEW = {"2027": BOTH["2027"]}
TEXT = "Die Schuhe sind gefälscht. 👟"
NOW = 1_790_000_000_000


class Kept:
    """A store on a connection, as one process has it."""

    def __init__(self, connection, keys=None):
        self.connection = connection
        self.store = PrivateTextStore(WrappingKeys(keys or OLD), lambda: NOW)

    def put(self, party_id, *given, source_id="f-1"):
        texts = self.store.sealing(self.connection, party_id)
        hashes = [texts.keep(each) for each in given]
        with self.connection.transaction():
            self.store.put(self.connection, texts, source_id)
        return hashes

    def shown(self, *hashes, reader="reviewer anna"):
        texts = self.store.read(self.connection, hashes, reader)
        return [shown(texts, "", each) for each in hashes]

    def erase(self, party_id):
        return self.store.erase(self.connection, party_id)

    def with_keys(self, keys):
        return Kept(self.connection, keys)


@pytest.fixture
def kept(database):
    with connect(database) as connection:
        yield Kept(connection)


@pytest.mark.parametrize("text", [TEXT, "", "\x00", "x" * 200_000])
def test_a_text_is_read_as_it_was_put(kept, text):
    assert kept.shown(*kept.put("p-1", text)) == [text]


def test_one_text_has_one_hash_for_each_party(kept):
    first, again = kept.put("p-1", TEXT, TEXT)
    assert first == again == kept.put("p-1", TEXT)[0]
    assert kept.put("p-2", TEXT) != [first]


def test_what_a_source_said_is_forgotten_but_for_what_another_says_too(kept):
    (shared,) = kept.put("p-1", TEXT, source_id="f-1")
    draft = kept.put("p-1", TEXT, "one", "two", source_id="d-1")
    (others,) = kept.put("p-2", TEXT, source_id="d-2")
    with kept.connection.transaction():
        assert kept.store.forget(kept.connection, "d-1") == 3
    assert draft[0] == shared
    assert kept.shown(*draft, others) == [TEXT, LOST, LOST, TEXT]
    with kept.connection.transaction():
        assert kept.store.forget(kept.connection, "d-1") == 0
        assert kept.store.forget(kept.connection, "f-1") == 1
    assert kept.shown(shared, others) == [LOST, TEXT]


def test_what_was_never_put_is_told_to_be_lost(kept):
    assert kept.shown("0" * 64) == [LOST]


def test_erasing_takes_one_party_only(kept):
    erased = kept.put("p-1", "one", "two")
    others = kept.put("p-2", TEXT)
    assert kept.erase("p-1") == 2
    assert kept.shown(*erased) == [ERASED, ERASED]
    assert kept.shown(*others) == [TEXT]
    assert kept.erase("p-1") == kept.erase("nobody") == 0


def test_a_party_that_was_erased_files_again_under_a_new_key(kept):
    before = kept.put("p-1", TEXT)
    kept.erase("p-1")
    after = kept.put("p-1", TEXT)
    assert after != before
    assert kept.shown(*before, *after) == [ERASED, TEXT]


def test_a_text_is_not_put_by_a_key_that_was_erased_meanwhile(kept):
    kept.put("p-1", "one")
    texts = kept.store.sealing(kept.connection, "p-1")
    texts.keep("two")
    kept.erase("p-1")
    with pytest.raises(KeyErased):
        kept.store.put(kept.connection, texts, "f-1")


def test_erasing_waits_for_texts_that_are_being_put(kept, database):
    texts = kept.store.sealing(kept.connection, "p-1")
    hashes = [texts.keep("two")]
    with connect(database, options="-c lock_timeout=50") as other:
        with kept.connection.transaction():
            kept.store.put(kept.connection, texts, "f-1")
            with pytest.raises(psycopg.errors.LockNotAvailable):
                kept.store.erase(other, "p-1")
        assert kept.store.erase(other, "p-1") == 1
    assert kept.shown(*hashes) == [ERASED]


def test_who_read_texts_of_a_party_is_noted(kept):
    kept.shown(*kept.put("p-1", "one", "two"), *kept.put("p-2", TEXT))
    kept.store.export(kept.connection, "p-1", "operator kim")
    assert {(read.reader, read.texts) for read in kept.store.reads(kept.connection, "p-1")} == {
        ("reviewer anna", 2),
        ("operator kim", 2),
    }
    assert kept.store.export(kept.connection, "p-3", "operator kim") == {}


class KeyService:
    """A key management service, as far as a wrapper asks it: it keeps its keys to itself."""

    newest = "service/2"

    def __init__(self):
        self.secrets = {}
        self.away = False

    def new_key(self, party_id):
        return self._wrap(str(uuid4()), party_id, os.urandom(64))

    def open(self, key):
        return DataKey(key.key_id, self._asked(key))

    def rewrap(self, key):
        return self._wrap(key.key_id, key.party_id, self._asked(key))

    def _wrap(self, key_id, party_id, secret):
        self._answer()
        handle = os.urandom(16)
        self.secrets[handle] = secret
        return WrappedKey(key_id, party_id, self.newest, handle)

    def _asked(self, key):
        self._answer()
        return self.secrets[bytes(key.wrapped)]

    def _answer(self):
        if self.away:
            raise SinkUnavailable("the key service does not answer")


def test_a_key_management_service_takes_the_place_of_the_file(kept):
    service = KeyService()
    kept.store = PrivateTextStore(service, lambda: NOW)
    hashes = kept.put("p-1", TEXT)
    assert kept.shown(*hashes) == [TEXT]
    service.newest = "service/3"
    assert kept.store.rotate(kept.connection) == 1
    assert kept.shown(*hashes) == [TEXT]
    service.away = True
    with pytest.raises(SinkUnavailable):
        kept.put("p-1", TEXT)
    with pytest.raises(SinkUnavailable):
        kept.shown(*hashes)
    # Erasing asks nobody.
    assert kept.erase("p-1") == 1
    service.away = False
    assert kept.shown(*hashes) == [ERASED]


def test_after_rotation_the_older_key_is_not_needed(kept):
    hashes = kept.put("p-1", TEXT)
    kept.put("p-2", TEXT)
    kept.erase("p-2")
    assert kept.with_keys(BOTH).store.rotate(kept.connection) == 1
    assert kept.with_keys(BOTH).store.rotate(kept.connection) == 0
    assert kept.with_keys(NEW).shown(*hashes) == [TEXT]
    with pytest.raises(SinkUnusable, match="2027"):
        kept.shown(*hashes)


def test_rotation_without_the_older_key_changes_nothing(kept):
    hashes = kept.put("p-1", TEXT)
    with pytest.raises(SinkUnusable, match="2026"):
        kept.with_keys(NEW).store.rotate(kept.connection)
    assert kept.shown(*hashes) == [TEXT]


def test_keys_that_open_nothing_are_refused_at_the_start(kept):
    kept.put("p-1", TEXT)
    kept.store.check(kept.connection)
    for keys in (NEW, {"2026": os.urandom(32)}):
        with pytest.raises(SinkUnusable):
            kept.with_keys(keys).store.check(kept.connection)


def test_tables_hold_no_text_and_nothing_once_erased(kept):
    kept.put("p-1", TEXT)
    ((ciphertext,),) = kept.connection.execute("SELECT ciphertext FROM private_texts").fetchall()
    assert "gefälscht".encode() not in ciphertext
    kept.erase("p-1")
    rows = kept.connection.execute("SELECT ciphertext, wrapped FROM private_texts, party_keys")
    assert rows.fetchall() == [(b"", None)]


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE private_texts SET ciphertext = ciphertext || '\\x00'",
        "UPDATE private_texts SET ciphertext = ''",
        "UPDATE party_keys SET party_id = 'p-2'",
        "UPDATE party_keys SET wrapped = '\\x00'",
    ],
)
def test_what_was_changed_in_the_tables_is_told_to_be_lost(kept, change):
    hashes = kept.put("p-1", TEXT)
    kept.connection.execute(change)
    assert kept.shown(*hashes) == [LOST]


def written(path, keys):
    lines = [f"{name} {base64.b64encode(key).decode()}" for name, key in keys.items()]
    path.write_text("\n".join(lines) + "\n")
    return path


@pytest.mark.parametrize("content", ["", "2026", "2026 c2hvcnQ=", "2026 ###", "a b c", "\udcff"])
def test_a_bad_file_of_keys_is_refused_and_not_quoted(tmp_path, content):
    path = tmp_path / "keys"
    path.write_bytes(content.encode(errors="surrogateescape"))
    with pytest.raises(SinkUnusable) as refused:
        read_wrapping_keys(path)
    assert "c2hvcnQ" not in str(refused.value)


def test_the_command_makes_keys_gives_out_erases_and_rotates(kept, database, tmp_path, capsys):
    path = written(tmp_path / "keys", OLD)
    kept.put("p-1", TEXT)
    others = kept.put("p-2", TEXT)
    assert main(["private-texts", "key", str(path), "--name", "2027"]) == 0
    assert path.read_text().splitlines()[1].split()[0] == new_line("2027").split()[0]
    given = ["--database", database, "--wrapping-keys", str(path)]
    assert main(["private-texts", "export", "--party", "p-1", "--operator", "kim", *given]) == 0
    told = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {"table": "private_texts", "text": TEXT} in told
    assert main(["private-texts", "reads", "--party", "p-1", *given]) == 0
    assert "operator kim: 1 texts" in capsys.readouterr().out
    held = ["--reason", "a lawsuit", "--until", "2090-01-31", "--operator", "kim"]
    assert main(["private-texts", "keep", "--party", "p-1", *held, *given]) == 0
    erasing = ["private-texts", "erase", "--party", "p-1", "--operator", "kim", *given]
    assert main(erasing) == 0
    told = "waiting\n  legal_hold until 2090-01-31T00:00:00+00:00\n"
    assert capsys.readouterr().out == told
    assert main(["private-texts", "keep-no-longer", "--party", "p-1", *given]) == 0
    assert capsys.readouterr().out == "ended: 1 duties\n"
    assert main(erasing) == 0
    assert capsys.readouterr().out.startswith("erased\n")
    assert main(["private-texts", "rotate", *given]) == 0
    assert capsys.readouterr().out == "wrapped anew: 1 keys\n"
    newest = read_wrapping_keys(path)
    texts = PrivateTextStore(newest, lambda: NOW).read(kept.connection, others, "test")
    assert list(texts.values()) == [TEXT]
    written(path, OLD)
    assert main(["private-texts", "rotate", *given]) == 2
