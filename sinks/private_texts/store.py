"""The store of private texts in PostgreSQL: keys of parties, texts by hash, and who read what.

It works on connections of its callers, so that a text is written in the transaction of the event
that names it.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, NamedTuple

import psycopg
from psycopg.rows import tuple_row

from schemas.handled_errors import note_handled
from sinks.contract import SinkUnavailable, SinkUnusable
from sinks.private_texts.contract import KeyErased, KeyWrapper, WrappedKey
from sinks.private_texts.data_key import DataKey, SealedTexts, TextDamaged

ERASED: Final = "[erased]"
"""Shown in place of a text whose party was erased."""
LOST: Final = "[text can't be read]"
"""Shown in place of a text that is not in the store, or not what was stored."""

Connection = psycopg.Connection[Any]
Texts = Mapping[str, str | None]
"""Texts by their hashes; None where the party was erased."""

_KEY: Final = "key_id, party_id, wrapping_key, wrapped"
_MAKE_KEY: Final = f"""
    INSERT INTO party_keys ({_KEY}) VALUES (%s, %s, %s, %s)
    ON CONFLICT (party_id) WHERE wrapped IS NOT NULL DO NOTHING
"""  # noqa: S608 - names of our own
_LIVE_KEY: Final = f"SELECT {_KEY} FROM party_keys WHERE party_id = %s AND wrapped IS NOT NULL"  # noqa: S608
_LOCK_KEY: Final = "SELECT FROM party_keys WHERE key_id = %s AND wrapped IS NOT NULL FOR SHARE"
_PUT: Final = """
    INSERT INTO private_texts (sha256, key_id, ciphertext) VALUES (%s, %s, %s)
    ON CONFLICT DO NOTHING
"""
_USE: Final = """
    INSERT INTO private_text_uses (sha256, source_id) VALUES (%s, %s) ON CONFLICT DO NOTHING
"""
_FORGET: Final = "DELETE FROM private_text_uses WHERE source_id = %s RETURNING sha256"
_UNUSED: Final = """
    DELETE FROM private_texts WHERE sha256 = ANY(%s)
    AND NOT EXISTS (SELECT FROM private_text_uses AS uses WHERE uses.sha256 = private_texts.sha256)
"""
_LOCK_KEYS: Final = """
    SELECT FROM party_keys WHERE key_id IN (
        SELECT key_id FROM private_texts WHERE sha256 = ANY(%s)
    ) ORDER BY key_id FOR UPDATE
"""
_READ: Final = f"""
    SELECT {_KEY}, sha256, ciphertext FROM private_texts JOIN party_keys USING (key_id)
"""  # noqa: S608
_NOTE: Final = """
    INSERT INTO private_text_reads (read_at_milliseconds, reader, party_id, texts)
    VALUES (%s, %s, %s, %s)
"""


class Access(NamedTuple):
    """That somebody read texts of a party."""

    read_at_milliseconds: int
    reader: str
    texts: int


class PrivateTextStore:
    """Keeps and reads texts, by keys that are wrapped by `wrapper`. Of its tables all methods
    raise psycopg.Error."""

    def __init__(self, wrapper: KeyWrapper, now_milliseconds: Callable[[], int]) -> None:
        self._wrapper = wrapper
        self._now = now_milliseconds

    def sealing(self, connection: Connection, party_id: str) -> SealedTexts:
        """Return what takes texts of a party in, to be stored by `put`.

        Errors: SinkUnavailable, SinkUnusable, TextDamaged.
        """
        return SealedTexts(self._live_key(connection, party_id))

    def put(self, connection: Connection, texts: SealedTexts, source_id: str) -> None:
        """Store texts of a filing or question, within the caller's transaction.

        Errors: KeyErased, meanwhile.
        """
        if not _rows(connection, _LOCK_KEY, (texts.key_id,)):
            raise KeyErased
        rows = [(sha256, texts.key_id, each) for sha256, each in texts.ciphertexts.items()]
        with connection.cursor() as cursor:
            cursor.executemany(_PUT, rows)
            cursor.executemany(_USE, [(sha256, source_id) for sha256 in texts.ciphertexts])

    def forget(self, connection: Connection, source_id: str) -> int:
        """Drop what a source says, and of that what nothing else says; return how many texts it
        said. Within the caller's transaction."""
        hashes = [sha256 for (sha256,) in _rows(connection, _FORGET, (source_id,))]
        remove_unused(connection, hashes)
        return len(hashes)

    def read(self, connection: Connection, hashes: Iterable[str], reader: str) -> Texts:
        """Return texts, those that are there, and note who read them. Errors: SinkUnusable."""
        wanted = sorted({each for each in hashes if each})
        if not wanted:
            return {}
        return self._read(connection, _READ + "WHERE sha256 = ANY(%s)", wanted, reader)

    def export(self, connection: Connection, party_id: str, reader: str) -> Texts:
        """Return all texts of a party, and note who was given them, if there are none too.

        Errors: SinkUnusable.
        """
        found = self._read(connection, _READ + "WHERE party_id = %s", party_id, reader)
        if not any(text is not None for text in found.values()):
            self._note(connection, reader, {party_id: 0})
        return found

    def stored_bytes(self, connection: Connection, party_id: str) -> int:
        """Return how large a party's texts are, encrypted."""
        query = """
            SELECT coalesce(sum(length(ciphertext)), 0)::bigint
            FROM private_texts JOIN party_keys USING (key_id) WHERE party_id = %s
        """
        return int(_rows(connection, query, (party_id,))[0][0])

    def reads(self, connection: Connection, party_id: str) -> list[Access]:
        """Return who read texts of a party, the newest first."""
        query = """
            SELECT read_at_milliseconds, reader, texts FROM private_text_reads
            WHERE party_id = %s ORDER BY read_at_milliseconds DESC
        """
        return [Access(*row) for row in _rows(connection, query, (party_id,))]

    def lock(self, connection: Connection, party_id: str) -> None:
        """Wait for texts of a party that are being put, and have others wait for the caller."""
        _rows(connection, _LIVE_KEY + " FOR UPDATE", (party_id,))

    def erase(self, connection: Connection, party_id: str) -> int:
        """Destroy a party's key and its texts with it; return how many there were."""
        with connection.transaction():
            destroyed = _rows(
                connection,
                "UPDATE party_keys SET wrapped = NULL WHERE party_id = %s AND wrapped IS NOT NULL "
                "RETURNING key_id",
                (party_id,),
            )
            if not destroyed:
                return 0
            emptied = "UPDATE private_texts SET ciphertext = '' WHERE key_id = %s"
            return connection.execute(emptied, destroyed[0]).rowcount

    def rotate(self, connection: Connection) -> int:
        """Wrap by the newest wrapping key what an older one wraps, all or none; return how many.

        Errors: SinkUnavailable, SinkUnusable, TextDamaged.
        """
        query = f"""
            SELECT {_KEY} FROM party_keys WHERE wrapped IS NOT NULL AND wrapping_key <> %s
            ORDER BY key_id FOR UPDATE
        """  # noqa: S608
        with connection.transaction():
            rows = _rows(connection, query, (self._wrapper.newest,))
            for row in rows:
                key = self._wrapper.rewrap(WrappedKey(*row))
                connection.execute(
                    "UPDATE party_keys SET wrapping_key = %s, wrapped = %s WHERE key_id = %s",
                    (key.wrapping_key, key.wrapped, key.key_id),
                )
        return len(rows)

    def check(self, connection: Connection) -> None:
        """Refuse wrapping keys that don't open the keys of parties. Errors: SinkUnusable."""
        query = f"""
            SELECT DISTINCT ON (wrapping_key) {_KEY} FROM party_keys WHERE wrapped IS NOT NULL
        """  # noqa: S608
        for row in _rows(connection, query, ()):
            key = WrappedKey(*row)
            try:
                self._wrapper.open(key)
            except TextDamaged as error:
                told = f"wrapping key {key.wrapping_key!r} is not the one that wrapped keys before"
                raise SinkUnusable(told) from error

    def _live_key(self, connection: Connection, party_id: str) -> DataKey:
        found = _rows(connection, _LIVE_KEY, (party_id,))
        if not found:
            connection.execute(_MAKE_KEY, self._wrapper.new_key(party_id))
            found = _rows(connection, _LIVE_KEY, (party_id,))
        if not found:
            raise SinkUnavailable("the party is being erased: try again later")
        return self._wrapper.open(WrappedKey(*found[0]))

    def _read(self, connection: Connection, query: str, value: Any, reader: str) -> Texts:
        keys: dict[str, DataKey] = {}
        found: dict[str, str | None] = {}
        read: Counter[str] = Counter()
        for *wrapped, sha256, ciphertext in _rows(connection, query, (value,)):
            key = WrappedKey(*wrapped)
            if key.wrapped is None:
                found[sha256] = None
                continue
            try:
                if key.key_id not in keys:
                    keys[key.key_id] = self._wrapper.open(key)
                found[sha256] = keys[key.key_id].open(ciphertext, sha256).decode()
            except TextDamaged as error:
                note_handled("private_texts", error)
                continue
            read[key.party_id] += 1
        self._note(connection, reader, read)
        return found

    def _note(self, connection: Connection, reader: str, read: Mapping[str, int]) -> None:
        """Note how many texts of which parties somebody read."""
        now = self._now()
        with connection.cursor() as cursor:
            cursor.executemany(_NOTE, [(now, reader, *each) for each in sorted(read.items())])


def remove_unused(connection: Connection, hashes: list[str]) -> None:
    """Remove those of these texts that nothing says any more, within the caller's transaction."""
    # Who puts a text holds its key: what is being said again is seen by what follows.
    connection.execute(_LOCK_KEYS, (hashes,))
    connection.execute(_UNUSED, (hashes,))


def shown(texts: Texts, text: str | None, sha256: str | None) -> str:
    """Return the words of a text that stands where it is, or in the store by its hash."""
    if sha256 is None:
        return text or ""
    words = texts.get(sha256, LOST)
    return ERASED if words is None else words


def _rows(connection: Connection, query: str, values: tuple[Any, ...]) -> list[tuple[Any, ...]]:
    with connection.cursor(row_factory=tuple_row) as cursor:
        return cursor.execute(query, values).fetchall()
