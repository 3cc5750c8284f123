"""The report that a simulated day ends in."""

import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import httpx

from ops.trials.simulation.agreement import check_receivers, check_store
from ops.trials.simulation.archived import check_archive, check_replay
from ops.trials.simulation.figures import figures
from ops.trials.simulation.guarantees import (
    check_decisions,
    check_endings,
    check_suspensions,
)
from ops.trials.simulation.log_reader import read_day
from ops.trials.simulation.scenario import MARKETPLACES
from ops.trials.simulation.services import Services
from schemas.wire.codec import Codec

TIMEOUT_SECONDS = 10.0


class RunReport(NamedTuple):
    """How the run itself went: lines to be shown, and problems."""

    lines: tuple[str, ...]
    problems: tuple[str, ...]
    endings: Counter[str]


def endings_of(port: int) -> Counter[str]:
    """Return what a worker counted by now: inputs by topic, and dead letters. Errors: HTTPError."""
    text = httpx.get(f"http://127.0.0.1:{port}/metrics", timeout=TIMEOUT_SECONDS).text
    counted: Counter[str] = Counter()
    for line in text.splitlines():
        if line.startswith("ip_records_total{"):
            counted[line.partition('source="')[2].partition('"')[0]] += int(float(line.split()[-1]))
        elif line.startswith("ip_dead_letters_total{"):
            counted["dead letters"] += int(float(line.split()[-1]))
    return counted


def report(services: Services, codec: Codec, ran: RunReport) -> int:
    """Print all figures and checks; give 1 where a guarantee does not hold."""
    servers = services.addresses[0]
    log = read_day(servers, codec)
    problems = list(ran.problems)
    _section("The run", ran.lines)
    _section("The day", figures(log))
    receivers = check_receivers(log, journals(services))
    store = check_store(log, services.database)
    _section("Topic, store and receivers", (*receivers.lines, *store.lines))
    problems += [*receivers.problems, *store.problems]
    endings, wrong_endings = check_endings(log, ran.endings)
    decisions, wrong_decisions = check_decisions(log)
    suspensions, wrong_suspensions = check_suspensions(log)
    archived, replayed = check_archive(services), check_replay(services)
    kept = (endings, decisions, suspensions, *archived.lines, "replay of the archive:")
    _section("Guarantees", (*kept, *replayed.lines))
    problems += [*wrong_endings, *wrong_decisions, *wrong_suspensions]
    problems += [*archived.problems, *replayed.problems]
    _section("Problems", problems or ("none",))
    return 1 if problems else 0


def journals(services: Services) -> list[Path]:
    """Return the marketplaces' journals."""
    return [services.journal(name) for name in MARKETPLACES]


def tell(line: str) -> None:
    """Print a line at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def _section(title: str, lines: Iterable[str]) -> None:
    tell(f"\n{title}")
    for line in lines:
        tell(f"  {line}")
