"""What parties were told of decisions, word for word, as the case store keeps it."""

from typing import Any

from pydantic import BaseModel, Field

from streams.sources.filing.database import Database
from streams.sources.filing.filings import timestamp
from streams.sources.filing.rows import has_table

MAXIMUM_STATEMENTS = 100
_COLUMNS = """
    SELECT command_id, kind, case_id, decision_number, language, title, text,
        issued_at_milliseconds
    FROM statements_of_reasons
"""
_OF_CASE = _COLUMNS + "WHERE case_id = %s AND role = %s ORDER BY issued_at_milliseconds, command_id"
_OF_PARTY = (
    _COLUMNS + "WHERE party_id = %s ORDER BY issued_at_milliseconds DESC, command_id LIMIT %s"
)


class StatementTold(BaseModel):
    """A statement of reasons (DSA Article 17), or a decision with its reasons (Article 16(5))."""

    statement_id: str
    kind: str = Field(
        description="decision, counter_notice_decided, appeal_decided, or sanction of the account."
    )
    case_id: str | None = Field(description="None where it is about the account.")
    decision_number: int
    language: str = Field(description="Language of the text, ISO 639-1: en where no other is.")
    title: str
    text: str
    issued_at: str


class StatementReader:
    """Looks statements up. Methods raise Problem (UNAVAILABLE)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of_case(self, case_id: str, role: str) -> list[StatementTold]:
        """Return what one side of a case was told, in order."""
        return self._read(_OF_CASE, (case_id, role))

    def of_party(self, party_id: str) -> list[StatementTold]:
        """Return what a party was told, newest first."""
        return self._read(_OF_PARTY, (party_id, MAXIMUM_STATEMENTS))

    def _read(self, query: str, values: tuple[Any, ...]) -> list[StatementTold]:
        with self._database.connection() as connection:
            if not has_table(connection, "statements_of_reasons"):
                return []
            rows = connection.execute(query, values).fetchall()
        return [
            StatementTold(
                statement_id=row["command_id"],
                kind=row["kind"],
                case_id=row["case_id"] or None,
                decision_number=row["decision_number"],
                language=row["language"],
                title=row["title"],
                text=row["text"],
                issued_at=timestamp(row["issued_at_milliseconds"]),
            )
            for row in rows
        ]
