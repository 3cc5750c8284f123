"""How keys of the tables begin, by what stands under them."""

from typing import Final

MARK: Final = b"T"
"""A mark's history, under its name by the application number."""

ALIAS: Final = b"A"
"""Those names of marks, under another one: by the registration number, and by a number in its
form."""

MARK_NUMBERS_FORM: Final = b"V"
"""The version of the form of numbers by which other names were made."""

MARK_TERM: Final = b"M"
"""Names of marks in force, under the words that they have."""

MARK_TERMS_FOLDING: Final = b"G"
"""The version of folding by which those words were made."""

PARTY: Final = b"P"
STANDING: Final = b"N"
RULES: Final = b"R"
POLICY: Final = b"L"

WATCHED_TERM: Final = b"W"
"""A term that monitors watch, a zero byte and the mark's registry reference."""

WATCHED_FOLDING: Final = b"F"
"""The version of folding by which those terms were made; it stands in each monitor's tables."""

HOLDER: Final = b"H"
"""A mark's name, a zero byte and a party that holds it."""

LEAVE: Final = b"B"
"""A rights holder, a zero byte and an agent that has had its leave."""

HOLDERS_FORM: Final = b"J"
"""The version of the form of numbers by which holders were listed."""

OFFENCES: Final = b"S"
"""Takedowns against a seller."""

DETECTION: Final = b"D"
"""What was detected and sent to review, from when monitors carried reviews out."""

APPLICATION: Final = b"application"
REGISTRATION: Final = b"registration"

TABLE_POSITIONS: Final = b"table:"
"""How positions of the tables' topics begin, in a family of their own."""

UNREAD_RECORD: Final = b"unread:"
"""How records that could not be read yet begin, in the same family."""


def unread_key(topic: str, partition: int, offset: int) -> bytes:
    """Return the key under which a record stands that could not be read yet."""
    return UNREAD_RECORD + f"{topic}:{partition}:{offset}".encode()


def unread_place(key: bytes) -> tuple[str, int, int]:
    """Return the topic, partition and offset of such a key."""
    source, _, offset = key[len(UNREAD_RECORD) :].decode().rpartition(":")
    topic, _, partition = source.rpartition(":")
    return topic, int(partition), int(offset)


def position_key(topic: str, partition: int) -> bytes:
    """Return the key under which it stands how far a table's topic was read."""
    return TABLE_POSITIONS + f"{topic}:{partition}".encode()


def position_of(key: bytes) -> tuple[str, int]:
    """Return the topic and partition of such a key."""
    topic, _, partition = key[len(TABLE_POSITIONS) :].decode().rpartition(":")
    return topic, int(partition)
