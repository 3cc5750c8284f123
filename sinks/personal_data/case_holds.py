"""Holds on all parties of a case that is under legal hold: nothing of theirs ends meanwhile."""

from collections.abc import Iterable
from typing import Any, Final

from psycopg import Connection

from sinks.personal_data.erasure import HOLD

_LIFT: Final = """
    UPDATE legal_holds SET lifted_at_milliseconds = %s
    WHERE reason = %s AND lifted_at_milliseconds IS NULL
"""


def hold_parties(
    connection: Connection[Any], case_id: str, parties: Iterable[str], recorded_by: str, now: int
) -> None:
    """Note that all data of a case's parties is to be kept, each once. Errors: psycopg.Error."""
    with connection.transaction():
        connection.execute(_LIFT, (now, _reason(case_id)))
        for party_id in parties:
            connection.execute(HOLD, (party_id, _reason(case_id), None, recorded_by, now))


def release_parties(connection: Connection[Any], case_id: str, now: int) -> int:
    """End these holds of a case, and no other of its parties; give how many. Errors:
    psycopg.Error."""
    return connection.execute(_LIFT, (now, _reason(case_id))).rowcount


def _reason(case_id: str) -> str:
    return f"case {case_id}"
