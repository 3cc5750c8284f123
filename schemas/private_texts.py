"""Texts of parties that events do without: what stands in their place, and its facts.

A text of a field is private where the field's record has another field of the same name after
`private_`. Facts are read of the text where it stands in the event, and else of what stands in its
place: they are the same.
"""

import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Final, Literal

from schemas.declared_fields import Field, fields_of
from schemas.events.private_texts import PrivateText

Form = Literal["email_address", "date", "words"]
"""What a text reads as, as far as decisions ask."""

PREFIX: Final = "private_"
_EMAIL: Final = re.compile(r"[^@\s]{1,64}@[^@\s.]+(?:\.[^@\s.]+)+")
_DATE: Final = re.compile(r"[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])")
_FORMS: Final[Mapping[Form, Callable[[str], bool]]] = {
    "email_address": lambda text: _EMAIL.fullmatch(text) is not None,
    "date": lambda text: _DATE.fullmatch(text.strip()) is not None,
    "words": lambda text: any(map(str.isalnum, text)),
}

Hash = Callable[[str], str]


def characters_of(text: str, private: PrivateText | None) -> int:
    """Return how many characters a text has, without spaces around it."""
    return len(text.strip()) if private is None else private.characters


def reads_as(form: Form, text: str, private: PrivateText | None) -> bool:
    """Tell whether a text reads as an address, a date or words."""
    return _FORMS[form](text) if private is None else form in private.reads_as


def withheld(event: Any, keep: Hash) -> Any:
    """Return an event without its private texts, each of which `keep` is given and names."""
    changes: dict[str, Any] = {}
    for name, inner in _fields_of_event(event).items():
        value = getattr(event, name)
        if not value:
            continue
        if inner is None:
            text = value if isinstance(value, str) else "\n".join(value)
            changes[name] = type(value)()
            changes[PREFIX + name] = _private(text, keep)
        elif isinstance(value, inner):
            changes[name] = withheld(value, keep)
        else:
            changes[name] = tuple([withheld(each, keep) for each in value])
    return event._replace(**changes) if changes else event


def has_private_texts(event: Any) -> bool:
    """Tell whether an event of this kind may have private texts."""
    return bool(_fields_of_event(event))


def hashes_of(event: Any) -> tuple[str, ...]:
    """Return the hashes of an event's private texts."""
    found: list[str] = []

    def note(sha256: str) -> str:
        found.append(sha256)
        return ""

    restored(event, note)
    return tuple(found)


def restored(event: Any, text_of: Callable[[str], str]) -> Any:
    """Return an event with its private texts, each given by its hash."""
    changes: dict[str, Any] = {}
    for name, inner in _fields_of_event(event).items():
        value = getattr(event, name)
        private = getattr(event, PREFIX + name, None)
        if private is not None:
            text = text_of(private.sha256)
            changes[name] = text if isinstance(value, str) else tuple(text.split("\n"))
            changes[PREFIX + name] = None
        elif inner is not None and value:
            if isinstance(value, inner):
                changes[name] = restored(value, text_of)
            else:
                changes[name] = tuple([restored(each, text_of) for each in value])
    return event._replace(**changes) if changes else event


def _private(text: str, keep: Hash) -> PrivateText:
    forms = tuple(form for form, reads in _FORMS.items() if reads(text))
    return PrivateText(keep(text), len(text.strip()), forms)


def _fields_of_event(event: Any) -> dict[str, Any]:
    kind: Any = type(event)
    return _fields(kind)


@cache
def _fields(kind: Any) -> dict[str, Any]:
    """Return a record's fields that are private, or whose record has some; of those the record."""
    found: dict[str, Any] = {}
    for name, field in fields_of(kind).items():
        inner = Field(field.items[-1]).type if field.is_list else field.type
        if PREFIX + name in kind._fields:
            found[name] = None
        elif hasattr(inner, "_fields") and _fields(inner):
            found[name] = inner
    return found
