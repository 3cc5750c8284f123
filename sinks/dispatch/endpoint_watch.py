"""Endpoints in force: those of the endpoints file and those recorded, looked at again and again.

The file wins where both name a marketplace: who may change what an operator's token may is not
to lead away what the machine's owner settled, nor to open private networks, as only the file
allows hosts.
"""

import logging
from collections.abc import Callable

import psycopg

from schemas.handled_errors import note_handled
from sinks.contract import SinkUnavailable, SinkUnusable
from sinks.database.kept_connection import KeptConnection
from sinks.dispatch.recorded_endpoints import EndpointBook, StoredEndpoint
from sinks.dispatch.settings import DispatchSettings, Endpoint, SettingsInvalid
from sinks.private_texts.data_key import TextDamaged

logger = logging.getLogger(__name__)

LOOK_SECONDS = 2.0


class EndpointWatch:
    """Reads endpoints for one thread at a time; `told` is given them whenever they changed."""

    def __init__(
        self,
        address: str,
        book: EndpointBook,
        from_file: DispatchSettings,
        told: Callable[[DispatchSettings], None] | None = None,
    ) -> None:
        self._kept = KeptConnection(address)
        self._book = book
        self._file = from_file
        self._told = told
        self._stored: list[StoredEndpoint] | None = None
        self._opened: dict[str, Endpoint] = {}

    def look(self) -> DispatchSettings | None:
        """Return the endpoints in force if they changed since the last look.

        What can't be used is logged, and its marketplace keeps the endpoint that it had.
        Errors: SinkUnavailable.
        """
        with self._kept.transaction() as connection:
            stored = self._book.stored(connection)
        if stored == self._stored:
            return None
        opened: dict[str, Endpoint] = {}
        for each in stored:
            endpoint = self._usable(each)
            if endpoint is not None:
                opened[endpoint.marketplace] = endpoint
        self._stored, self._opened = stored, opened
        return self._file._replace(endpoints={**opened, **self._file.endpoints})

    def tell_to(self, told: Callable[[DispatchSettings], None]) -> None:
        """Tell changes from now on."""
        self._told = told

    def run(self, wait: Callable[[float], bool]) -> None:
        """Look until `wait` says that it is over; while the database is away, go on as it was."""
        while not wait(LOOK_SECONDS):
            try:
                self._tell()
            except (SinkUnavailable, psycopg.Error) as error:
                # What was not told is told anew.
                self._stored = None
                note_handled("endpoints", type(error).__name__)
        self._kept.close()

    def _tell(self) -> None:
        settings = self.look()
        if settings is not None and self._told is not None:
            self._told(settings)
            logger.info("endpoints in force: %s", ", ".join(sorted(settings.endpoints)) or "none")

    def _usable(self, stored: StoredEndpoint) -> Endpoint | None:
        marketplace = stored.fields.marketplace
        if marketplace in self._file.endpoints:
            logger.warning("%s: the endpoints file's stands, not the recorded one", marketplace)
            return None
        try:
            return self._book.opened(stored, self._file.allowed_hosts)
        except TextDamaged:
            logger.error("%s: its secrets can't be opened; nothing of it changes", marketplace)
        except (SettingsInvalid, SinkUnusable) as error:
            logger.error("%s: %s; nothing of it changes", marketplace, error)
        return self._opened.get(marketplace)
