"""Caps: how many removing commands may go out by one rule, complainant or seller in a window.

What is beyond a cap is held for a person. Time is a command's own time of issue, so a backlog read
at once is judged as it was issued. Counts are kept in slices of the window; a slice that lies
within it in part counts whole, so a cap is never exceeded, and may be reached a slice early.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from sinks.dispatch.settings import CAPPED, Cap
from sinks.dispatch.webhook_message import REMOVING_TYPES, Message

SLICES = 60


class Slice(NamedTuple):
    """A part of a window: what is counted, such as `rule:7`, and where it begins, UTC."""

    scope: str
    begins_at_milliseconds: int


class Caps:
    """Counts of one batch on top of those known."""

    def __init__(self, caps: Mapping[str, Cap]) -> None:
        self._caps = caps
        self._known: dict[str, dict[int, int]] = defaultdict(dict)
        self._added: dict[Slice, int] = defaultdict(int)

    def scopes(self, message: Message) -> dict[str, str]:
        """Return what a message counts for, by kind; nothing for what is never capped."""
        if message.type not in REMOVING_TYPES:
            return {}
        names = {
            "rule": message.rule_id,
            "complainant": message.complainant_id,
            "seller": message.seller_id,
        }
        return {
            kind: f"{kind}:{names[kind]}" for kind in CAPPED if kind in self._caps and names[kind]
        }

    def learn(self, counts: Iterable[tuple[Slice, int]]) -> None:
        """Take in counts that are known."""
        for (scope, begins_at), count in counts:
            self._known[scope][begins_at] = count

    def judge(self, message: Message) -> str | None:
        """Count a message in, or give the kind whose cap it is beyond."""
        scopes = self.scopes(message)
        for kind, scope in scopes.items():
            if self.count(kind, scope, message.issued_at_milliseconds) >= self._caps[kind].commands:
                return kind
        for kind, scope in scopes.items():
            begins_at = self._slice_of(kind, message.issued_at_milliseconds)
            known = self._known[scope]
            known[begins_at] = known.get(begins_at, 0) + 1
            self._added[Slice(scope, begins_at)] += 1
        return None

    @property
    def added(self) -> dict[Slice, int]:
        """What was counted in."""
        return dict(self._added)

    def oldest_milliseconds(self, issued_at_milliseconds: int) -> int:
        """Return the time before which no count matters for a message issued then."""
        longest = max((cap.window_seconds for cap in self._caps.values()), default=0.0)
        return issued_at_milliseconds - int(longest * 1000) - self._longest_slice()

    def _longest_slice(self) -> int:
        return max((self._slice_milliseconds(kind) for kind in self._caps), default=0)

    def count(self, kind: str, scope: str, issued_at_milliseconds: int) -> int:
        """Return how much of a kind's cap a scope has used for a message issued then."""
        # Later slices count too: a command that comes late may not fill a window that was full.
        window = int(self._caps[kind].window_seconds * 1000)
        oldest = self._slice_of(kind, issued_at_milliseconds - window)
        return sum(count for begins_at, count in self._known[scope].items() if begins_at >= oldest)

    def _slice_of(self, kind: str, at_milliseconds: int) -> int:
        length = self._slice_milliseconds(kind)
        return at_milliseconds // length * length

    def _slice_milliseconds(self, kind: str) -> int:
        return max(1, int(self._caps[kind].window_seconds * 1000) // SLICES)
