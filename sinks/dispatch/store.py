"""Takes commands in from Kafka: a delivery for each command and marketplace, with the offsets.

A repeat of a command's id changes nothing. Reminders (`EnforcementOverdue`) make a delivery due
again, under the same id.
"""

import logging
import threading
from collections.abc import Callable, Iterable

from schemas.events.enforcement import EnforcementOverdue
from schemas.topic_names import ACCOUNTS_COMMANDS, NOTICES_COMMANDS, SLA_EVENTS, TAKEDOWNS_COMMANDS
from schemas.wire.delivered import Delivered, Source
from sinks.contract import Span
from sinks.database.database import Connection
from sinks.database.database_sink import DatabaseSink
from sinks.database.kept_connection import KeptConnection
from sinks.database.locks import Lock, lock_key
from sinks.dispatch.caps import Caps, Slice
from sinks.dispatch.delivery_addresses import NO_ENDPOINT, address_again, takers_of
from sinks.dispatch.delivery_order import PROMOTE_AFTER, SET_WAITING
from sinks.dispatch.settings import DispatchSettings
from sinks.dispatch.webhook_message import (
    EVERY_MARKETPLACE,
    REINSTATE,
    RESTRICT,
    Message,
    message_of,
    valid_id,
)

logger = logging.getLogger(__name__)

SINK = "dispatch"
TOPICS = (
    TAKEDOWNS_COMMANDS,
    ACCOUNTS_COMMANDS,
    NOTICES_COMMANDS,
    SLA_EVENTS,
)

_INSERT = f"""
    INSERT INTO deliveries ({", ".join(Message._fields)}, taken_in_at_milliseconds,
        due_at_milliseconds, state, reason, detail)
    VALUES ({", ".join(["%s"] * (len(Message._fields) + 5))})
    ON CONFLICT (command_id, marketplace) DO NOTHING
"""  # noqa: S608 - put together of constants

# What restricts, or restores, says how it is to be from then on: later ones stand in its place.
_REMIND = f"""
    UPDATE deliveries AS d SET
        reminder_number = %(reminder)s, state = 'waiting', due_at_milliseconds = %(now)s,
        attempts = 0, leased_until = NULL, reason = '', detail = ''
    WHERE d.command_id = %(command_id)s AND d.marketplace = %(marketplace)s
    AND d.reminder_number < %(reminder)s
    AND (d.state = 'delivered' OR (d.state = 'failed' AND d.reason = 'attempts_exhausted'))
    AND NOT EXISTS (
        SELECT FROM deliveries AS later
        WHERE later.marketplace = d.marketplace AND later.order_key = d.order_key
        AND later.delivery_number > d.delivery_number
        AND (
            later.type <> d.type AND '{REINSTATE}' IN (later.type, d.type)
            OR '{RESTRICT}' IN (later.type, d.type)
            OR '{REINSTATE}' = ALL (ARRAY[later.type, d.type])
        )
    )
    RETURNING d.delivery_number
"""  # noqa: S608


class DeliveryStore(DatabaseSink):
    """The sink of commands (sinks/contract.py); times by the given clock, milliseconds UTC."""

    def __init__(
        self, address: str, settings: DispatchSettings, now_milliseconds: Callable[[], int]
    ) -> None:
        super().__init__(address, SINK)
        self._settings = settings
        self._now = now_milliseconds
        self._address = address
        self._changing = threading.Lock()

    def write(self, records: list[Delivered], spans: dict[Source, Span]) -> None:
        """Write deliveries, reminders and positions. Errors: SinkUnavailable, PositionMoved."""
        with self._changing, self._batch(spans) as connection:
            self._take_in(connection, records)

    def go_by(self, settings: DispatchSettings) -> None:
        """Go by other endpoints, from whichever thread: a batch under way is ended before, so that
        what it wrote is addressed again too. Errors: SinkUnavailable."""
        with self._changing:
            self._settings = settings
        other = KeptConnection(self._address)
        try:
            with other.transaction() as connection:
                address_again(connection, settings)
        finally:
            other.close()

    def address_again(self) -> None:
        """Go by the endpoints as they are now; call it before anything is read or sent.

        What was for a marketplace that has no endpoint any more is held; what was for every
        marketplace while none took it goes to those that do. Errors: SinkUnavailable.
        """
        with self._kept.transaction() as connection:
            address_again(connection, self._settings)

    def _take_in(self, connection: Connection, records: list[Delivered]) -> None:
        messages = [message for record in records for message in self._addressed(record)]
        if messages:
            self._insert(connection, _new(connection, messages))
        reminded: list[int] = []
        for record in records:
            if isinstance(record.event, EnforcementOverdue):
                reminded += self._remind(connection, record.event)
        if reminded:
            connection.execute(PROMOTE_AFTER, {"numbers": reminded})

    def _addressed(self, record: Delivered) -> list[Message]:
        """Return an event's messages, one for each marketplace that is to get it."""
        message = message_of(record.event)
        if message is None:
            return []
        if record.trace is not None:
            message = message._replace(traceparent=record.trace.traceparent)
        if message.marketplace != EVERY_MARKETPLACE:
            endpoint = self._settings.endpoints.get(message.marketplace)
            wanted = endpoint is None or message.type in endpoint.types
            if endpoint is None and message.type.startswith("party."):
                wanted = False
            return [message] if wanted else []
        takers = takers_of(self._settings, message.type) or [EVERY_MARKETPLACE]
        return [message._replace(marketplace=name) for name in takers]

    def _insert(self, connection: Connection, messages: list[Message]) -> None:
        if not messages:
            return
        caps = self._caps(connection, messages)
        disabled = dict(connection.execute("SELECT marketplace, reason FROM disabled_endpoints"))
        now = self._now()
        rows = [(*message, now, now, *self._state(message, caps, disabled)) for message in messages]
        with connection.cursor() as cursor:
            cursor.executemany(_INSERT, rows)
        connection.execute(SET_WAITING, {"command_ids": [m.command_id for m in messages]})
        _count_in(connection, caps.added)

    def _caps(self, connection: Connection, messages: list[Message]) -> Caps:
        caps = Caps(self._settings.caps)
        scopes = sorted({scope for m in messages for scope in caps.scopes(m).values()})
        if scopes:
            oldest = caps.oldest_milliseconds(min(m.issued_at_milliseconds for m in messages))
            # Readers count one after the other: two at once could each fill the same window.
            key = lock_key(Lock.DISPATCH_COUNTING)
            connection.execute("SELECT pg_advisory_xact_lock(%s)", (key,))
            counts = connection.execute(
                """
                SELECT scope, begins_at_milliseconds, commands FROM dispatch_counts
                WHERE scope = ANY(%s) AND begins_at_milliseconds >= %s
                """,
                (scopes, oldest),
            )
            caps.learn((Slice(scope, begins_at), count) for scope, begins_at, count in counts)
        return caps

    def _state(
        self, message: Message, caps: Caps, disabled: dict[str, str]
    ) -> tuple[str, str, str]:
        if not valid_id(message.command_id):
            return ("failed", "invalid_command_id", "no id that a webhook can have")
        if message.marketplace not in self._settings.endpoints:
            return ("held", *NO_ENDPOINT)
        beyond = caps.judge(message)
        if beyond is not None:
            cap = self._settings.caps[beyond]
            detail = f"{caps.scopes(message)[beyond]} is beyond {cap.commands} commands"
            return ("held", f"cap_{beyond}", f"{detail} in {cap.window_seconds:g} s")
        if message.marketplace in disabled:
            return ("held", "endpoint_gone", disabled[message.marketplace])
        return ("due", "", "")

    def _remind(self, connection: Connection, overdue: EnforcementOverdue) -> list[int]:
        found = connection.execute(
            _REMIND,
            {
                "reminder": overdue.reminder_number,
                "now": self._now(),
                "command_id": overdue.command_id,
                "marketplace": overdue.marketplace,
            },
        ).fetchall()
        return [row[0] for row in found]


def _new(connection: Connection, messages: Iterable[Message]) -> list[Message]:
    """Return those that are not known yet, each once."""
    first: dict[tuple[str, str], Message] = {}
    for message in messages:
        first.setdefault((message.command_id, message.marketplace), message)
    known = connection.execute(
        "SELECT command_id, marketplace FROM deliveries WHERE command_id = ANY(%s)",
        ([command_id for command_id, _ in first],),
    ).fetchall()
    for command_id, marketplace in known:
        first.pop((command_id, marketplace), None)
    return list(first.values())


def _count_in(connection: Connection, added: dict[Slice, int]) -> None:
    if not added:
        return
    with connection.cursor() as cursor:
        cursor.executemany(
            """
            INSERT INTO dispatch_counts AS known VALUES (%s, %s, %s)
            ON CONFLICT (scope, begins_at_milliseconds)
            DO UPDATE SET commands = known.commands + excluded.commands
            """,
            [(scope, begins_at, count) for (scope, begins_at), count in sorted(added.items())],
        )
