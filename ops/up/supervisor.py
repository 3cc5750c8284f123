"""Services that are kept running: started, watched, started again when they end, and stopped."""

import sys
import time
from collections.abc import Callable
from typing import NamedTuple

import httpx

from ops.local.process import ServerProcess
from ops.up.places import Places
from ops.up.plan import Service

FIRST_PAUSE_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 30.0
WELL_SECONDS = 60.0
"""Who ran so long begins with the first pause again."""

ANSWER_SECONDS = 2.0


class _Running(NamedTuple):
    service: Service
    process: ServerProcess
    started_at: float
    pause_seconds: float
    read_bytes: int


class Supervisor:
    """Keeps services running until it is told to stop; the kernel ends them where it is killed."""

    def __init__(
        self, places: Places, services: list[Service], tell: Callable[[str], None]
    ) -> None:
        self._places = places
        self._tell = tell
        self._running = {each.name: self._start(each, FIRST_PAUSE_SECONDS) for each in services}
        self._start_at: dict[str, float] = {}

    def turn(self, told: bool) -> None:
        """Start again what ended and has waited for its turn; `told`: pass on what they log."""
        now = time.monotonic()
        for name, each in list(self._running.items()):
            if told:
                self._running[name] = self._pass_on(each)
            if each.process.running:
                continue
            if name not in self._start_at:
                well = now - each.started_at >= WELL_SECONDS
                pause = FIRST_PAUSE_SECONDS if well else each.pause_seconds
                self._start_at[name] = now + pause
                self._tell(f"{name} ended, and starts again in {pause:g} s:\n{_last(each)}")
                longer = min(LONGEST_PAUSE_SECONDS, pause * 2)
                self._running[name] = each._replace(pause_seconds=longer)
            elif now >= self._start_at[name]:
                del self._start_at[name]
                self._running[name] = self._start(each.service, each.pause_seconds)

    def healths(self) -> dict[str, str]:
        """Return how each service is: ready, starting or ended."""
        return {
            name: health(each.service.ready) if each.process.running else "ended"
            for name, each in self._running.items()
        }

    def stop(self) -> None:
        """Ask all to end, and wait for them; the last started first."""
        processes = [each.process for each in reversed(self._running.values())]
        for process in processes:
            process.ask_to_end()
        for process in processes:
            process.stop()

    def _start(self, service: Service, pause_seconds: float) -> _Running:
        line = [sys.executable, "-m", "ops", "--settings-file", str(self._places.settings)]
        log = self._places.log(service.name)
        begin = log.stat().st_size if log.exists() else 0
        process = ServerProcess([*line, "--verbose", *service.line], log, {})
        return _Running(service, process, time.monotonic(), pause_seconds, begin)

    def _pass_on(self, each: _Running) -> _Running:
        with self._places.log(each.service.name).open("rb") as file:
            file.seek(each.read_bytes)
            text = file.read()
        whole = text.rpartition(b"\n")[0]
        for line in whole.decode(errors="replace").splitlines():
            self._tell(f"{each.service.name:12} {line}")
        return each._replace(read_bytes=each.read_bytes + len(whole) + bool(whole))


def health(address: str) -> str:
    """Return what a service's address for its health tells: ready or starting."""
    try:
        answered = httpx.get(address, timeout=ANSWER_SECONDS).is_success
    except httpx.HTTPError:
        answered = False
    return "ready" if answered else "starting"


def _last(each: _Running) -> str:
    return "\n".join(f"  {line}" for line in each.process.tail().splitlines()[-5:])
