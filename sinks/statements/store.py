"""The sink that makes statements of events and puts them into the queue, with the positions."""

import logging
from collections import Counter
from collections.abc import Callable
from typing import Any

from schemas.events.decisions import ComplaintDecided
from schemas.events.detections import BlockListing, DelistListing
from schemas.events.standings import SanctionParty
from schemas.events.takedowns import RestrictListing
from schemas.record import as_avro
from schemas.topic_names import ACCOUNTS_COMMANDS, DECISIONS_EVENTS, TAKEDOWNS_COMMANDS
from schemas.wire.delivered import Delivered, Source
from sinks.contract import Span
from sinks.statements.client import DESTINATION
from sinks.statements.mapping import OmittedStatement, StatementSettings, statement_of
from sinks.statements.validation import validate
from sinks.submissions import queue
from sinks.submissions.submission_sink import SubmissionSink

logger = logging.getLogger(__name__)

TOPICS = (DECISIONS_EVENTS, TAKEDOWNS_COMMANDS, ACCOUNTS_COMMANDS)
SINK = "statements"
KINDS: dict[str, Any] = {
    kind.__name__: kind
    for kind in (ComplaintDecided, BlockListing, DelistListing, RestrictListing, SanctionParty)
}


class StatementStore(SubmissionSink[StatementSettings]):
    """The sink of one reader. `count` is told how many events became what."""

    def __init__(
        self,
        address: str,
        settings: StatementSettings,
        now_milliseconds: Callable[[], int],
        count: Callable[[dict[str, int]], None] = lambda _endings: None,
    ) -> None:
        super().__init__(address, SINK, settings, now_milliseconds, count)

    def write(self, records: list[Delivered], spans: dict[Source, Span]) -> None:
        """Queue the statements that the records make due, with the positions, or nothing.

        Errors: SinkUnavailable, PositionMoved.
        """
        endings: Counter[str] = Counter()
        drafts = [draft for each in records if (draft := self._draft(each.event, endings))]
        now = self._now()
        with self._batch(spans) as connection:
            added = queue.put(connection, DESTINATION, drafts, now)
        endings["repeated"] += len(drafts) - added
        self._tell(endings)

    def _draft(self, event: Any, endings: Counter[str]) -> queue.Draft | None:
        if type(event).__name__ not in KINDS:
            return None
        made = statement_of(event, self._settings)
        if isinstance(made, OmittedStatement):
            endings[made.reason] += 1
            return None
        errors = tuple(error._asdict() for error in validate(made.body))
        if errors:
            fields = ", ".join(each["field"] for each in errors)
            ids = {"case_id": event.case_id} if hasattr(event, "case_id") else {}
            logger.error("a statement is set aside: %s", fields, extra=ids)
        endings["invalid" if errors else "made"] += 1
        kind = type(event).__name__
        return queue.Draft(made.puid, made.body, kind, as_avro(event), errors=errors)
