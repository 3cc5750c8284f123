"""The global tables beside a service: read on in a thread, and looked at between two slices."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from confluent_kafka import KafkaException

from ops.shell.reading_thread import reading_on
from ops.shell.service import needed_topics, open_state
from ops.web.own_marks import Tables
from processors.rules.rule_set import RuleSet
from schemas.handled_errors import note_handled
from schemas.wire.codec import Codec
from streams.tables.lookup_tables import LookupTables
from streams.tables.table_reader import TableReader
from streams.topology import GLOBAL_TABLES
from streams.worker.settings import WorkerSettings

WAIT_SECONDS = 0.2
"""Between two looks for new records; nobody waits for the tables meanwhile."""
AGAIN_SECONDS = 5.0
"""Until a start that failed is tried again."""


class TablesKept(Tables):
    """The tables that workers decide by, for a service that tells of them."""

    def __init__(
        self, bootstrap_servers: str, directory: Path, group: str, codec: Codec, built_in: RuleSet
    ) -> None:
        """Open the tables. Errors: OperatorError."""
        topics = needed_topics(bootstrap_servers, tuple(GLOBAL_TABLES))
        self._settings = WorkerSettings(bootstrap_servers, directory, "tables", group)
        self._state = open_state(directory, group, topics)
        self._tables = LookupTables(self._state, codec, built_in)
        self._lock = threading.Lock()
        self._loaded = False

    @contextmanager
    def look(self) -> Iterator[LookupTables | None]:
        """Lend the tables; None until they were read to their ends once."""
        if not self._loaded:
            yield None
            return
        with self._lock:
            yield self._tables

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Keep up with the tables' topics, in a thread."""
        try:
            with reading_on("tables", self._read):
                yield
        finally:
            self._state.close()

    def _read(self, stopping: threading.Event) -> None:
        while not stopping.is_set():
            reader = TableReader(self._settings.reader("tables"), self._tables)
            try:
                reader.start()
                self._read_on(reader, stopping)
            except KafkaException as error:
                note_handled("tables", error)
                stopping.wait(AGAIN_SECONDS)
            finally:
                reader.close()

    def _read_on(self, reader: TableReader, stopping: threading.Event) -> None:
        while not stopping.is_set():
            with self._lock:
                _update, count, _latest = reader.turn(self._settings.table_records_per_turn, 0.0)
                self._loaded = self._loaded or reader.loaded
            if not count:
                stopping.wait(WAIT_SECONDS)
