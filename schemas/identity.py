"""The CloudEvents id of an event, from the fields that tell it from another.

A consumer drops a repeat by this id, so two events that differ in meaning never share one, and the
same event made again has the same.
"""

from hashlib import sha256
from typing import Any

from schemas.declaration import declaration_of


def event_id(event: Any, key: str, time_milliseconds: int) -> str:
    """Return an id that is the same whenever the same event is made.

    Key and time are the record's. Errors: AttributeError where the event is not declared.
    """
    name = type(event).__name__
    fields = declaration_of(type(event)).identity
    if len(fields) == 1:
        return f"{name}:{getattr(event, fields[0])}"
    if fields:
        parts = [name, *(str(getattr(event, field)) for field in fields)]
    else:
        parts = [name, key, str(time_milliseconds), repr(tuple(event))]
    # Lengths go first, so that no text in a field can pass for the border to the next.
    content = "".join(f"{len(part)}:{part}" for part in parts)
    return sha256(content.encode("utf-8", "surrogatepass")).hexdigest()[:32]
