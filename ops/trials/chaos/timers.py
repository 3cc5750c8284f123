"""Timers by the million, on a clock that jumps, under kill -9: each once, and none early.

Complaints wait for listings that never come, so each leads to three timers that are told: warning,
breach, and the end of the wait. The broker stamps the output records with its own time, so whether
one came early is read from the log and from what the clock had shown until then.
"""

import random
import sys
import time
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from ops.errors import OperatorError
from ops.local.patience import wait_for
from ops.trials.chaos.fired_timers import TOPICS, Expected, FiredTimerCounter, check, read_told
from ops.trials.chaos.supervised_worker import SupervisedWorker
from ops.trials.chaos.test_bed import TIMEOUT_SECONDS, TestBed
from ops.trials.chaos.timeline import Timeline
from ops.trials.chaos.verify import Verdict
from ops.trials.chaos.worker_command import STEPS
from ops.trials.load import waiting_complaint
from ops.trials.topic_settings import set_on_topics
from ops.trials.worker_processes import Progress
from schemas.topic_names import COMPLAINTS_EVENTS
from schemas.wire.registry import connect
from streams.kafka.producing import EventProducer, send

HOUR = 3_600_000
START_OFFSET = -200 * HOUR
"""So far behind that the clock never overtakes the broker's, which refuses times ahead of it."""

SPREAD = 2 * HOUR
DUE_AFTER = {"warning": 18 * HOUR, "breach": 24 * HOUR, "closed": 30 * HOUR}
"""From receipt; `closed` is the end of the wait, which closes the case."""

LATEST_TRANSACTION = 4
TIMERS_FOR_EACH_TRANSACTION = 50_000
"""Small runs have few transactions, so their kills come in the first."""

HELD_SECONDS = 1.0


class Wave(NamedTuple):
    """Complaints that were sent together: their numbers, since when, and times of receipt."""

    first: int
    since_milliseconds: int
    received_at_milliseconds: list[int]


def run_timers(
    test_bed: TestBed, timers: int, seed: int, waves: int = 4, steps: tuple[str, ...] = 2 * STEPS
) -> Verdict:
    """Let so many timers fire, with a kill at each of the steps meanwhile; tell what is wrong."""
    run = _Run(test_bed, timers, seed, waves, steps)
    each, rest = divmod(-(-timers // len(DUE_AFTER)), waves)
    for number in range(waves):
        run.send(each + (number < rest))
        run.forth_and_back()
    run.finish()
    return run.verdict()


class _Run:
    """One run: the test_bed, its clock, the worker, and the waves sent so far."""

    def __init__(
        self, test_bed: TestBed, timers: int, seed: int, waves: int, steps: tuple[str, ...]
    ) -> None:
        test_bed.clear()
        on_arrival = {"message.timestamp.type": "LogAppendTime"}
        set_on_topics(test_bed.addresses[0], dict.fromkeys(TOPICS, on_arrival))
        self._field = test_bed
        self._source = random.Random(seed)
        self._codec = connect(test_bed.addresses[1], register=True)
        self._timeline = Timeline(test_bed.directory / "clock", START_OFFSET)
        arguments = ("--clock-file", str(self._timeline.path))
        wait = str(DUE_AFTER["closed"] / 1000)
        self._victim = SupervisedWorker(test_bed, (*arguments, "--listing-wait-seconds", wait))
        self._counter = FiredTimerCounter(test_bed.addresses[0])
        self._waves: list[Wave] = []
        self._highest: list[int] = []
        latest = max(1, min(LATEST_TRANSACTION, timers // TIMERS_FOR_EACH_TRANSACTION))
        plan = [(step, self._source.randint(1, latest)) for step in steps]
        self._source.shuffle(plan)
        self._steps = frozenset(steps)
        # Half of the kills fall into intake, half into firing.
        self._plans = [plan[at :: 2 * waves] for at in range(2 * waves)]
        self._intake_seconds = 0.0
        self._firing_seconds = 0.0
        self._last: tuple[int, float] = (0, 0.0)

    def send(self, cases: int) -> None:
        """Send a wave, and wait until it is taken in."""
        now = self._timeline.now()
        received = sorted(now - self._source.randrange(SPREAD) for _ in range(cases))
        first = sum(len(wave.received_at_milliseconds) for wave in self._waves)
        self._waves.append(Wave(first, time.time_ns() // 1_000_000, received))
        self._highest.append(now)
        self._victim.kill_at(self._plans.pop())
        producer = EventProducer(self._field.addresses[0])
        started = time.monotonic()
        for number, at in enumerate(received, first):
            send(producer, self._codec, waiting_complaint(number), at)
            if number % 1_000 == 0:
                self._victim.keep()
        if producer.flush(TIMEOUT_SECONDS):
            raise OperatorError("complaints were not acknowledged in time")
        self._taken_in()
        self._intake_seconds += time.monotonic() - started

    def forth_and_back(self) -> None:
        """Jump to where many timers are due, and back while they fire."""
        before = self._due()
        self._jump(self._source.randrange(17 * HOUR, 25 * HOUR))
        self._victim.kill_at(self._plans.pop())
        due = self._due()
        self._fire(before + (due - before) // 3)
        self._jump(-self._source.randrange(4 * HOUR, 12 * HOUR))
        self._settle()

    def finish(self) -> None:
        """Jump to where all timers are due; without kills, so that the rate is the worker's."""
        before = self._counter.count(0.0)
        started = time.monotonic()
        self._jump(max(DUE_AFTER.values()) + 25 * HOUR)
        self._fire(self._due())
        self._last = (self._counter.count(0.0) - before, time.monotonic() - started)
        self._settle()
        self._victim.end()
        self._counter.close()

    def verdict(self) -> Verdict:
        """Read back what was told, and judge it."""
        cases = sum(len(wave.received_at_milliseconds) for wave in self._waves)
        received = [at for wave in self._waves for at in wave.received_at_milliseconds]
        since = [
            wave.since_milliseconds for wave in self._waves for _ in wave.received_at_milliseconds
        ]
        due = {kind: [at + after for at in received] for kind, after in DUE_AFTER.items()}
        expected = Expected({**due, "end of wait": due["closed"]}, since)
        told = read_told(self._field.addresses[0], self._codec)
        fired, problems = check(told, expected, self._timeline)
        self._describe()
        missed = sorted(self._steps - self._victim.kills.keys())
        if missed:
            problems.append(f"not killed at {', '.join(missed)}")
        # The end of a wait is told twice, by the decision and by the case's closing.
        return Verdict(
            0, cases, tuple(problems), f"{fired - cases:,} timers, each once, none early"
        )

    def _describe(self) -> None:
        forth, back = self._timeline.jumps
        kills = ", ".join(f"{step} {count}" for step, count in sorted(self._victim.kills.items()))
        count, seconds = self._last
        sys.stdout.write(
            f"timers: the clock jumped {forth} times forth and {back} back; kills: {kills}\n"
            f"  taken in {self._intake_seconds:.0f} s and fired in {self._firing_seconds:.0f} s, "
            f"kills included; the last {count:,} without kills at {count / seconds:,.0f} a second\n"
        )

    def _jump(self, milliseconds: int) -> None:
        self._timeline.jump(milliseconds)
        now = self._timeline.now()
        self._highest = [max(highest, now) for highest in self._highest]

    def _due(self) -> int:
        """Return how many timers are due by the latest time that the clock showed to their wave."""
        count = 0
        for wave, highest in zip(self._waves, self._highest, strict=True):
            for after in DUE_AFTER.values():
                count += int(
                    np.searchsorted(wave.received_at_milliseconds, highest - after, "right")
                )
        return count

    def _fire(self, wanted: int) -> None:
        started = time.monotonic()
        self._wait(f"{wanted:,} timers", lambda: self._counter.count(0.0), wanted)
        self._firing_seconds += time.monotonic() - started

    def _wait(self, what: str, count: Callable[[], int], wanted: int) -> None:
        """Wait until a count is as wanted, with the worker kept alive."""

        def done() -> bool:
            self._victim.keep()
            return count() >= wanted

        wait_for(what, done, count, self._victim.tail)

    def _settle(self) -> None:
        """Wait until nothing more is told for a while; what is not due now is to stay silent."""
        count, since = self._counter.count(0.0), time.monotonic()
        while time.monotonic() < since + HELD_SECONDS:
            self._victim.keep()
            more = self._counter.count(0.05)
            if more > count:
                count, since = more, time.monotonic()

    def _taken_in(self) -> None:
        progress = Progress(self._field.addresses[0], (COMPLAINTS_EVENTS,), self._field.group)
        self._wait("complaints", progress.committed, progress.end())
        progress.close()
