"""A worker that is killed at one step after another, and started again as a supervisor would."""

from collections import Counter, deque
from collections.abc import Iterable

from ops.local.process import ServerProcess
from ops.trials.chaos.test_bed import TestBed
from ops.trials.worker_processes import end_worker

INSTANCE = "worker"


class SupervisedWorker:
    """One worker, with the kills still to come. `kept` is to be called all the while."""

    def __init__(self, test_bed: TestBed, arguments: Iterable[str]) -> None:
        self._field = test_bed
        self._arguments = tuple(arguments)
        self._steps: deque[tuple[str, int]] = deque()
        self._step: tuple[str, int] | None = None
        self._process: ServerProcess | None = None
        self.kills: Counter[str] = Counter()

    def kill_at(self, steps: Iterable[tuple[str, int]]) -> None:
        """Kill it at once, and then at each step, in the transaction of that number."""
        self._steps.extend(steps)
        if self._process is not None and self._process.running:
            self._process.kill()
            self.kills["any time"] += 1
            if self._step is not None:
                self._steps.append(self._step)
                self._step = None
        self.keep()

    def keep(self) -> None:
        """Start it where it does not run."""
        if self._process is not None and self._process.running:
            return
        if self._process is not None and self._step is not None:
            self.kills[self._step[0]] += 1
        words: list[str] = []
        self._step = None
        if self._steps:
            self._step = self._steps.popleft()
            step, transaction = self._step
            words = ["--fault", "kill", "--step", step, "--transaction", str(transaction)]
        self._process = self._field.start(INSTANCE, (*self._arguments, *words), "chaos-worker")

    def tail(self) -> str:
        """Return the end of its log."""
        return "" if self._process is None else self._process.tail()

    def end(self) -> None:
        """Let it end cleanly."""
        if self._process is not None:
            end_worker(self._process)
