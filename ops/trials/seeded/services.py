"""The services that run on machines: workers and monitors, as they are, on models of clients."""

import shutil
from functools import cache
from typing import Any

from ops.services.worker import service_level
from ops.trials.seeded.machines import Machine
from processors.matching.index import TermIndex, build
from processors.matching.scoring import Weights, built_in_weights
from processors.policies.service_level import ServiceLevel
from processors.rules.rule_set import RuleSet
from streams.monitor.engine import MonitoringEngine
from streams.monitor.metrics import MonitorMetrics
from streams.monitor.monitor import Monitor
from streams.monitor.tables import MonitoringTables
from streams.monitor.term_index import BuiltIndex
from streams.policies.rule_files import BUILT_IN_DIRECTORY, built_in_misuse_rules, load_rules
from streams.tables.global_tables import GlobalTables
from streams.worker.circuit import TopicPartition
from streams.worker.engine import Engine
from streams.worker.metrics import WorkerMetrics
from streams.worker.observation import Observation
from streams.worker.partitions import Partitions
from streams.worker.worker import Worker

HOURS_ALLOWED = 24
SOFTWARE = "simulated"


@cache
def _rules() -> RuleSet:
    return RuleSet(load_rules(BUILT_IN_DIRECTORY))


@cache
def _level() -> ServiceLevel:
    return service_level(HOURS_ALLOWED * 3600.0)


@cache
def _misuse() -> tuple[RuleSet, Weights]:
    return built_in_misuse_rules(), built_in_weights()


class _Observation(Observation):
    """An observation that asks for no lags, which nobody looks at here."""

    def turned(
        self, consumer: Any, partitions: Partitions, open_circuits: frozenset[TopicPartition]
    ) -> None:
        """Tell nothing."""


class WorkerMachine(Machine):
    """A machine with a worker."""

    def _make(self) -> Worker:
        codec, state = self._cluster.registry.codec(), self._open_state()
        tables = GlobalTables(state, codec, _rules())
        engine = Engine(codec, tables, _level(), self._partitions, SOFTWARE)
        observation = _Observation(WorkerMetrics(), self.clock)
        return Worker(
            *(self._settings(), engine, state, tables, self.clock, observation, self._probe)
        )


class MonitorMachine(Machine):
    """A machine with a monitor."""

    def _make(self) -> Monitor:
        codec, state = self._cluster.registry.codec(), self._open_state()
        tables = MonitoringTables(state, codec, _rules())
        rules, weights = _misuse()
        engine = MonitoringEngine(codec, tables, rules, weights, self._partitions, SOFTWARE)
        settings = self._settings()
        return _Monitor(settings, engine, tables, self.clock, MonitorMetrics())


class _Monitor(Monitor):
    """A monitor whose first index is built within its own process."""

    def _load(self) -> None:
        self._reader.start()
        wait = self._settings.linger_seconds
        while not (self._stopping or self._reader.loaded):
            self._reader.turn(self._settings.table_records_per_turn, wait)
        checkpoint = self._settings.state_directory / "checkpoint"
        shutil.rmtree(checkpoint, ignore_errors=True)
        self._tables.checkpoint(checkpoint)
        self._tables.use(BuiltIndex(TermIndex(build(self._tables.terms())), [], [], 0, 0.0))
