"""What of events tells of persons, and how each kind of it is protected.

The kinds are declared with the fields (schemas/fields.py), and whose data an event carries with the
event (`subject`). An erasure reads the fields to be made unreadable from here.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Final, Literal, NamedTuple

from schemas.declaration import declaration_of, is_declared
from schemas.declared_fields import Field, fields_of
from schemas.fields import Personal

Kept = Literal["as the topic", "until erased"]
"""How long: as long as the topic keeps its records, or until the subject is erased if that is
sooner."""


class Protection(NamedTuple):
    """How a kind of personal data is kept, and whether others may be told it as it is."""

    encrypted: bool
    kept: Kept
    told: bool


PROTECTIONS: Final[Mapping[Personal, Protection]] = {
    "identifier": Protection(encrypted=False, kept="as the topic", told=True),
    "published": Protection(encrypted=False, kept="as the topic", told=True),
    "name": Protection(encrypted=True, kept="until erased", told=False),
    "contact": Protection(encrypted=True, kept="until erased", told=False),
    "text": Protection(encrypted=True, kept="until erased", told=False),
}
"""Ids stand for a person only with a party's record, which is erased; decisions rest on them. What
an office publishes is public. All else is encrypted under its subject's key."""


class PersonalField(NamedTuple):
    """A field of an event, within others by dots, what it tells, and the field that names whose
    data it is; that is empty where nobody's key is to protect it."""

    path: str
    personal: Personal
    subject: str

    @property
    def protection(self) -> Protection:
        """How it is protected."""
        return PROTECTIONS[self.personal]


@cache
def personal_fields(kind: Any) -> tuple[PersonalField, ...]:
    """Return the fields of an event that tell of persons."""
    subject = declaration_of(kind).subject if is_declared(kind) else ""
    return tuple(_personal_fields(kind, subject))


def personal_values(event: Any, *personal: Personal) -> tuple[str, ...]:
    """Return the texts of an event's own fields of these kinds, those that are not empty."""
    kind: Any = type(event)
    found = (
        getattr(event, each.path)
        for each in personal_fields(kind)
        if each.personal in personal and "." not in each.path
    )
    return tuple(value for value in found if isinstance(value, str) and value)


def _personal_fields(kind: Any, subject: str) -> Iterator[PersonalField]:
    for name, field in fields_of(kind).items():
        if field.personal is not None:
            yield PersonalField(name, field.personal, subject)
        inner = Field(field.items[-1]).type if field.is_list else field.type
        if hasattr(inner, "_fields"):
            for each in personal_fields(inner):
                within = f"{name}.{each.subject}" if each.subject else subject
                yield PersonalField(f"{name}.{each.path}", each.personal, within)
