"""The sink that puts the parts of a case together, whatever comes first, and queues its notices."""

import logging
from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from schemas.events.complaints import ComplaintFiled
from schemas.events.counter_notices import CounterNoticeFiled
from schemas.events.decisions import ComplaintDecided
from schemas.events.takedowns import RestrictListing, TakeDownListing
from schemas.private_texts import hashes_of, restored
from schemas.topic_names import (
    COMPLAINTS_EVENTS,
    COUNTER_NOTICES_EVENTS,
    DECISIONS_EVENTS,
    TAKEDOWNS_COMMANDS,
)
from schemas.wire.delivered import Delivered, Source
from sinks.contract import Span
from sinks.database.database import Connection
from sinks.lumen.client import DESTINATION
from sinks.lumen.mapping import (
    LumenSettings,
    case_key,
    counter_notice_of,
    counter_part,
    decided_part,
    filed_part,
    notice_of,
    removed_part,
)
from sinks.lumen.validation import validate
from sinks.private_texts.store import PrivateTextStore
from sinks.submissions import queue
from sinks.submissions.submission_sink import SubmissionSink

logger = logging.getLogger(__name__)

TOPICS = (
    COMPLAINTS_EVENTS,
    DECISIONS_EVENTS,
    TAKEDOWNS_COMMANDS,
    COUNTER_NOTICES_EVENTS,
)
SINK = "lumen"
MAXIMUM_COUNTERS = 20
_WITH_TEXTS = (ComplaintFiled, CounterNoticeFiled)

_MERGE = """
    INSERT INTO lumen_drafts AS known (case_key, filed, decided, removed, counters)
    VALUES (%s, %s, %s, %s, %s)
    ON CONFLICT (case_key) DO UPDATE SET
        filed = coalesce(known.filed, excluded.filed),
        decided = coalesce(known.decided, excluded.decided),
        removed = coalesce(known.removed, excluded.removed),
        counters = CASE
            WHEN known.counters @> excluded.counters
                OR jsonb_array_length(known.counters) >= %s THEN known.counters
            ELSE known.counters || excluded.counters END
    RETURNING filed, decided, removed, counters
"""

Parts = dict[str, Any]


class LumenStore(SubmissionSink[LumenSettings]):
    """The sink of one reader. `count` is told how many notices were made or set aside."""

    def __init__(
        self,
        address: str,
        settings: LumenSettings,
        now_milliseconds: Callable[[], int],
        count: Callable[[dict[str, int]], None] = lambda _endings: None,
        private_texts: PrivateTextStore | None = None,
    ) -> None:
        super().__init__(address, SINK, settings, now_milliseconds, count)
        self._private_texts = private_texts

    def write(self, records: list[Delivered], spans: dict[Source, Span]) -> None:
        """Merge the records into their cases and queue what is due, with the positions, or nothing.

        Errors: SinkUnavailable, PositionMoved.
        """
        cases: dict[str, Parts] = defaultdict(lambda: {"counters": []})
        endings: Counter[str] = Counter()
        with self._batch(spans) as connection:
            for event in self._with_texts(connection, [record.event for record in records]):
                self._take(event, cases)
            # In one order, so that readers do not wait for each other in a circle.
            for key in sorted(cases):
                for draft in self._drafts(key, _merge(connection, key, cases[key])):
                    if queue.put(connection, DESTINATION, [draft], self._now()):
                        endings["invalid" if draft.errors else "made"] += 1
        self._tell(endings)

    def _with_texts(self, connection: Connection, events: list[Any]) -> list[Any]:
        """Return events with their private texts where those are told; of an erased party none."""
        if self._private_texts is None or not self._settings.with_statements:
            return events
        told = [event for event in events if isinstance(event, _WITH_TEXTS)]
        wanted = [sha256 for event in told for sha256 in hashes_of(event)]
        texts = self._private_texts.read(connection, wanted, SINK)
        return [
            restored(event, lambda sha256: texts.get(sha256) or "")
            if isinstance(event, _WITH_TEXTS)
            else event
            for event in events
        ]

    def _take(self, event: Any, cases: dict[str, Parts]) -> None:
        match event:
            case ComplaintFiled():
                part = filed_part(event, self._settings)
                cases[case_key(event.complaint_id)].setdefault("filed", part)
            case ComplaintDecided():
                decided = decided_part(event)
                if decided is not None:
                    cases[case_key(event.case_id)].setdefault("decided", decided)
            case RestrictListing(measure="block" | "delist"):
                # Nobody complained.
                return
            case TakeDownListing() | RestrictListing():
                cases[case_key(event.case_id)].setdefault("removed", removed_part(event))
            case CounterNoticeFiled():
                counter = counter_part(event, self._settings)
                cases[case_key(event.case_id)]["counters"].append(counter)

    def _drafts(self, key: str, parts: Parts) -> list[queue.Draft]:
        filed, decided = parts["filed"], parts["decided"]
        if filed is None or decided is None or (decided["commanded"] and not parts["removed"]):
            return []
        removed = parts["removed"] or {}
        name = f"notice-{key}"
        notice = notice_of(name, filed, decided, removed, self._settings)
        drafts = [self._draft(name, notice, "ComplaintDecided", None)]
        for counter in parts["counters"]:
            own = f"counter-{case_key(counter['counter_notice_id'])}"
            body = counter_notice_of(own, filed, removed, counter, self._settings)
            drafts.append(self._draft(own, body, "CounterNoticeFiled", name))
        return drafts

    def _draft(
        self, key: str, body: dict[str, Any], source_type: str, after_key: str | None
    ) -> queue.Draft:
        today = datetime.fromtimestamp(self._now() / 1000, UTC).date()
        errors = validate(body, today)
        if errors:
            fields = ", ".join(each["field"] for each in errors)
            logger.error("notice %s is set aside: %s", key, fields)
        return queue.Draft(key, body, source_type, {}, after_key, errors)


def _merge(connection: Connection, key: str, parts: Parts) -> Parts:
    given = [
        None if parts.get(name) is None else queue.json_text(parts[name])
        for name in ("filed", "decided", "removed")
    ]
    counters = queue.json_text(parts["counters"][:MAXIMUM_COUNTERS])
    row = connection.execute(_MERGE, (key, *given, counters, MAXIMUM_COUNTERS)).fetchone()
    assert row is not None
    return dict(zip(("filed", "decided", "removed", "counters"), row, strict=True))
