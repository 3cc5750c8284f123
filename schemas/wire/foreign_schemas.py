"""Schemas of others, looked up when a record names one, and kept as far as they are certain.

A schema never changes under its id. That an id is unknown may pass: the registry that answers may
be behind the one where it was registered. So it is waited for a moment, and not taken for granted
for long. Both are bounded, as whoever writes records may name any number of ids.
"""

import time
from collections import OrderedDict, deque
from collections.abc import Callable, Hashable
from typing import Any, Generic, NamedTuple, Protocol, TypeVar
from uuid import UUID

UNKNOWN_SCHEMA = "unknown_schema_id"
"""Reason code of what names a schema that is not there; it may be there later."""

MAXIMUM_KNOWN = 10_000
"""So many schemas and unknown ids are kept; those not named for longest are looked up again."""

UNKNOWN_SECONDS = 60.0
"""How long an id that was not found is taken to be unknown."""

LAG_SECONDS = 5.0
"""How long an id that was not found is waited for."""

AWAITED_IDS = 3
AWAITED_WITHIN_SECONDS = 600.0
"""So many ids are waited for in that time, as all else behind a record waits with it."""


class SchemaRegistryUnavailable(Exception):
    """The registry does not tell: to be asked again, never a reason for a dead letter."""


class SchemaRefused(Exception):
    """The registry refuses a schema, such as one that breaks compatibility; it says why."""


class SchemaUnusable(Exception):
    """There is no such schema, or it can't be read as an event; the reason code says which."""

    def __init__(self, reason_code: str) -> None:
        super().__init__(reason_code)
        self.reason_code = reason_code


class SchemaNotFound(SchemaUnusable):
    """The registry knows no such schema; it may know one later."""


class SchemaSource(Protocol):
    """Where schemas of others are looked up; one that is behind may not find what there is."""

    may_lag: bool

    def by_id(self, schema_id: int) -> dict[str, Any] | None:
        """Return a schema, or None where there is none. Errors: SchemaRegistryUnavailable."""

    def by_guid(self, guid: UUID) -> dict[str, Any] | None:
        """Return a schema, or None where there is none. Errors: SchemaRegistryUnavailable."""


Reader = TypeVar("Reader")


class _Known(NamedTuple, Generic[Reader]):
    reader: Reader | None
    reason_code: str = ""
    until_seconds: float = float("inf")


class ForeignSchemas(Generic[Reader]):
    """Readers by the ids of their schemas. `make` gives the reader of a schema, or raises
    SchemaUnusable."""

    def __init__(
        self,
        make: Callable[[dict[str, Any]], Reader],
        may_lag: bool,
        monotonic_seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        self._make = make
        self._may_lag = may_lag
        self._monotonic_seconds = monotonic_seconds
        self._known: OrderedDict[Hashable, _Known[Reader]] = OrderedDict()
        self._awaited: dict[Hashable, float] = {}
        self._awaited_at: deque[float] = deque(maxlen=AWAITED_IDS)

    def reader(self, name: Hashable, look_up: Callable[[], dict[str, Any] | None]) -> Reader:
        """Return the reader of a schema. Errors: SchemaUnusable, SchemaRegistryUnavailable."""
        now = self._monotonic_seconds()
        known = self._known.get(name)
        if known is None or now >= known.until_seconds:
            known = self._asked(name, look_up(), now)
            self._known[name] = known
            if len(self._known) > MAXIMUM_KNOWN:
                self._known.popitem(last=False)
        self._known.move_to_end(name)
        if known.reader is not None:
            return known.reader
        if known.until_seconds == float("inf"):
            raise SchemaUnusable(known.reason_code)
        raise SchemaNotFound(known.reason_code)

    def _asked(self, name: Hashable, schema: dict[str, Any] | None, now: float) -> _Known[Reader]:
        if schema is None:
            if self._may_lag:
                self._await(name, now)
            return _Known(None, UNKNOWN_SCHEMA, now + UNKNOWN_SECONDS)
        self._awaited.pop(name, None)
        try:
            return _Known(self._make(schema))
        except SchemaUnusable as error:
            return _Known(None, error.reason_code)

    def _await(self, name: Hashable, now: float) -> None:
        """Have an id that was not found be asked for again, for a moment."""
        since = self._awaited.get(name)
        if since is None:
            if name in self._known:
                return
            full = len(self._awaited_at) == AWAITED_IDS
            if full and now - self._awaited_at[0] < AWAITED_WITHIN_SECONDS:
                return
            self._awaited_at.append(now)
            since = self._awaited[name] = now
        if now - since < LAG_SECONDS:
            raise SchemaRegistryUnavailable(f"schema {name!r} is not known yet")
        del self._awaited[name]
