"""A service's database: its version, and whether it answers.

Apart from what every service has, since workers have no database and start without its libraries.
"""

import time
from collections.abc import Callable
from typing import TypeVar

import psycopg

from ops.errors import OperatorError
from schemas.handled_errors import note_handled
from sinks.contract import SinkUnavailable, SinkUnusable
from sinks.database.database import AWAY, connect, migrate

STARTING_SECONDS = 60.0
"""A database that is started with its services, or again, answers within this time."""
RETRY_SECONDS = 1.0

Answer = TypeVar("Answer")


def migrate_database(address: str, patience_seconds: float = STARTING_SECONDS) -> None:
    """Bring a service's database to its version, once it answers. Errors: OperatorError."""
    once_it_answers(lambda: migrate(address), patience_seconds)


def once_it_answers(
    action: Callable[[], Answer], patience_seconds: float = STARTING_SECONDS
) -> Answer:
    """Do what a starting service does in its database, again until that answers.

    A database may go away between any two of such steps. Errors: OperatorError.
    """
    deadline = time.monotonic() + patience_seconds
    while True:
        try:
            return action()
        except (SinkUnavailable, *AWAY) as error:
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
