"""One seed: what happens in it, and what is found wrong afterwards."""

import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

from ops.trials.load import START_MILLISECONDS
from ops.trials.seeded import invariants
from ops.trials.seeded.broker import Broker
from ops.trials.seeded.clients import BUSY_MILLISECONDS, Clients
from ops.trials.seeded.committed import CommittedLog
from ops.trials.seeded.faults import Faults
from ops.trials.seeded.group import Group
from ops.trials.seeded.local_states import check_local_states
from ops.trials.seeded.machines import SESSION_TIMEOUT_MILLISECONDS, Cluster, Machine
from ops.trials.seeded.registry import ModelRegistry
from ops.trials.seeded.schedule import Schedule
from ops.trials.seeded.services import MonitorMachine, WorkerMachine
from schemas.durations import DAY_MILLISECONDS, HOUR_MILLISECONDS
from schemas.wire.registry import offline_codec
from streams.topology import ALL_INPUTS, MONITOR_INPUTS

GROUP, MONITORS = "ip-takedowns", "ip-monitors"
MINUTE_MILLISECONDS = 60_000
SETTLING_MILLISECONDS = 15 * MINUTE_MILLISECONDS
SETTLINGS = 8
LONG_SHARE = 0.15
MEMORY = Path("/dev/shm")  # noqa: S108


BLOWS = ("kill", "kill", "freeze", "freeze", "replace", "stop", "jump", "registry", "behind")


class Outcome(NamedTuple):
    """What a seed led to: what is wrong, what happened, and how long it took."""

    seed: int
    problems: tuple[str, ...]
    trace: list[tuple[int, str, str, tuple[Any, ...]]]
    happened: Counter[str]
    inputs: int
    decisions: int
    commands: int
    seconds: float


class Simulation:
    """One run of a seed."""

    def __init__(self, seed: int, directory: Path) -> None:
        self._directory = directory
        chance = Random(f"run {seed}")
        self._chance = chance
        self.schedule = Schedule(START_MILLISECONDS, Random(f"schedule {seed}"))
        self.faults = Faults(Random(f"faults {seed}"))
        partitions = chance.choice((2, 3, 4))
        self.broker = Broker(self.schedule, self.faults, partitions)
        groups = [
            Group(self.schedule, name, partitions, SESSION_TIMEOUT_MILLISECONDS)
            for name in (GROUP, MONITORS)
        ]
        self.registry = ModelRegistry(self.schedule)
        cluster = Cluster(self.schedule, self.broker, self.registry)
        self.clients = Clients(self.schedule, self.broker, self.registry.codec(), seed)
        batch = chance.choice((1, 3, 10, 50))
        self.workers: list[Machine] = []
        for number in range(chance.choice((1, 2, 2, 3))):
            name = f"worker-{number}"
            self.workers.append(WorkerMachine(cluster, groups[0], name, directory / name, batch))
        self.monitors: list[Machine] = []
        for number in range(chance.choice((0, 0, 1, 2))):
            name = f"monitor-{number}"
            self.monitors.append(MonitorMachine(cluster, groups[1], name, directory / name, batch))
        self.days = chance.choice((20, 40)) if chance.random() < LONG_SHARE else 3
        self._plan_blows()

    def run(self) -> list[str]:
        """Let all happen, end the faults, and return what is found wrong."""
        self.clients.look_often(START_MILLISECONDS + self.days * DAY_MILLISECONDS)
        self.schedule.run(BUSY_MILLISECONDS)
        self.schedule.run(2 * HOUR_MILLISECONDS)
        self.schedule.run(self.days * DAY_MILLISECONDS)
        self.faults.active = False
        self.schedule.note("run", "faults end")
        for _ in range(SETTLINGS):
            # Services look every moment; that they sleep long is of the simulation only.
            self.schedule.nudge()
            self.schedule.run(SETTLING_MILLISECONDS)
            if not self._waiting():
                break
        problems = [problem for each in self._machines for problem in each.problems]
        problems += [f"waits for good: {source}" for source in self._waiting()]
        return problems + self._found()

    def close(self) -> None:
        """End all processes."""
        for machine in self._machines:
            machine.close()

    @property
    def _machines(self) -> list[Machine]:
        return [*self.workers, *self.monitors]

    def _waiting(self) -> list[str]:
        """Return the topic partitions of which committed records wait for the group."""
        found = []
        read = [(GROUP, topic) for topic in ALL_INPUTS]
        read += [(MONITORS, topic) for topic in MONITOR_INPUTS if self.monitors]
        for group, topic in read:
            committed = self.broker.committed.get(group, {})
            for number in self.broker.partitions(topic):
                log = self.broker.log(topic, number)
                start = committed.get((topic, number), 0)
                if log.open or any(True for _ in log.committed(start, len(log.entries))):
                    found.append(f"{group}: {topic} {number}")
        return found

    def _found(self) -> list[str]:
        log = CommittedLog(self.broker)
        codec = ModelRegistry(self.schedule, may_lag=False).codec()
        run = invariants.Finished(log, codec, self.clients)
        problems: list[str] = []
        for check in (
            *(invariants.check_endings, invariants.check_dead_letters),
            *(invariants.check_complaints, invariants.check_commands),
            *(invariants.check_overturned, invariants.check_timers),
            *(invariants.check_detections, invariants.check_breaches),
            invariants.check_tasks,
        ):
            problems += check(run)
        problems += invariants.check_replay(run, self._directory / "replay")
        problems += check_local_states(self.workers, log, codec, self._directory / "expected")
        return problems

    def counts(self) -> tuple[int, int, int]:
        """Return how many records were sent, decisions made and commands given."""
        run = invariants.Finished(CommittedLog(self.broker), offline_codec(), self.clients)
        return self.clients.sent, len(run.decided), len(run.commands)

    def _plan_blows(self) -> None:
        """Plan kills, freezes, deployments, clocks that jump and a registry that is away."""
        chance = self._chance
        blows = chance.randrange(12)
        for _ in range(blows):
            at = chance.randrange(BUSY_MILLISECONDS)
            if chance.random() < 0.3:
                at = chance.randrange(self.days * DAY_MILLISECONDS)
            machine = chance.choice(self._machines)
            blow = chance.choice(BLOWS)
            action: Callable[[], object]
            if blow == "replace":
                action = partial(self._replace, machine)
            elif blow == "kill":
                action = partial(machine.kill, chance.random() < 0.4)
            elif blow == "freeze":
                action = partial(machine.freeze, chance.randrange(500, 60_000))
            elif blow == "registry":
                action = partial(self._registry_away, chance.randrange(90_000))
            elif blow == "behind":
                action = partial(self._registry_behind, chance.randrange(600_000))
            else:
                action = machine.stop if blow == "stop" else machine.jump
            self.schedule.after(at, action)

    def _replace(self, machine: Machine) -> None:
        """Start a worker of the same name elsewhere, while the one that seems dead is only slow."""
        if machine.supervised:
            machine.freeze(self._chance.randrange(5_000, 90_000))
            moved = machine.moved(self._directory / f"moved-{len(self._machines)}")
            (self.workers if machine in self.workers else self.monitors).append(moved)

    def _registry_away(self, milliseconds: int) -> None:
        self.schedule.note("registry", "away", milliseconds)
        self.registry.away_until = self.schedule.now_milliseconds + milliseconds

    def _registry_behind(self, milliseconds: int) -> None:
        self.schedule.note("registry", "behind", milliseconds)
        self.registry.behind_until = self.schedule.now_milliseconds + milliseconds


def simulate(seed: int) -> Outcome:
    """Run a seed."""
    started = time.process_time()
    base = MEMORY if MEMORY.is_dir() else None
    directory = Path(tempfile.mkdtemp(prefix=f"ip-seed-{seed}-", dir=base))
    simulation = Simulation(seed, directory)
    try:
        problems = tuple(simulation.run())
        counts = simulation.counts()
    finally:
        simulation.close()
        shutil.rmtree(directory, ignore_errors=True)
    seconds = time.process_time() - started
    trace = simulation.schedule.trace
    happened = Counter(what for _, who, what, _ in trace if who != "client")
    return Outcome(seed, problems, trace, happened, *counts, seconds)
