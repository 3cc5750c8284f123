"""What people do about deliveries: look at them, release, retry and cancel. Each act is noted.

Nothing here lets a command of a listing overtake an earlier one: what is released or tried again
waits for its turn (sinks/dispatch/delivery_order.py).
"""

from collections.abc import Callable
from typing import NamedTuple, TypeVar

from psycopg.rows import class_row, tuple_row

from sinks.contract import SinkUnavailable
from sinks.database.database import AWAY, Connection, connect
from sinks.dispatch.delivery_order import PROMOTE_AFTER

Result = TypeVar("Result")

MAXIMUM_AT_ONCE = 10_000
STATES = ("waiting", "due", "held", "delivered", "failed", "cancelled")


class Selection(NamedTuple):
    """Which deliveries are meant; None is any."""

    command_id: str | None = None
    marketplace: str | None = None
    reason: str | None = None


class OperatorAction(NamedTuple):
    """Who acts, why, and when (milliseconds, UTC)."""

    operator_id: str
    reason: str
    at_milliseconds: int


class DeliveryView(NamedTuple):
    """A delivery as people see it."""

    delivery_number: int
    command_id: str
    marketplace: str
    type: str
    order_key: str
    state: str
    reason: str
    detail: str
    attempts: int
    due_at_milliseconds: int


_SELECTED = """
    (%(command_id)s::text IS NULL OR command_id = %(command_id)s)
    AND (%(marketplace)s::text IS NULL OR marketplace = %(marketplace)s)
    AND (%(chosen_reason)s::text IS NULL OR reason = %(chosen_reason)s)
"""


class DeliveryAdmin:
    """The desk's side of the table; a context manager. Errors of all methods: SinkUnavailable."""

    def __init__(self, address: str) -> None:
        self._connection: Connection = connect(address)

    def __enter__(self) -> "DeliveryAdmin":
        """Return the desk."""
        return self

    def __exit__(self, *_error: object) -> None:
        """Close the connection."""
        self._connection.close()

    def shown(self, states: list[str], selection: Selection, limit: int) -> list[DeliveryView]:
        """Return deliveries in these states, the oldest first, at most so many."""
        return self._attempt(lambda connection: self._shown(connection, states, selection, limit))

    def release(self, selection: Selection, act: OperatorAction) -> int:
        """Let go what is held, as `release` does; give how many."""
        return self._attempt(lambda connection: release(connection, selection, act))

    def retry(self, selection: Selection, act: OperatorAction) -> int:
        """Begin the schedule of what failed anew; give how many."""
        return self._attempt(
            lambda connection: _change(
                connection,
                """
                SET state = 'waiting', reason = '', detail = '', attempts = 0,
                    due_at_milliseconds = %(now)s
                WHERE state = 'failed' AND reason <> 'invalid_command_id'
                """,
                ("retry", selection, act),
            )
        )

    def cancel(self, selection: Selection, act: OperatorAction) -> int:
        """Return up what is held or failed, so that later commands may go out; give how many.

        Errors: ValueError where no single command is selected.
        """
        if selection.command_id is None:
            raise ValueError("only one command at a time is given up")
        return self._attempt(
            lambda connection: _change(
                connection,
                """
                SET state = 'cancelled', reason = 'cancelled', detail = %(why)s
                WHERE state IN ('held', 'failed', 'waiting')
                """,
                ("cancel", selection, act),
            )
        )

    def _shown(
        self, connection: Connection, states: list[str], selection: Selection, limit: int
    ) -> list[DeliveryView]:
        with connection.cursor(row_factory=class_row(DeliveryView)) as cursor:
            cursor.execute(
                f"""
                SELECT {", ".join(DeliveryView._fields)} FROM deliveries
                WHERE state = ANY(%(states)s) AND {_SELECTED}
                ORDER BY delivery_number LIMIT %(limit)s
                """,  # noqa: S608 - put together of constants
                {**_selected(selection), "states": states, "limit": limit},
            )
            return cursor.fetchall()

    def _attempt(self, work: Callable[[Connection], Result]) -> Result:
        try:
            with self._connection.transaction():
                return work(self._connection)
        except AWAY as error:
            raise SinkUnavailable(str(error)) from error


def release(connection: Connection, selection: Selection, act: OperatorAction) -> int:
    """Let go what is held, within the caller's transaction; give how many.

    What a switch holds goes on when it is resumed, what has no endpoint when it gets one.
    A marketplace whose endpoint was gone or disabled is written to again if all of it is selected.
    """
    if selection.marketplace is not None and selection.command_id is None:
        connection.execute(
            "DELETE FROM disabled_endpoints WHERE marketplace = %s", (selection.marketplace,)
        )
    return _change(
        connection,
        """
        SET state = 'waiting', reason = '', detail = '', due_at_milliseconds = %(now)s
        WHERE state = 'held' AND reason NOT IN ('halted', 'no_endpoint')
        """,
        ("release", selection, act),
    )


def _change(
    connection: Connection, change: str, what: tuple[str, Selection, OperatorAction]
) -> int:
    name, selection, act = what
    setting, _, condition = change.partition("WHERE")
    with connection.cursor(row_factory=tuple_row) as cursor:
        rows = cursor.execute(
            f"""
        UPDATE deliveries {setting}
        WHERE delivery_number IN (
            SELECT delivery_number FROM deliveries WHERE {condition} AND {_SELECTED}
            ORDER BY delivery_number LIMIT {MAXIMUM_AT_ONCE} FOR UPDATE
        )
        RETURNING delivery_number, marketplace
        """.encode(),  # noqa: S608 - put together of constants
            {**_selected(selection), "now": act.at_milliseconds, "why": act.reason},
        ).fetchall()
        cursor.executemany(
            """
            INSERT INTO delivery_actions
                (action, delivery_number, marketplace, operator_id, reason, acted_at_milliseconds)
            VALUES (%s, %s, %s, %s, %s, %s)
            """,
            [
                (name, number, marketplace, act.operator_id, act.reason, act.at_milliseconds)
                for number, marketplace in rows
            ],
        )
    connection.execute(PROMOTE_AFTER, {"numbers": [number for number, _ in rows]})
    return len(rows)


def _selected(selection: Selection) -> dict[str, str | None]:
    return {
        "command_id": selection.command_id,
        "marketplace": selection.marketplace,
        "chosen_reason": selection.reason,
    }
