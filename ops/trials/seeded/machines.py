"""Machines on which services run: their processes, clocks and disks."""

import shutil
from functools import partial
from pathlib import Path
from random import Random
from typing import Protocol

from confluent_kafka import KafkaException

from ops.trials.seeded.broker import Broker
from ops.trials.seeded.consumer import ModelConsumer
from ops.trials.seeded.group import Group
from ops.trials.seeded.producer import ModelAdmin, ModelProducer, ModelThread
from ops.trials.seeded.registry import ModelRegistry
from ops.trials.seeded.schedule import (
    LONGEST_IDLE_MILLISECONDS,
    Killed,
    Process,
    ProcessClock,
    Schedule,
)
from streams.kafka.clients import ClientMakers
from streams.kafka.stalls import StallSettings
from streams.kafka.transactions import ProducerFatal
from streams.state.local_state import LocalState
from streams.topology import LEAD_TOPIC
from streams.worker.settings import WorkerSettings

MOST_SKEW_MILLISECONDS = 3_000
SESSION_TIMEOUT_MILLISECONDS = 10_000
NEVER_SECONDS = 1e6
MOST_PROBLEMS = 3
"""After so many ends by errors of its own a service is started no more."""
GRACE_MILLISECONDS = 2 * LONGEST_IDLE_MILLISECONDS
"""An idle worker looks at its timers at the latest after that long."""
EXPECTED_ENDS = (ProducerFatal, KafkaException)
"""Errors after which a process is to end and be started again."""


class Service(Protocol):
    """What a process does until it is to stop."""

    def run(self) -> None:
        """Work until `stop` is called."""

    def stop(self) -> None:
        """Ask it to end."""


class Cluster:
    """What all machines share."""

    def __init__(self, schedule: Schedule, broker: Broker, registry: ModelRegistry) -> None:
        self.schedule = schedule
        self.broker = broker
        self.registry = registry


class Machine:
    """One service by name, started again whenever it ends while it is `supervised`."""

    def __init__(
        self, cluster: Cluster, group: Group, instance: str, directory: Path, batch: int
    ) -> None:
        self.instance = instance
        self._cluster = cluster
        self._group = group
        self._chance: Random = cluster.schedule.chance
        self._directory = directory
        self._batch = batch
        self._starts = 0
        self._service: Service | None = None
        self._consumer: ModelConsumer | None = None
        self.clock = ProcessClock(cluster.schedule, self._skew())
        self.state: LocalState | None = None
        self.process: Process | None = None
        self.supervised = True
        self.problems: list[str] = []
        self.start()

    @property
    def held(self) -> list[int]:
        """Partitions that it holds, ascending."""
        member = None if self._consumer is None else self._consumer.member
        return [] if member is None else sorted(member.owned)

    def start(self) -> None:
        """Start the service; for the schedule's thread."""
        if self.process is not None and not self.process.ended:
            return
        if not self.supervised:
            return
        self._starts += 1
        self._cluster.schedule.note(self.instance, "started", self._starts)
        self.state = LocalState(self._directory)
        self.process = Process(self._cluster.schedule, self.instance, self._run)

    def kill(self, lose_state: bool) -> None:
        """End the process as SIGKILL does, its disk lost or not; it is started again later."""
        process = self.process
        if process is None or process.ended:
            return
        self._cluster.schedule.note(self.instance, "killed", lose_state)
        process.kill()
        self._gone(lose_state)

    def freeze(self, milliseconds: int) -> None:
        """Stop the process for a time."""
        process = self.process
        if process is None or process.ended:
            return
        self._cluster.schedule.note(self.instance, "frozen", milliseconds)
        process.freeze(milliseconds)
        self._lost_sight()

    def moved(self, directory: Path) -> "Machine":
        """Return another machine with a service of the same name; this one starts none any more."""
        self.supervised = False
        self._cluster.schedule.note(self.instance, "replaced")
        return type(self)(self._cluster, self._group, self.instance, directory, self._batch)

    def jump(self) -> None:
        """Let the machine's clock jump, within what is allowed."""
        self.clock.skew_milliseconds = self._skew()
        self._cluster.schedule.note(self.instance, "clock", self.clock.skew_milliseconds)

    def stop(self) -> None:
        """Let the service end cleanly, and be started again; a deployment."""
        if self._service is not None and self.process is not None:
            self.process.nudge(0)
            self._cluster.schedule.note(self.instance, "stopped")
            self._service.stop()

    def close(self) -> None:
        """End it for good."""
        self.supervised = False
        if self.process is not None:
            self.process.kill()
        self._close_state()

    def _run(self) -> None:
        try:
            service = self._service = self._make()
            service.run()
        except EXPECTED_ENDS as error:
            self._cluster.schedule.note(self.instance, "ended", str(error))
        except Killed:
            raise
        except BaseException as error:
            self.problems.append(f"{self.instance} ended by {type(error).__name__}: {error}")
            self.supervised = len(self.problems) < MOST_PROBLEMS
        self._cluster.schedule.after(0, partial(self._gone, False))

    def _make(self) -> Service:
        """Make the service anew. Errors: as its own."""
        raise NotImplementedError

    def _open_state(self) -> LocalState:
        if self.state is None:
            raise ValueError("it was not started")
        return self.state

    @property
    def _partitions(self) -> int:
        return len(self._cluster.broker.partitions(LEAD_TOPIC))

    def _settings(self) -> WorkerSettings:
        if self.process is None:
            raise ValueError("it was not started")
        return WorkerSettings(
            bootstrap_servers="simulated",
            state_directory=self._directory,
            instance=self.instance,
            group=self._group.name,
            batch_records=self._batch,
            session_timeout_milliseconds=SESSION_TIMEOUT_MILLISECONDS,
            stall=StallSettings(look_seconds=NEVER_SECONDS),
            topics_look_seconds=NEVER_SECONDS,
            clients=self._clients(self.process),
        )

    def _clients(self, process: Process) -> ClientMakers:
        broker, group = self._cluster.broker, self._group

        def consumer(configuration: dict[str, object]) -> ModelConsumer:
            made = ModelConsumer(configuration, process, broker, group)
            if "group.instance.id" in configuration:
                self._consumer = made
            return made

        return ClientMakers(
            consumer,
            lambda configuration: ModelProducer(configuration, process, broker, group),
            lambda _servers: ModelAdmin(broker),
            lambda: ModelThread(process),
        )

    def _probe(self, step: str) -> None:
        process, faults = self.process, self._cluster.broker.faults
        if process is None:
            return
        if faults.happens("killed_at_step"):
            lose_state = self._chance.random() < 0.3
            self._cluster.schedule.note(self.instance, "killed at", step, lose_state)
            self._cluster.schedule.after(0, partial(self._gone, lose_state))
            process.killed = True
            raise Killed
        if faults.happens("frozen_at_step"):
            self._cluster.schedule.note(self.instance, "frozen at", step)
            process.freeze(self._chance.randrange(1_000, 40_000))
            self._lost_sight()
            process.sleep(1)

    def _gone(self, lose_state: bool) -> None:
        self._lost_sight()
        if self.process is not None:
            self.process.join()
        self._service = None
        self._close_state()
        if lose_state:
            shutil.rmtree(self._directory)
        if self.supervised:
            self._cluster.schedule.after(self._chance.randrange(100, 20_000), self.start)

    def _lost_sight(self) -> None:
        if self._consumer is not None and self._consumer.member is not None:
            self._group.lose(self._consumer.member)

    def _close_state(self) -> None:
        if self.state is not None:
            self.state.close()
            self.state = None

    def _skew(self) -> int:
        return self._chance.randrange(-MOST_SKEW_MILLISECONDS, MOST_SKEW_MILLISECONDS + 1)
