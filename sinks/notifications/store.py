"""The sink that makes messages to parties of notices, as they are wanted, and queues them."""

from collections import Counter
from collections.abc import Callable
from typing import Any, Final

from schemas.events.notices import NotifyParty
from schemas.events.standings import SanctionParty
from schemas.topic_names import ACCOUNTS_COMMANDS, NOTICES_COMMANDS
from schemas.wire.delivered import Delivered, Source
from sinks.contract import Span
from sinks.database.database import Connection
from sinks.notifications.kinds import Way, chosen, kind_of
from sinks.notifications.messages import PartyMessage, put
from sinks.submissions.submission_sink import SubmissionSink

TOPICS: Final = (NOTICES_COMMANDS, ACCOUNTS_COMMANDS)
SINK: Final = "notifications"
KINDS: Final = (NotifyParty, SanctionParty)
Notice = NotifyParty | SanctionParty
Wanted = dict[tuple[str, str], dict[Way, tuple[int, list[str]]]]
"""By party and part, for each way since when and what."""

_WANTED: Final = """
    SELECT party_id, part, email_kinds, webhook_kinds,
        CASE WHEN email_state = 'confirmed' THEN email_since_milliseconds END,
        webhook_since_milliseconds
    FROM notification_preferences WHERE party_id = ANY(%s)
"""


class NotificationStore(SubmissionSink[None]):
    """The sink of one reader. `count` is told how many notices became what."""

    def __init__(
        self,
        address: str,
        now_milliseconds: Callable[[], int],
        count: Callable[[dict[str, int]], None] = lambda _endings: None,
    ) -> None:
        super().__init__(address, SINK, None, now_milliseconds, count)

    def write(self, records: list[Delivered], spans: dict[Source, Span]) -> None:
        """Queue the messages that the records make due, with the positions, or nothing.

        Errors: SinkUnavailable, PositionMoved.
        """
        notices = [each.event for each in records if isinstance(each.event, KINDS)]
        with self._batch(spans) as connection:
            wanted = _wanted(connection, notices)
            messages = [message for each in notices for message in _messages(each, wanted)]
            added = put(connection, messages, self._now())
        reached = {(each.party_id, each.part, each.kind, each.case_id) for each in messages}
        endings = Counter(made=added, repeated=len(messages) - added)
        endings["not_wanted"] = max(0, len(notices) - len(reached))
        self._tell(endings)


def _wanted(connection: Connection, notices: list[Any]) -> Wanted:
    parties = sorted({each.party_id for each in notices})
    found: Wanted = {}
    for party_id, part, *kinds, email_since, webhook_since in connection.execute(
        _WANTED, (parties,)
    ):
        ways: dict[Way, tuple[int | None, list[str]]] = {
            "email": (email_since, kinds[0]),
            "webhook": (webhook_since, kinds[1]),
        }
        found[party_id, part] = {
            way: (since, chosen(part, listed))
            for way, (since, listed) in ways.items()
            if since is not None
        }
    return found


def _messages(notice: Notice, wanted: Wanted) -> list[PartyMessage]:
    """Return a notice's messages; what was issued before a way was there does not go by it."""
    kind = kind_of(notice)
    return [
        PartyMessage(
            f"{way}-{notice.command_id}",
            notice.party_id,
            notice.role,
            way,
            kind,
            getattr(notice, "case_id", ""),
            getattr(notice, "answer_until_milliseconds", None),
            notice.appeal_until_milliseconds,
            notice.issued_at_milliseconds,
        )
        for way, (since, kinds) in wanted.get((notice.party_id, notice.role), {}).items()
        if kind in kinds and notice.issued_at_milliseconds >= since
    ]
