"""The CloudEvents id of an event, from the fields that tell it from another.

A consumer drops a repeat by this id, so two events that differ in meaning never share one, and the
same event made again has the same.
"""

from collections.abc import Callable
from functools import cache
from hashlib import sha256
from operator import attrgetter
from typing import Any, NamedTuple

from schemas.declaration import declaration_of


class Identity(NamedTuple):
    """The fields that tell events of a class apart, and what gets them: one value, or several."""

    name: str
    fields: tuple[str, ...]
    get: Callable[[Any], Any] | None


def event_id(event: Any, key: str, time_milliseconds: int) -> str:
    """Return an id that is the same whenever the same event is made.

    Key and time are the record's. Errors: AttributeError where the event is not declared.
    """
    kind: Any = type(event)
    name, fields, get = _identity(kind)
    if get is None:
        parts = [name, key, str(time_milliseconds), repr(tuple(event))]
    elif len(fields) == 1:
        return f"{name}:{get(event)}"
    else:
        parts = [name, *map(str, get(event))]
    # Lengths go first, so that no text in a field can pass for the border to the next.
    content = "".join([f"{len(part)}:{part}" for part in parts])
    return sha256(content.encode("utf-8", "surrogatepass")).hexdigest()[:32]


@cache
def _identity(kind: Any) -> Identity:
    fields = declaration_of(kind).identity
    return Identity(kind.__name__, fields, attrgetter(*fields) if fields else None)
