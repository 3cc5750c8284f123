"""The live views' Faust app: topics, tables, and the agents that fold the one into the other.

Nothing here decides. Faust reads at least once; the rows make a repeat harmless (view_rows.py).
Its windowed tables are not used: after a restart they forget to expire (faust-streaming 385), so
the hour is part of a row's key and rows are removed by the fold.
"""

from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, NamedTuple

import faust
from yarl import URL

from schemas.events.standings import StandingChanged
from schemas.topic_names import (
    DECISIONS_EVENTS,
    PREFIX,
    SLA_EVENTS,
    STANDINGS_STATE,
    SURVEYS_EVENTS,
    TAKEDOWNS_COMMANDS,
)
from schemas.wire.codec import Codec
from streams.clock import Clock
from streams.kafka.security import identity
from streams.views.batches import FLUSH_SECONDS, TableFolder
from streams.views.broker_credentials import credentials_of
from streams.views.counted import observe
from streams.views.faust_transport import AvroEvents, CommittedTransport, NotDecoded
from streams.views.offenders import fold_standing
from streams.views.rows import Place, Rows, fold

CASES, SURVEYS, SELLERS = "cases", "surveys", "sellers"
TABLES: Mapping[str, tuple[str, ...]] = {
    CASES: (DECISIONS_EVENTS, SLA_EVENTS, TAKEDOWNS_COMMANDS),
    SURVEYS: (SURVEYS_EVENTS,),
    SELLERS: (STANDINGS_STATE,),
}
"""Tables, each with the topics that fill it; these have the same keys and partitions."""

ROCKSDB_OPTIONS = {
    "max_open_files": 256,
    "write_buffer_size": 8 * 1024 * 1024,
    "max_write_buffer_number": 2,
    "block_cache_size": 8 * 1024 * 1024,
}
"""Of each partition of a table; Faust's own default is a cache of 2 GiB each."""


class ViewsSettings(NamedTuple):
    """How an instance runs; `web_host` is the name under which the other instances reach it."""

    bootstrap_servers: str
    data_directory: Path
    partitions: Mapping[str, int]
    web_port: int
    web_host: str = "127.0.0.1"
    web_bind: str = "127.0.0.1"
    group: str = "ip-views"
    replication_factor: int = 1
    session_timeout_seconds: float = 10.0


class Views(NamedTuple):
    """The app, its tables with their partition counts, and how events ended in this process."""

    app: faust.App
    tables: Mapping[str, Any]
    partitions: Mapping[str, int]
    endings: Counter[str]
    clock: Clock


def make_views(settings: ViewsSettings, codec: Codec, clock: Clock) -> Views:
    """Make the app with its tables and agents; streams/views/web.py adds the pages."""
    app = _app(settings)
    schema = AvroEvents(codec)
    partitions = {name: settings.partitions[topics[0]] for name, topics in TABLES.items()}
    tables = {
        name: app.Table(
            name,
            key_type=str,
            partitions=count,
            options=dict(ROCKSDB_OPTIONS),
            help=f"Rows of {', '.join(TABLES[name])}.",
        )
        for name, count in partitions.items()
    }
    views = Views(app, tables, partitions, Counter(), clock)
    for table, names in TABLES.items():
        topics = [app.topic(name, schema=schema, partitions=partitions[table]) for name in names]
        _add_agents(views, table, topics, _take_standing if table == SELLERS else _take_event)
    return views


def _app(settings: ViewsSettings) -> faust.App:
    servers = ";".join(settings.bootstrap_servers.split(","))
    app = faust.App(
        PREFIX + settings.group,
        broker=f"kafka://{servers}",
        broker_credentials=credentials_of(identity()),
        store="rocksdb://",
        datadir=settings.data_directory,
        autodiscover=False,
        processing_guarantee="at_least_once",
        consumer_auto_offset_reset="earliest",
        broker_session_timeout=settings.session_timeout_seconds,
        broker_heartbeat_interval=settings.session_timeout_seconds / 5,
        table_standby_replicas=0,
        topic_disable_leader=True,
        topic_replication_factor=settings.replication_factor,
        stream_wait_empty=False,
        producer_compression_type="lz4",
        web_bind=settings.web_bind,
        web_host=settings.web_host,
        web_port=settings.web_port,
        web_tables_enabled=False,
        web_stats_enabled=False,
    )
    app.transport = CommittedTransport([URL(f"kafka://{s}") for s in servers.split(";")], app)
    return app


Take = Callable[[Views, Rows, Place, Any], str]


def _add_agents(views: Views, table: str, topics: list[Any], take: Take) -> None:
    """Add one agent for each topic of a table, and the timer that folds what they gathered."""

    def count(rows: Rows, place: Place, event: Any) -> None:
        views.endings[take(views, rows, place, event)] += 1

    app = views.app
    folder = TableFolder(app, views.tables[table], count)

    async def agent(stream: Any) -> None:
        async for record in stream.noack().events():
            async with _ending_on_error(app):
                folder.add(record)

    for topic in topics:
        app.agent(topic, name=f"{topic.get_topic_name()}-to-{table}")(agent)

    async def flush() -> None:
        async with _ending_on_error(app):
            folder.flush()

    app.timer(interval=FLUSH_SECONDS)(flush)


@asynccontextmanager
async def _ending_on_error(app: faust.App) -> AsyncIterator[None]:
    """End the process on an error: Faust would go on behind the records that it was in."""
    try:
        yield
    except Exception as error:
        await app.crash(error)
        raise


def _take_event(views: Views, rows: Rows, place: Place, event: Any) -> str:
    if isinstance(event, NotDecoded):
        return "not_decoded"
    observed = observe(event)
    if observed is None:
        return "not_shown"
    return fold(rows, place, observed, views.clock.now_milliseconds())


def _take_standing(views: Views, rows: Rows, place: Place, event: Any) -> str:
    if not isinstance(event, StandingChanged):
        return "not_decoded"
    return fold_standing(rows, place, event)
