"""A view's counts from all instances: each partition is asked of the one that holds its rows."""

import asyncio
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple, TypeVar

import aiohttp
from yarl import URL

from schemas.durations import HOUR_MILLISECONDS
from schemas.handled_errors import note_handled
from streams.kafka.partitioner import partition_of
from streams.views.app import CASES, SELLERS, SURVEYS, Views
from streams.views.counted import View
from streams.views.figures import FigureSet, add_gathered, gathered
from streams.views.offenders import offender, worst, worst_of
from streams.views.rows import read

ANSWER_TIMEOUT = aiohttp.ClientTimeout(total=5.0)
PARTIAL_PATH = "/views/partial/"
OFFENDERS = "offenders"

Answer = TypeVar("Answer")


class Query(NamedTuple):
    """What is asked of a view: so many hours back from now, and one name or all."""

    view: View
    hours: int
    name: str | None = None


class Restoring(Exception):
    """Tables are being restored or handed over: their rows are not all here yet."""


def table_of(view: str) -> str:
    """Return the table that holds a view's rows."""
    return {"surveys": SURVEYS, OFFENDERS: SELLERS}.get(view, CASES)


def held_partitions(views: Views, table: str) -> list[int]:
    """Return the partitions of a table that this instance holds. Errors: Restoring."""
    app = views.app
    tables: Any = app.tables
    recovery = tables.recovery
    if app.rebalancing or recovery.in_recovery or not recovery.completed.is_set():
        raise Restoring
    topic = views.tables[table].changelog_topic_name
    return sorted(tp.partition for tp in app.assignor.assigned_actives() if tp.topic == topic)


def held_counts(views: Views, query: Query) -> tuple[list[int], FigureSet]:
    """Return the counts of a view in the partitions held here, with these. Errors: Restoring."""
    table = table_of(query.view)
    partitions = held_partitions(views, table)
    newest = views.clock.now_milliseconds() // HOUR_MILLISECONDS
    # One hour more: clocks of others may run ahead a little.
    hours = range(newest - query.hours + 1, newest + 2)
    rows = (
        row
        for partition in partitions
        for row in read(views.tables[table], partition, query.view, hours, query.name)
    )
    found = gathered(rows)
    if query.name is None:
        return partitions, found
    return partitions, _only(found, query.name)


def held_offenders(views: Views) -> tuple[list[int], list[dict[str, Any]]]:
    """Return the worst sellers in the partitions held here, with these. Errors: Restoring."""
    return held_partitions(views, SELLERS), worst(views.tables[SELLERS].items())


async def all_counts(views: Views, query: Query) -> tuple[FigureSet, list[int]]:
    """Return the counts of a view in all partitions, and the partitions that nobody answered
    for.
    """
    answers, missing = await _ask(
        views,
        table_of(query.view),
        lambda: held_counts(views, query),
        PARTIAL_PATH + query.view,
        {"hours": str(query.hours)} | ({} if query.name is None else {"name": query.name}),
        _counts_of,
    )
    found = FigureSet({}, {}, {})
    for answer in answers:
        add_gathered(found, answer)
    return found, missing


async def all_offenders(views: Views) -> tuple[list[dict[str, Any]], list[int]]:
    """Return the worst sellers in all partitions, and the partitions that nobody answered for."""
    answers, missing = await _ask(
        views,
        SELLERS,
        lambda: held_offenders(views),
        PARTIAL_PATH + OFFENDERS,
        {},
        lambda answer: list(answer["offenders"]),
    )
    return worst_of(each for answer in answers for each in answer), missing


async def one_offender(views: Views, party_id: str) -> dict[str, Any] | None:
    """Return a seller's row from the instance that holds its key; None where there is none.

    Faust's own routes ask the producer for the key's partition, which knows only topics that it
    has written to. Errors: Restoring, also while nobody answers.
    """
    partition = partition_of(party_id.encode(), views.partitions[SELLERS])
    topic = views.tables[SELLERS].changelog_topic_name
    url = next(
        (
            url
            for url, topics in views.app.router.tables_metadata().items()
            if partition in topics.get(topic, ())
        ),
        None,
    )
    if url is None or url == str(views.app.conf.canonical_url):
        return held_offender(views, party_id)
    answer = await _fetch(views, url, PARTIAL_PATH + OFFENDERS, {"party_id": party_id})
    if answer is None:
        raise Restoring
    row: dict[str, Any] | None = answer["offender"]
    return row


def held_offender(views: Views, party_id: str) -> dict[str, Any] | None:
    """Return a seller's row if there is one. Errors: Restoring where its partition is not here."""
    partition = partition_of(party_id.encode(), views.partitions[SELLERS])
    if partition not in held_partitions(views, SELLERS):
        raise Restoring
    row = views.tables[SELLERS].get(party_id)
    return None if row is None else offender(party_id, row)


async def _fetch(views: Views, url: str, path: str, parameters: dict[str, str]) -> Any | None:
    """Return what another instance answers, or None where it does not."""
    address = URL(url).with_path(path).with_query(parameters)
    try:
        async with views.app.http_client.get(address, timeout=ANSWER_TIMEOUT) as response:
            return await response.json() if response.status == 200 else None
    except (aiohttp.ClientError, TimeoutError) as error:
        note_handled("other_views", error)
        return None


async def _ask(
    views: Views,
    table: str,
    here: Callable[[], tuple[list[int], Answer]],
    path: str,
    parameters: dict[str, str],
    read_answer: Callable[[Any], Answer],
) -> tuple[list[Answer], list[int]]:
    """Ask this instance and those that the assignment names as holders of partitions."""
    own = str(views.app.conf.canonical_url)
    topic = views.tables[table].changelog_topic_name
    held = views.app.router.tables_metadata()
    others = [url for url, topics in held.items() if url != own and topics.get(topic)]

    async def ask(url: str) -> tuple[list[int], Answer] | None:
        answer = await _fetch(views, url, path, parameters)
        return None if answer is None else (list(answer["partitions"]), read_answer(answer))

    given = list(await asyncio.gather(*(ask(url) for url in others)))
    try:
        given.append(here())
    except Restoring as error:
        note_handled("views", error)
    return _once_each(given, views.partitions[table])


def _once_each(
    given: Iterable[tuple[list[int], Answer] | None], partitions: int
) -> tuple[list[Answer], list[int]]:
    """Keep answers so that no partition counts twice while it is handed over."""
    answers: list[Answer] = []
    seen: set[int] = set()
    for each in given:
        if each is not None and not seen & set(each[0]):
            answers.append(each[1])
            seen |= set(each[0])
    return answers, sorted(set(range(partitions)) - seen)


def counts_answer(partitions: list[int], found: FigureSet) -> dict[str, Any]:
    """Return counts as one instance answers another."""
    by_hour = {str(hour): tally for hour, tally in found.by_hour.items()}
    return {
        "partitions": partitions,
        "tally": found.tally,
        "by_hour": by_hour,
        "labels": found.labels,
    }


def _counts_of(answer: Any) -> FigureSet:
    by_hour = {int(hour): tally for hour, tally in answer["by_hour"].items()}
    return FigureSet(answer["tally"], by_hour, answer["labels"])


def _only(found: FigureSet, name: str) -> FigureSet:
    def of(tally: dict[str, dict[str, int]]) -> dict[str, dict[str, int]]:
        return {name: tally[name]} if name in tally else {}

    by_hour = {hour: of(tally) for hour, tally in found.by_hour.items()}
    labels = {name: found.labels[name]} if name in found.labels else {}
    return FigureSet(of(found.tally), by_hour, labels)
