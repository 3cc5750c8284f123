"""Acknowledgements that were recorded with their deliveries and are still to be published."""

from typing import NamedTuple

import psycopg

from schemas.events.acknowledgements import CommandAcknowledged
from sinks.database.kept_connection import KeptConnection


class UnpublishedAcknowledgement(NamedTuple):
    """An acknowledgement and its number in the outbox."""

    number: int
    event: CommandAcknowledged


class AcknowledgementOutbox:
    """The publisher's side of the outbox. Several publishers repeat what each has not marked."""

    def __init__(self, address: str) -> None:
        self._kept = KeptConnection(address)

    def unpublished(self, limit: int) -> list[UnpublishedAcknowledgement]:
        """Return the oldest ones, at most so many. Errors: SinkUnavailable."""
        rows = self._execute(
            f"""
            SELECT acknowledgement_number, {", ".join(CommandAcknowledged._fields)}
            FROM acknowledgement_outbox WHERE NOT published
            ORDER BY acknowledgement_number LIMIT %s
            """,  # noqa: S608 - put together of constants
            (limit,),
        ).fetchall()
        return [UnpublishedAcknowledgement(row[0], CommandAcknowledged(*row[1:])) for row in rows]

    def mark_published(self, numbers: list[int]) -> None:
        """Note what the broker has. Errors: SinkUnavailable."""
        self._execute(
            """
            UPDATE acknowledgement_outbox SET published = true
            WHERE acknowledgement_number = ANY(%s)
            """,
            (numbers,),
        )

    def close(self) -> None:
        """Close the connection."""
        self._kept.close()

    def _execute(self, statement: str, values: tuple[object, ...]) -> psycopg.Cursor[tuple]:  # type: ignore[type-arg]
        with self._kept.transaction() as connection:
            return connection.execute(statement.encode(), values)
