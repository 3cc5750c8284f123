"""Processor time by stage: functions are wrapped where a benchmark runs, and nowhere else."""

import functools
import inspect
import time
from collections.abc import Callable
from typing import Any, NamedTuple

CALIBRATION_CALLS = 20_000


class Seam(NamedTuple):
    """A function, by its owner and name, and the stage that its time belongs to."""

    owner: Any
    name: str
    stage: str


class StageTime(NamedTuple):
    """Calls of a stage, calls that it made to other stages, and its own time without theirs."""

    calls: int
    inner_calls: int
    own_nanoseconds: int

    def __sub__(self, before: "StageTime") -> "StageTime":
        return StageTime(*(now - then for now, then in zip(self, before, strict=True)))


class Stopwatch:
    """Adds up the processor time of the thread that calls it, each stage without those within."""

    def __init__(self) -> None:
        self._calls: dict[str, int] = {}
        self._inner_calls: dict[str, int] = {}
        self._own: dict[str, int] = {}
        self._within = [0, 0]
        """Time and number of the calls within the one under way."""

    def wrap(self, stage: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """Return a function that does the same and is timed; a generator's items as a list."""
        for counts in (self._calls, self._inner_calls, self._own):
            counts.setdefault(stage, 0)
        now = time.thread_time_ns
        called = function
        if inspect.isgeneratorfunction(function):

            def called(*arguments: Any, **named: Any) -> Any:
                return list(function(*arguments, **named))

        @functools.wraps(function)
        def timed(*arguments: Any, **named: Any) -> Any:
            outer, self._within = self._within, [0, 0]
            started = now()
            try:
                return called(*arguments, **named)
            finally:
                elapsed = now() - started
                inner_time, inner_calls = self._within
                self._own[stage] += elapsed - inner_time
                self._calls[stage] += 1
                self._inner_calls[stage] += inner_calls
                outer[0] += elapsed
                outer[1] += 1
                self._within = outer

        return timed

    def install(self, seams: tuple[Seam, ...]) -> None:
        """Put timed functions in place. Errors: AttributeError where there is no such function."""
        for owner, name, stage in seams:
            timed = self.wrap(stage, getattr(owner, name))
            is_static = isinstance(inspect.getattr_static(owner, name), staticmethod)
            setattr(owner, name, staticmethod(timed) if is_static else timed)

    def times(self) -> dict[str, StageTime]:
        """Return the time of each stage so far."""
        return {
            stage: StageTime(self._calls[stage], self._inner_calls[stage], self._own[stage])
            for stage in self._calls
        }


class Bias(NamedTuple):
    """What timing itself costs, in ns a call: within what is timed, and around it."""

    inside: float
    around: float

    def nanoseconds(self, stage: StageTime) -> float:
        """Return a stage's own time without what timing cost it."""
        cost = stage.calls * self.inside + stage.inner_calls * self.around
        return max(0.0, stage.own_nanoseconds - cost)


def measure_bias() -> Bias:
    """Time an empty function within another to learn what timing costs."""
    watch = Stopwatch()
    empty = watch.wrap("empty", _empty)

    def call(function: Callable[[], None]) -> None:
        for _ in range(CALIBRATION_CALLS):
            function()

    watch.wrap("timed", call)(empty)
    watch.wrap("bare", call)(_empty)
    times = watch.times()
    bare = times["bare"].own_nanoseconds
    inside = times["empty"].own_nanoseconds / CALIBRATION_CALLS
    around = (times["timed"].own_nanoseconds - bare) / CALIBRATION_CALLS
    return Bias(inside, max(0.0, around))


def _empty() -> None:
    pass
