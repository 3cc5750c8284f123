"""One run of a simulated day: what is started, how long it goes on, and how it is ended."""

import time

from ops.demo.scenario import REGISTER_FILES
from ops.errors import OperatorError
from ops.local.process import free_port
from ops.shell.importing import Sender
from ops.tools.import_trademarks import import_files
from ops.trials.simulation.day import Day
from ops.trials.simulation.faults import ArchiverKills, kill_due, planned_kills
from ops.trials.simulation.feeder import Feeder
from ops.trials.simulation.parties import Crowd
from ops.trials.simulation.report import RunReport, endings_of, journals, tell
from ops.trials.simulation.review_team import SHIFT_HOURS, Team
from ops.trials.simulation.services import GROUP, Services
from ops.trials.simulation.unfinished_work import UnfinishedWork
from ops.trials.worker_processes import Progress, cpu_seconds
from schemas.durations import DAY_MILLISECONDS, HOUR_MILLISECONDS
from schemas.wire.codec import Codec
from streams.topology import INPUTS

POLL_SECONDS = 0.1
AFTER_HOURS = 6
"""Complainants and sellers go on for so long after the day; then what is under way is finished."""

TELL_HOURS = 3
QUIET_SECONDS = 1.0
MEASURE_SECONDS = 2.0


class Simulation:
    """Services and people of a day. Errors of `run`: OperatorError."""

    def __init__(self, services: Services, codec: Codec, day: Day) -> None:
        self._services = services
        self._codec = codec
        self._day = day
        self._clock = day.clock
        self._port = free_port()
        servers = services.addresses[0]
        self._feeder = Feeder(servers, codec, day)
        self._crowd = Crowd(servers, codec, day)
        self._team = Team(services.database, day)
        self._progress = Progress(servers, tuple(INPUTS), GROUP)
        self._kills = planned_kills(day)
        self._archiver_kills = ArchiverKills(services, day)
        self._begins_at = 0
        self._told_at = 0
        self._measure_at = 0.0
        self._behind = self._most_behind = 0

    def run(self) -> RunReport:
        """Run the day to its end, and stop all services of ours."""
        self._prepare()
        self._begins_at = self._clock.now_milliseconds()
        used, started = self._used(), time.monotonic()
        self._team.begin(self._begins_at)
        self._crowd.start()
        self._feeder.begin(self._begins_at)
        length = DAY_MILLISECONDS + AFTER_HOURS * HOUR_MILLISECONDS
        while self._feeder.is_alive() or self._passed() < length:
            self._turn()
        seconds = time.monotonic() - started
        shares = {name: (each - used[name]) / seconds for name, each in self._used().items()}
        self._crowd.stop()
        left = self._finish()
        for part in (self._team, self._crowd, self._feeder):
            part.stop()
            part.join()
        self._progress.close()
        return self._end(left, shares)

    def _prepare(self) -> None:
        services = self._services
        sender = Sender(services.addresses[0], self._codec)
        import_files(REGISTER_FILES, sender.send, tell, lambda _bytes: None)
        sender.close()
        services.start_archiver()
        self._feeder.load()
        services.start_worker(self._port)
        endpoints = services.start_marketplaces()
        services.start_stores(endpoints)
        wanted = self._progress.end()
        self._progress.wait(wanted, services.process("worker"))
        tell(f"{wanted:,} listings known; the day begins, with limits of automatic actions lifted")

    def _passed(self) -> int:
        return self._clock.now_milliseconds() - self._begins_at

    def _turn(self) -> None:
        self._kills = kill_due(self._kills, self._passed(), self._services)
        self._services.keep()
        for part in (self._feeder, self._crowd, self._team):
            if part.error is not None:
                raise OperatorError(f"{part.name} failed: {part.error!r}") from part.error
        if time.monotonic() >= self._measure_at:
            self._measure_at = time.monotonic() + MEASURE_SECONDS
            self._archiver_kills.turn()
            self._behind = max(0, self._progress.end() - self._progress.committed())
            self._most_behind = max(self._most_behind, self._behind)
        hour = self._passed() // HOUR_MILLISECONDS
        if hour >= self._told_at + TELL_HOURS:
            self._told_at = hour
            tell(
                f"  hour {hour}: {self._feeder.sent:,} complaints filed, "
                f"{self._behind:,} inputs behind, "
                f"{self._team.counts['decided']:,} reviews decided"
            )
        time.sleep(POLL_SECONDS)

    def _finish(self) -> dict[str, int]:
        """Wait until all is done; give what is left when nothing more gets done."""
        servers, database = self._services.addresses[0], self._services.database
        quiet = UnfinishedWork(servers, database, journals(self._services))
        try:
            while (left := quiet.left()) and not quiet.stands_still and self._day.has_time_left:
                until = time.monotonic() + QUIET_SECONDS
                while time.monotonic() < until:
                    self._turn()
        finally:
            quiet.close()
        return left

    def _used(self) -> dict[str, float]:
        return {
            name: cpu_seconds(process.pid)
            for name, process in self._services.running().items()
            if name not in self._services.kills
        }

    def _end(self, left: dict[str, int], shares: dict[str, float]) -> RunReport:
        services = self._services
        for name in list(services.running()):
            if name not in ("worker", "archiver"):
                services.stop(name)
        endings = endings_of(self._port)
        services.stop("worker")
        feeder, crowd, team = self._feeder, self._crowd, self._team
        rate = feeder.sent / (DAY_MILLISECONDS / 1000 / self._day.factor)
        answers = ", ".join(f"{what} {count:,}" for what, count in crowd.counts.items())
        verdicts = ", ".join(f"{what} {count:,}" for what, count in team.counts.items())
        used = ", ".join(f"{name} {share:.0%}" for name, share in shares.items() if share >= 0.01)
        kills = ", ".join(f"{name} {count}" for name, count in services.kills.items())
        lines = (
            f"{feeder.sent:,} complaints filed at {rate:.0f} a second on average, "
            f"at most {feeder.late_seconds / 60:.1f} simulated minutes late; {feeder.repeats:,} "
            f"sent twice, {feeder.bad:,} records that are no events; the worker was at most "
            f"{self._most_behind:,} inputs behind",
            f"answers of complainants and sellers: {answers}",
            f"verdicts: {verdicts}; the team was busy {self._busy():.0%} of the day's shifts",
            f"killed with kill -9 and started again: {kills}",
            f"share of a core: {used}",
        )
        problems = [f"left undone: {name} {count:,}" for name, count in left.items()]
        problems += [f"{name} ended {n} times by itself" for name, n in services.restarts.items()]
        return RunReport(lines, tuple(problems), endings)

    def _busy(self) -> float:
        return self._team.busy_minutes / 60 / (self._day.reviewers * SHIFT_HOURS)
