"""What is declared of an event beside its fields: topics, key, owner, identity, who makes it."""

import re
from collections.abc import Callable
from functools import cache
from operator import attrgetter
from typing import Any, Final, Literal, NamedTuple, TypeVar

from schemas.record import quick_copies

Kind = TypeVar("Kind", bound=type[Any])
Owner = Literal["listing", "party", "key"]
"""In whose partition a record lies: its listing's, its party's, or the one that its key gives."""

Maker = Literal["worker", "monitor"]

ALL_FIELDS: Final = ()
"""Identity of records of a state, which have no id: the whole content, key and time."""

_PLACE = re.compile(r"\{([a-z_|]+)\}")
_KEYS: Final[dict[Owner, str]] = {"listing": "{listing_id}", "party": "{party_id}", "key": ""}


class Declaration(NamedTuple):
    """What is declared of an event. `key` is the record's key, with fields in braces, of which
    `{a|b}` is the first that is not empty; no text where whoever writes the record knows it.

    `identity` names the fields that tell two events apart. `made_by` has those of workers and
    monitors that write it; others write what nobody is named for. `subject` is the field that names
    the party whose personal data the event carries, empty where it carries ids alone.
    """

    topics: tuple[str, ...]
    owner: Owner
    key: str
    identity: tuple[str, ...]
    made_by: tuple[Maker, ...]
    subject: str = ""


def event(
    *topics: str,
    identity: tuple[str, ...],
    owner: Owner = "key",
    key: str | None = None,
    made_by: tuple[Maker, ...] = (),
    subject: str = "",
) -> Callable[[Kind], Kind]:
    """Declare a class as an event of these topics, mostly one."""
    key = _KEYS[owner] if key is None else key
    declared = Declaration(topics, owner, key, identity, made_by, subject)

    def declare(kind: Kind) -> Kind:
        kind.declaration = declared
        return quick_copies(kind)

    return declare


def is_declared(kind: Any) -> bool:
    """Tell whether something is the class of an event."""
    return isinstance(kind, type) and hasattr(kind, "declaration")


def declaration_of(kind: type[Any]) -> Declaration:
    """Return what is declared of an event's class. Errors: AttributeError where nothing is."""
    declared: Declaration = kind.__dict__["declaration"]
    return declared


def topic_of(kind: type[Any]) -> str:
    """Return the topic of an event that has one. Errors: ValueError where it has several."""
    (topic,) = declaration_of(kind).topics
    return topic


def key_of(event: Any) -> str:
    """Return the key of an event's record."""
    kind: Any = type(event)
    make: Callable[[Any], str] = key_maker(kind)
    return make(event)


@cache
def key_maker(kind: Any) -> Callable[[Any], str]:
    """Return what makes the key of such events. Errors: TypeError where it is not declared."""
    key = declaration_of(kind).key
    whole = _PLACE.fullmatch(key)
    if whole and "|" not in whole[1]:
        field = attrgetter(whole[1])
        hint = kind.__annotations__[whole[1]]
        is_text = getattr(hint, "__origin__", hint) is str
        return field if is_text else lambda event: str(field(event))
    if not key:
        raise TypeError(f"{kind.__name__}: its key is not declared")
    return lambda event: _PLACE.sub(lambda place: _first(event, place[1]), key)


def key_fields(key: str) -> list[str]:
    """Return the fields that a declared key is made of."""
    return [field for place in _PLACE.findall(key) for field in place.split("|")]


def key_words(key: str) -> list[str]:
    """Return a declared key in words, each of its alternatives."""
    words = _PLACE.sub(lambda place: place[1].replace("_", " "), key)
    return words.split("|")


def _first(event: Any, fields: str) -> str:
    return next((str(value) for f in fields.split("|") if (value := getattr(event, f))), "")
