"""A service's database: its version, and whether it answers.

Apart from what every service has, since workers have no database and start without its libraries.
"""

import psycopg

from ops.errors import OperatorError
from schemas.handled_errors import note_handled
from sinks.contract import SinkUnavailable, SinkUnusable
from sinks.database.database import connect, migrate


def migrate_database(address: str) -> None:
    """Bring a service's database to its version. Errors: OperatorError."""
    try:
        migrate(address)
    except SinkUnavailable as error:
        raise OperatorError(f"the database does not answer: {error}") from error
    except SinkUnusable as error:
        raise OperatorError(str(error)) from error


def database_answers(address: str) -> bool:
    """Tell whether a database answers now."""
    try:
        with connect(address) as connection:
            connection.execute("SELECT 1")
    except (SinkUnavailable, psycopg.Error) as error:
        note_handled("readiness", error)
        return False
    return True
