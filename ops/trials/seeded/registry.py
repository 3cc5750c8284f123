"""A model of a schema registry: it may be away, and may be behind where a schema was registered."""

from functools import cache
from typing import Any, Final
from uuid import UUID

from ops.trials.seeded.schedule import Schedule
from schemas.catalog import load_schema
from schemas.wire.codec import Codec
from schemas.wire.foreign_schemas import SchemaRegistryUnavailable
from schemas.wire.registry import offline_ids

FIRST_FOREIGN: Final = 10_000
"""Ids from here on are of others, who registered schemas equal to ours."""

NOBODYS: Final = 20_000
"""An id that was never registered."""

FOREIGN_EVENTS: Final = ("ListingChanged", "ComplaintFiled", "TrademarkRecorded", "PartyRecorded")
TABLE_EVENTS: Final = FOREIGN_EVENTS[2:]
"""What the registry is at times behind with for so long that it is passed over."""


@cache
def _ids() -> dict[tuple[str, str], int]:
    return offline_ids()


class ModelRegistry:
    """Where schemas of others are looked up."""

    def __init__(self, schedule: Schedule, may_lag: bool = True) -> None:
        self._schedule = schedule
        self.may_lag = may_lag
        self.away_until = 0
        self.behind_until = 0

    def codec(self) -> Codec:
        """Return a process's codec, which asks this registry, on the schedule's time."""
        return Codec(_ids(), self, lambda: self._schedule.now_milliseconds / 1000)

    def by_id(self, schema_id: int) -> dict[str, Any] | None:
        """Return a schema, or None where there is none. Errors: SchemaRegistryUnavailable."""
        now = self._schedule.now_milliseconds
        if now < self.away_until:
            raise SchemaRegistryUnavailable("away")
        number = schema_id - FIRST_FOREIGN
        if not 0 <= number < len(FOREIGN_EVENTS):
            return None
        event_name = FOREIGN_EVENTS[number]
        if now < self.behind_until and event_name in TABLE_EVENTS:
            return None
        return load_schema(event_name)

    def by_guid(self, guid: UUID) -> dict[str, Any] | None:
        """Return nothing."""


def foreign(value: bytes, event_name: str) -> bytes:
    """Return an event's bytes as others write them."""
    schema_id = FIRST_FOREIGN + FOREIGN_EVENTS.index(event_name)
    return b"\x00" + schema_id.to_bytes(4, "big") + value[5:]
