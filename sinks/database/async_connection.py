"""An asynchronous connection to the sinks' database that is made again when it breaks."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import psycopg

from schemas.handled_errors import note_handled
from sinks.database.database import AWAY, CONNECTION_SETTINGS

RETRY_SECONDS = 0.2

Result = TypeVar("Result")
AsyncConnection = psycopg.AsyncConnection[Any]


class DispatchDatabase:
    """One connection; its work is done again as a whole when PostgreSQL was away meanwhile."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._connection: AsyncConnection | None = None
        self._lock = asyncio.Lock()

    async def run(self, work: Callable[[AsyncConnection], Awaitable[Result]]) -> Result:
        """Do work in one transaction, again and again until it is committed.

        Work that was committed while the connection broke is done once more, so it has to be
        such that this changes nothing. Errors: psycopg.Error for what trying again won't mend.
        """
        async with self._lock:
            while True:
                try:
                    connection = await self._connected()
                    async with connection.transaction():
                        return await work(connection)
                except AWAY as error:
                    note_handled("dispatch_database", error)
                    await self.close()
                    await asyncio.sleep(RETRY_SECONDS)

    async def close(self) -> None:
        """Close the connection."""
        if self._connection is not None:
            connection, self._connection = self._connection, None
            await connection.close()

    async def _connected(self) -> AsyncConnection:
        if self._connection is None or self._connection.closed:
            self._connection = await psycopg.AsyncConnection.connect(
                self._address, **CONNECTION_SETTINGS
            )
        return self._connection
