"""`python -m ops timed-worker`: a worker that adds up the processor time of each of its stages."""

import argparse
import json
import threading
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from ops.services import worker as service
from ops.trials.bench.stopwatch import Seam, StageTime, Stopwatch, measure_bias
from processors.cases import complaint_steps
from processors.matching.vocabulary import known_words
from schemas.wire.codec import Codec
from streams.kafka.output_records import OutputRecords
from streams.kafka.transactions import Transactions
from streams.state.local_state import LocalState
from streams.state.row_kinds import LISTING, PARTY, RowKind, kind_of_row
from streams.tables.table_reader import TableReader
from streams.worker import batch_rows, working_set
from streams.worker.batch_journal import BatchJournal
from streams.worker.collector import Collector
from streams.worker.commits import Commits
from streams.worker.engine import Engine
from streams.worker.observation import Observation
from streams.worker.results import Result
from streams.worker.worker import Worker

SEAMS = (
    Seam(Collector, "collect", "consume"),
    Seam(LocalState, "get_many", "state read"),
    Seam(Engine, "decode", "decode"),
    Seam(Engine, "read_row", "row decode"),
    Seam(complaint_steps, "invalid_fields", "validate"),
    Seam(complaint_steps, "judge", "judge"),
    Seam(batch_rows, "take_listing", "effect"),
    Seam(OutputRecords, "record", "encode"),
    Seam(Codec, "headers", "headers"),
    Seam(Engine, "encode_row", "row encode"),
    Seam(batch_rows, "differences", "index"),
    Seam(Engine, "process", "engine"),
    Seam(BatchJournal, "notes", "journal"),
    Seam(Transactions, "produce", "produce"),
    Seam(Worker, "_settle", "commit"),
    Seam(LocalState, "write", "state write"),
    Seam(Collector, "look_at_timers", "timers"),
    Seam(TableReader, "turn", "tables"),
    Seam(Observation, "committed", "metrics"),
    Seam(Observation, "turned", "metrics"),
)
"""Where stages begin and end; a stage's time is its own, without that of stages within it. All are
of the loop's thread; the one that waits for commits is among the other threads."""

THREADS = {"rdk": "Kafka clients' threads", "rocksdb": "RocksDB's threads"}
"""Threads that are not Python's, by how their names begin."""

DEAD_LETTER = "dead letter"
REST = "rest of the loop"
OTHER_THREADS = "other threads"


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command's parser."""
    parser = subparsers.add_parser("timed-worker", help="a worker that times its stages")
    service.add_worker_arguments(parser)
    parser.add_argument("--report", type=Path, required=True, help="JSON, written at the end")
    parser.add_argument("--warm-records", type=int, required=True, help="inputs left out at first")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Run a worker until SIGTERM, then write what its stages cost after the warm part."""
    # A worker loads these in the background while it begins; that is no input's cost.
    known_words()
    account = Account(options.warm_records)
    account.install()
    status = service.run(options)
    options.report.write_text(json.dumps(account.report()))
    return status


class Snapshot(NamedTuple):
    """What stood after a transaction: counts so far, and processor times in ns."""

    counts: dict[str, Counter[str]]
    stages: dict[str, StageTime]
    threads: Counter[str]


class Account:
    """Counts what comes in and goes out, and times the stages, from one transaction to another."""

    def __init__(self, warm_records: int) -> None:
        self._warm_records = warm_records
        self._bias = measure_bias()
        self._watch = Stopwatch()
        self._inputs: Counter[str] = Counter()
        self._outputs: Counter[str] = Counter()
        self._rows: Counter[str] = Counter()
        self._first: Snapshot | None = None
        self._last: Snapshot | None = None

    def install(self) -> None:
        """Time the stages and count the records of this process's worker."""
        self._watch.install(SEAMS)
        timed = {
            kind.prefix: kind._replace(step=self._watch.wrap(stage, kind.step))
            for kind, stage in ((LISTING, "effect"), (PARTY, "standing"))
        }

        def kind_with_timed_step(key: bytes) -> RowKind:
            return timed[kind_of_row(key).prefix]

        setattr(working_set, "kind_of_row", kind_with_timed_step)  # noqa: B010 - not for others
        setattr(Engine, "process", self._counting(Engine.process))  # noqa: B010
        setattr(Commits, "start", self._noting(Commits.start))  # noqa: B010

    def report(self) -> dict[str, Any]:
        """Return counts and times between the first transaction after the warm part and the last.

        Errors: ValueError where there were none.
        """
        if self._first is None or self._last is None:
            raise ValueError("the worker did not go beyond the warm part")
        first, last = self._first, self._last
        stages = {
            stage: self._bias.nanoseconds(time - first.stages[stage])
            for stage, time in last.stages.items()
        }
        threads = last.threads - first.threads
        rest = max(0.0, threads.pop(REST, 0) - sum(stages.values()))
        return {
            "counts": {name: last.counts[name] - first.counts[name] for name in last.counts},
            "stages": {**stages, REST: rest, **threads},
        }

    def _counting(self, process: Callable[..., Result]) -> Callable[..., Result]:
        def counted(engine: Engine, state: LocalState, records: Any, *rest: Any) -> Result:
            result = process(engine, state, records, *rest)
            self._inputs.update(record.topic for record in records)
            self._outputs.update(type(each.event).__name__ for each in result.emitted)
            self._outputs.update(DEAD_LETTER for _ in result.dead)
            self._rows.update(row.topic for row in result.changelog)
            return result

        return counted

    def _noting(self, start: Callable[..., None]) -> Callable[..., None]:
        def noted(*arguments: Any) -> None:
            start(*arguments)
            self._last = Snapshot(
                {
                    "inputs": self._inputs.copy(),
                    "outputs": self._outputs.copy(),
                    "rows": self._rows.copy(),
                },
                self._watch.times(),
                thread_times(),
            )
            if self._first is None and sum(self._inputs.values()) >= self._warm_records:
                self._first = self._last

        return noted


def thread_times() -> Counter[str]:
    """Return the processor time of this process's threads in ns, the calling one's as the rest."""
    times: Counter[str] = Counter()
    own = threading.get_native_id()
    for task in Path("/proc/self/task").iterdir():
        nanoseconds = int((task / "schedstat").read_text().split()[0])
        name = (task / "comm").read_text()
        kind = next((THREADS[each] for each in THREADS if name.startswith(each)), OTHER_THREADS)
        times[REST if int(task.name) == own else kind] += nanoseconds
    return times
