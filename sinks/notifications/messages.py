"""Messages to parties as rows, and what the sender reads of each when it is due."""

import json
from collections.abc import Iterable
from typing import Any, Final, NamedTuple

from schemas.events.parties import PartyRole
from sinks.database.database import Connection
from sinks.database.kept_connection import KeptConnection
from sinks.notifications.kinds import CONFIRM, DESTINATIONS, Way
from sinks.private_texts.store import PrivateTextStore
from sinks.submissions import queue

READER: Final = "notifications"
_PUT: Final = """
    INSERT INTO party_messages (message_id, party_id, part, way, kind, case_id,
        answer_until_milliseconds, appeal_until_milliseconds, issued_at_milliseconds)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING
"""
_FIND: Final = """
    SELECT message_id, party_id, part, way, kind, case_id, message.answer_until_milliseconds,
        message.appeal_until_milliseconds, message.issued_at_milliseconds, language,
        content_sha256
    FROM party_messages AS message JOIN notification_preferences USING (party_id, part)
    WHERE message_id = ANY(%s) AND CASE
        WHEN way = 'webhook' THEN webhook_since_milliseconds IS NOT NULL
        WHEN kind = %s THEN email_state = 'unconfirmed'
        ELSE email_state = 'confirmed' END
"""


class PartyMessage(NamedTuple):
    """One message to one party by one way; times in milliseconds, UTC."""

    message_id: str
    party_id: str
    part: PartyRole
    way: Way
    kind: str
    case_id: str
    answer_until_milliseconds: int | None
    appeal_until_milliseconds: int | None
    issued_at_milliseconds: int


class Contact(NamedTuple):
    """Where a party is reached: addresses, a webhook's secret, and the tokens of links in mails."""

    email: str = ""
    confirm_token: str = ""
    end_token: str = ""
    webhook_address: str = ""
    webhook_secret: str = ""

    def __repr__(self) -> str:
        """Show nothing of it, in logs or elsewhere."""
        return "Contact(…)"


class DueMessage(NamedTuple):
    """A message with what is known when it is sent."""

    message: PartyMessage
    language: str
    contact: Contact


def put(connection: Connection, messages: Iterable[PartyMessage], now_milliseconds: int) -> int:
    """Queue messages within the caller's transaction, each once; return how many are new."""
    added = 0
    for each in messages:
        connection.execute(_PUT, each)
        draft = queue.Draft(each.message_id, {}, each.kind, {})
        added += queue.put(connection, DESTINATIONS[each.way], [draft], now_milliseconds)
    return added


class Messages:
    """What one sender reads. Errors of `due`: SinkUnavailable."""

    def __init__(self, address: str, texts: PrivateTextStore) -> None:
        self._kept = KeptConnection(address)
        self._texts = texts

    def due(self, message_ids: list[str]) -> dict[str, DueMessage]:
        """Return the messages that are still wanted, by id: the others' party took its address
        back, or is erased."""
        with self._kept.transaction() as connection:
            rows = connection.execute(_FIND, (message_ids, CONFIRM)).fetchall()
            texts = self._texts.read(connection, [row[-1] for row in rows], READER)
        found = {}
        for *message, language, sha256 in rows:
            content = texts.get(sha256)
            if content is not None:
                due = DueMessage(PartyMessage(*message), language, contact_of(content))
                found[due.message.message_id] = due
        return found

    def close(self) -> None:
        """Close the connection."""
        self._kept.close()


def content_of(contact: Contact) -> str:
    """Write a contact as the private text that it is kept as."""
    return json.dumps(contact._asdict(), ensure_ascii=False, sort_keys=True)


def contact_of(content: str) -> Contact:
    """Read a contact."""
    fields: dict[str, Any] = json.loads(content)
    return Contact(**fields)
