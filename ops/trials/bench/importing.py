"""How long complaints take while listings are imported as fast as they can be sent."""

import multiprocessing
import time
from typing import Any, NamedTuple

from ops.trials.bench.latency import Latency, Line
from ops.trials.bench.prepared_log import RUN_TIMEOUT_SECONDS, Setting, produce
from ops.trials.load import each_listing

COMPLAINTS_A_SECOND = 20
SECONDS_AT_A_TIME = 10
SEED = 6


class BesideImport(NamedTuple):
    """Latency of complaints while listings came, and in which time these were sent and taken."""

    latency: Latency
    sent_seconds: float
    taken_seconds: float


def complaints_beside_import(setting: Setting, listings: int) -> BesideImport:
    """Import so many listings that a worker doesn't know, with complaints about others meanwhile.
    Errors: OperatorError."""
    context = multiprocessing.get_context("spawn")
    answers: Any = context.Queue()
    importer = context.Process(target=_import, args=(setting, listings, answers))
    with Line.open(setting) as line:
        started = time.monotonic()
        importer.start()
        latency = line.beside(COMPLAINTS_A_SECOND, SECONDS_AT_A_TIME, importer.is_alive)
        taken_seconds = time.monotonic() - started
        sent_seconds: float = answers.get(timeout=RUN_TIMEOUT_SECONDS)
        importer.join()
    return BesideImport(latency, sent_seconds, taken_seconds)


def _import(setting: Setting, listings: int, answers: Any) -> None:
    started = time.monotonic()
    produce(setting, each_listing(listings, SEED, setting.listings))
    answers.put(time.monotonic() - started)
