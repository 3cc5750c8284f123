"""Plain values to events: types as declared, no field that there is not, and all within bounds."""

from collections.abc import Mapping
from functools import cache
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

import msgspec

from schemas.bounds import violations
from schemas.fields import DECLARED, FIRST, TIMED
from schemas.record import record_of
from streams.sources.feeds.rows import RowError

EDITIONS = (FIRST, DECLARED, TIMED)

Event = TypeVar("Event")


def event_from(kind: type[Event], fields: Mapping[str, Any], texts: bool = False) -> Event:
    """Return an event of these fields; `texts`: numbers may be told as texts. Errors: RowError."""
    declared: Any = kind
    try:
        converted = msgspec.convert(dict(fields), _structure(declared), strict=not texts)
    except msgspec.ValidationError as error:
        raise RowError("invalid_field", str(error)) from error
    event = record_of(kind, msgspec.to_builtins(converted))
    refused = [each for edition in EDITIONS for each in violations(event, edition)]
    if refused:
        raise RowError(refused[0].code, ", ".join(each.field for each in refused))
    return event


@cache
def _structure(kind: Any) -> Any:
    hints = get_type_hints(kind)
    defaults = kind._field_defaults
    fields = [
        (name, _hint(hint), defaults[name]) if name in defaults else (name, _hint(hint))
        for name, hint in hints.items()
    ]
    return msgspec.defstruct(kind.__name__, fields, kw_only=True, forbid_unknown_fields=True)


def _hint(hint: Any) -> Any:
    if get_origin(hint) is tuple and hasattr(get_args(hint)[0], "_fields"):
        return list[_structure(get_args(hint)[0])]  # type: ignore[misc]
    return hint
