"""`python -m ops bench-desk`: the case store's and the desk's speed, beside bare transactions.

Absolute numbers depend on the machine and on what else it does; the ratios, of the same run, less.
"""

import argparse
import sys
import time
from collections.abc import Callable, Iterator
from random import Random

from ops.local.postgres import PostgresServer
from processors.identifiers import command_id
from processors.reviews.assignment import Reviewer
from schemas.durations import DAY_MILLISECONDS
from schemas.events.complaints import ComplaintFiled, Ground
from schemas.events.decisions import Capsule, ComplaintDecided
from schemas.events.reviews import ReviewComplaint
from schemas.events.sla import SlaClockStarted
from schemas.topic_names import COMPLAINTS_EVENTS, DECISIONS_EVENTS, REVIEWS_COMMANDS, SLA_EVENTS
from schemas.wire.delivered import Delivered, Source
from sinks.case_store.case_store import CaseStore
from sinks.contract import Span
from sinks.database.database import Connection, connect, migrate
from streams.clock import VirtualClock
from streams.sources.desk.desk import Desk
from streams.sources.desk.types import Verdict

START = 1_700_000_000_000
BATCH = 1_000
REVIEWERS = 100
LANGUAGES = ("en", "de", "zh", "th")
GROUNDS: tuple[Ground, ...] = ("counterfeit", "trademark_infringement")
CAPSULE = Capsule("ComplaintFiled", COMPLAINTS_EVENTS, 0, 0, "", None, None, None, None, "1")


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command's parser."""
    parser = subparsers.add_parser("bench-desk", help="speed of the case store and the desk")
    parser.add_argument("--cases", type=int, default=10_000, help="each has four events")
    parser.add_argument("--claims", type=int, default=2_000)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Measure on a PostgreSQL server of its own, and print. Errors: OperatorError."""
    with PostgresServer() as server:
        migrate(server.address)
        with connect(server.address) as connection:
            connection.execute("CREATE TABLE bare (number bigint PRIMARY KEY, text text)")
            bulk = _rate(4 * options.cases, lambda: _insert_bare(connection, 4 * options.cases))
            store = CaseStore(server.address)
            events = _rate(4 * options.cases, lambda: _fill(store, options.cases))
            store.close()
            connection.execute("ANALYZE")
            single = _rate(options.claims, lambda: _update_bare(connection, options.claims))
            desk = Desk(connection, VirtualClock(START))
            for number in range(REVIEWERS):
                languages = ("*",) if number % 2 else ("en", LANGUAGES[number % 4])
                desk.put_reviewer(Reviewer(f"reviewer-{number}", ("complaint:*",), languages))
            reviews = _rate(options.claims, lambda: _review(desk, options.claims))
    lines = (
        ("events into the store", events, "rows into a bare table", bulk),
        ("claims with verdict", reviews, "bare transactions", single),
    )
    for name, rate, baseline, bare in lines:
        sys.stdout.write(
            f"{name:24}{rate:>10,.0f}/s   {baseline:24}{bare:>10,.0f}/s   {rate / bare:.2f}\n"
        )
    return 0


def _rate(count: int, act: Callable[[], None]) -> float:
    started = time.perf_counter()
    act()
    return count / (time.perf_counter() - started)


def _insert_bare(connection: Connection, count: int) -> None:
    for start in range(0, count, BATCH):
        rows = [(number, "x" * 200) for number in range(start, min(count, start + BATCH))]
        with connection.transaction(), connection.cursor() as cursor:
            cursor.executemany("INSERT INTO bare VALUES (%s, %s)", rows)


def _update_bare(connection: Connection, count: int) -> None:
    for number in range(count):
        with connection.transaction():
            connection.execute("UPDATE bare SET text = 'y' WHERE number = %s", (number,))


def _review(desk: Desk, count: int) -> None:
    for number in range(count):
        name = f"reviewer-{number % REVIEWERS}"
        claimed = desk.claim(name)
        if claimed is not None:
            task_id = claimed.task.task_id
            desk.decide(Verdict(task_id, name, "take_down", ("counterfeit",)))


def _fill(store: CaseStore, cases: int) -> None:
    positions: dict[Source, int] = {}
    batch: list[Delivered] = []
    for record in _records(cases):
        batch.append(record)
        if len(batch) == BATCH:
            _write(store, batch, positions)
            batch = []
    if batch:
        _write(store, batch, positions)


def _write(store: CaseStore, batch: list[Delivered], positions: dict[Source, int]) -> None:
    spans: dict[Source, Span] = {}
    for record in batch:
        source = (record.topic, record.partition)
        start = spans[source].expected if source in spans else positions.get(source, 0)
        spans[source] = Span(start, record.offset + 1)
    store.write(batch, spans)
    positions.update({source: span.next for source, span in spans.items()})


def _records(cases: int) -> Iterator[Delivered]:
    random = Random(1)
    for number in range(cases):
        case_id, listing_id = f"case-{number}", f"listing-{number}"
        at = START + random.randrange(DAY_MILLISECONDS)
        ground, until = random.choice(GROUNDS), at + DAY_MILLISECONDS
        complaint = ComplaintFiled(
            case_id, listing_id, "shop", f"holder-{number % 500}", "holder", "US", "2824281",
            "registration", ground, "US", "The goods are not ours. " * 10, True, "A. Owner",
            "a@brand.example", (), at,
        )  # fmt: skip
        decided = ComplaintDecided(
            case_id, 1, listing_id, "shop", "send_to_review", ("no_rule_applies",), "rule",
            {"registry": "in_force"}, None, at, at, until, False, CAPSULE,
        )  # fmt: skip
        task = ReviewComplaint(
            command_id(case_id, 1), case_id, 1, listing_id, "shop", "holder", ground,
            ("no_rule_applies",), at, until, at, language=random.choice(LANGUAGES),
            trusted_flagger=random.random() < 0.05, fast_lane=random.random() < 0.3,
            price_euros=random.choice((10.0, 50.0, 2_000.0)),
        )  # fmt: skip
        yield Delivered(COMPLAINTS_EVENTS, 0, number, complaint, at)
        clock = SlaClockStarted(case_id, listing_id, "shop", at, until)
        yield Delivered(SLA_EVENTS, 0, number, clock, at)
        yield Delivered(DECISIONS_EVENTS, 0, number, decided, at)
        yield Delivered(REVIEWS_COMMANDS, 0, number, task, at)
