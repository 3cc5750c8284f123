"""How far each cap of dispatch is used, before it is reached."""

from collections.abc import Mapping
from typing import Final, NamedTuple

from sinks.dispatch.caps import Caps, Slice
from sinks.dispatch.settings import Cap
from streams.sources.filing.database import Database

_COUNTS: Final = """
    SELECT scope, begins_at_milliseconds, commands FROM dispatch_counts
    WHERE begins_at_milliseconds >= %s
"""


class CapUse(NamedTuple):
    """How many commands went out for a rule, complainant or seller in its window."""

    kind: str
    name: str
    commands: int
    bound: int
    window_milliseconds: int

    @property
    def share(self) -> float:
        """Which part of the bound is used: 1 where nothing more goes out."""
        return min(1.0, self.commands / self.bound)


def cap_uses(database: Database, caps: Mapping[str, Cap], now: int, limit: int) -> list[CapUse]:
    """Return the caps that are used the most, as dispatch would count a command of now."""
    counted = Caps(caps)
    with database.connection() as connection:
        rows = connection.execute(_COUNTS, (counted.oldest_milliseconds(now),)).fetchall()
    counted.learn(
        (Slice(row["scope"], row["begins_at_milliseconds"]), row["commands"]) for row in rows
    )
    found = []
    for scope in {row["scope"] for row in rows}:
        kind, _, name = scope.partition(":")
        cap = caps.get(kind)
        used = counted.count(kind, scope, now) if cap else 0
        if cap and used:
            window = int(cap.window_seconds * 1000)
            found.append(CapUse(kind, name, used, cap.commands, window))
    return sorted(found, key=lambda each: (-each.share, each.kind, each.name))[:limit]
