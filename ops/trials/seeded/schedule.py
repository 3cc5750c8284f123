"""Virtual time, and processes of which one runs at a time, in an order that follows from a seed."""

import heapq
import threading
from collections.abc import Callable
from itertools import count
from random import Random
from typing import Any

NUDGE_MILLISECONDS = 20
LONGEST_IDLE_MILLISECONDS = 6 * 3_600_000
LONGER = 64
"""How many times as long as before a process is idle that woke up for nothing."""


class Killed(BaseException):
    """Ends a process wherever it is, as SIGKILL does."""


class _Turn:
    """Is given by one thread and taken by another, which waits for it."""

    def __init__(self) -> None:
        lock = threading.Lock()
        lock.acquire()
        self.acquire, self.release = lock.acquire, lock.release


class Schedule:
    """What happens when. Times are milliseconds since 1970, UTC."""

    def __init__(self, now_milliseconds: int, chance: Random) -> None:
        self.now_milliseconds = now_milliseconds
        self.chance = chance
        self.trace: list[tuple[int, str, str, tuple[Any, ...]]] = []
        self.processes: list[Process] = []
        self._events: list[tuple[int, int, Callable[[], object]]] = []
        self._order = count()
        self.back = _Turn()
        """Is given back by a process that has run."""

    def note(self, who: str, what: str, *facts: Any) -> None:
        """Put a line on the trace."""
        self.trace.append((self.now_milliseconds, who, what, facts))

    def after(self, milliseconds: int, action: Callable[[], object]) -> None:
        """Let something happen so much later."""
        at = self.now_milliseconds + max(0, milliseconds)
        heapq.heappush(self._events, (at, next(self._order), action))

    def run(self, milliseconds: int) -> None:
        """Let so much time pass."""
        until = self.now_milliseconds + milliseconds
        while self._events and self._events[0][0] <= until:
            self.now_milliseconds, _, action = heapq.heappop(self._events)
            action()
        self.now_milliseconds = until

    def nudge(self, milliseconds: int = 0) -> None:
        """Wake processes that wait for nothing in particular, once that time has passed."""
        for process in self.processes:
            process.nudge(milliseconds + self.chance.randrange(NUDGE_MILLISECONDS))


class Process:
    """One process: a thread that runs while the schedule waits for it."""

    def __init__(self, schedule: Schedule, name: str, body: Callable[[], None]) -> None:
        self.name = name
        self.schedule = schedule
        self.killed = False
        self.ended = False
        self.error: BaseException | None = None
        self.frozen_until = 0
        self._body = body
        self._idle = False
        self._idle_milliseconds = 0
        self._wakes = 0
        self._go = _Turn()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        schedule.processes.append(self)
        self._thread.start()
        schedule.after(0, lambda: self._wake(0))

    @property
    def frozen(self) -> bool:
        """Whether it is stopped."""
        return self.schedule.now_milliseconds < self.frozen_until

    def sleep(self, milliseconds: int) -> None:
        """Let others run for that time. For the process itself. Errors: Killed."""
        if self.killed:
            raise Killed
        wakes = self._wakes
        self.schedule.after(milliseconds, lambda: self._wake(wakes))
        self.schedule.back.release()
        self._go.acquire()
        if self.killed:
            raise Killed

    def idle(self, milliseconds: int) -> None:
        """Wait for something to happen, the longer the longer nothing did."""
        self._idle_milliseconds = min(
            max(milliseconds, LONGER * self._idle_milliseconds), LONGEST_IDLE_MILLISECONDS
        )
        self._idle = True
        self.sleep(self._idle_milliseconds)

    def nudge(self, milliseconds: int) -> None:
        """Wake it where it is idle."""
        self._idle_milliseconds = 0
        if self._idle:
            wakes = self._wakes
            self.schedule.after(milliseconds, lambda: self._wake(wakes))

    def kill(self) -> None:
        """End it at once. For the schedule's thread."""
        if not self.ended:
            self.killed = True
            self._resume()

    def freeze(self, milliseconds: int) -> None:
        """Stop it for that time."""
        self.frozen_until = self.schedule.now_milliseconds + milliseconds

    def join(self) -> None:
        """Wait for its thread, which has ended."""
        self._thread.join()

    def _wake(self, wakes: int) -> None:
        if wakes != self._wakes or self.ended:
            return
        if self.frozen:
            left = self.frozen_until - self.schedule.now_milliseconds
            self.schedule.after(left, lambda: self._wake(wakes))
            return
        self._resume()

    def _resume(self) -> None:
        self._wakes += 1
        self._idle = False
        self._go.release()
        self.schedule.back.acquire()

    def _run(self) -> None:
        self._go.acquire()
        try:
            if not self.killed:
                self._body()
        except Killed:
            pass
        except BaseException as error:
            self.error = error
        finally:
            self.ended = True
            self.schedule.back.release()


class ProcessClock:
    """The clock of one machine: it is off by some time, which may change; waiting is not."""

    def __init__(self, schedule: Schedule, skew_milliseconds: int) -> None:
        self._schedule = schedule
        self.skew_milliseconds = skew_milliseconds

    def now_milliseconds(self) -> int:
        """Return the time that the machine shows, UTC."""
        return self._schedule.now_milliseconds + self.skew_milliseconds

    def monotonic_seconds(self) -> float:
        """Return a time that never goes back."""
        return self._schedule.now_milliseconds / 1000
