"""A service's database: its version, and whether it answers.

Apart from what every service has, since workers have no database and start without its libraries.
"""

import time

import psycopg

from ops.errors import OperatorError
from schemas.handled_errors import note_handled
from sinks.contract import SinkUnavailable, SinkUnusable
from sinks.database.database import connect, migrate

STARTING_SECONDS = 60.0
"""A database that is started with its services, or again, answers within this time."""
RETRY_SECONDS = 1.0


def migrate_database(address: str, patience_seconds: float = STARTING_SECONDS) -> None:
    """Bring a service's database to its version, once it answers. Errors: OperatorError."""
    deadline = time.monotonic() + patience_seconds
    while True:
        try:
            return migrate(address)
        except SinkUnavailable as error:
            if time.monotonic() >= deadline:
                raise OperatorError(f"the database does not answer: {error}") from error
            note_handled("database", error)
        except SinkUnusable as error:
            raise OperatorError(str(error)) from error
        time.sleep(RETRY_SECONDS)


def database_answers(address: str) -> bool:
    """Tell whether a database answers now."""
    try:
        with connect(address) as connection:
            connection.execute("SELECT 1")
    except (SinkUnavailable, psycopg.Error) as error:
        note_handled("readiness", error)
        return False
    return True
