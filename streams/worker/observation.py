"""What a worker tells its metrics, once for each batch."""

import logging
from collections import Counter, defaultdict
from typing import Any

from confluent_kafka import KafkaException
from confluent_kafka import TopicPartition as Position

from processors.restraint.share_bounds import share_bounds
from schemas.events.conduct import ConductRecorded
from schemas.events.decisions import ComplaintDecided
from schemas.events.detections import BlockListing, DelistListing
from schemas.events.enforcement import EnforcementConfirmed
from schemas.events.seller_orders import BlockSeller, UnblockSeller
from schemas.events.sla import CaseClosed, SlaBreached, SlaWarningRaised
from schemas.events.standings import SanctionParty, StandingChanged
from schemas.events.takedowns import ReinstateListing, RestrictListing, TakeDownListing
from schemas.handled_errors import note_handled
from sinks.sla_report import proved_gone, proved_in_time
from streams.clock import Clock
from streams.kafka.traced_records import tell_steps
from streams.state.restore import Restoration
from streams.tables.global_tables import GlobalTables
from streams.topology import INTERNAL_INPUTS
from streams.worker.circuit import TopicPartition
from streams.worker.metrics import WorkerMetrics
from streams.worker.partitions import Partitions, Phase
from streams.worker.results import Result

logger = logging.getLogger(__name__)

LAG_INTERVAL_SECONDS = 5.0
COMMANDS = (
    TakeDownListing
    | RestrictListing
    | ReinstateListing
    | BlockListing
    | DelistListing
    | SanctionParty
    | BlockSeller
    | UnblockSeller
)
NUMBERS_TOLD = 3


class Observation:
    """Turns the worker's doings into metrics."""

    def __init__(self, metrics: WorkerMetrics, clock: Clock) -> None:
        self._metrics = metrics
        self._clock = clock
        self._lag_at_seconds = 0.0

    def committed(self, result: Result, records: int, seconds: float) -> None:
        """Tell what a committed transaction did."""
        metrics = self._metrics
        metrics.transaction("committed", records, seconds)
        counts: Counter[str] = Counter()
        for accounted, count in result.accounted.items():
            counts[accounted.source] += count
            if accounted.ending == "no_action":
                metrics.no_action(accounted.source, accounted.reason, count)
            elif accounted.ending == "dead_letter":
                metrics.dead_letters(accounted.source, accounted.reason, count)
        for source, count in counts.items():
            metrics.records_in(source, count)
        self._emitted(result)
        tell_steps(result.traced, seconds)

    def _emitted(self, result: Result) -> None:
        metrics = self._metrics
        now = self._clock.now_milliseconds()
        latencies: dict[tuple[str, str], list[float]] = defaultdict(list)
        commands: Counter[str] = Counter()
        for event, caused_at in result.emitted:
            if isinstance(event, ComplaintDecided):
                latency = max(0, now - caused_at) / 1000
                latencies[event.outcome, event.marketplace].append(latency)
            elif isinstance(event, CaseClosed):
                metrics.closed(
                    event.outcome, event.marketplace, event.open_seconds, event.within_deadline
                )
            elif isinstance(event, COMMANDS):
                commands[type(event).__name__] += 1
            else:
                self._told(event)
        for (outcome, marketplace), values in latencies.items():
            metrics.decided(outcome, marketplace, values)
        for kind, count in commands.items():
            metrics.commands(kind, count)

    def _told(self, event: Any) -> None:
        """Tell one of the events that are few."""
        metrics = self._metrics
        if isinstance(event, StandingChanged):
            metrics.standing_changed(event.role, event.tier)
            if event.role == "rule":
                self._rule_changed(event)
        elif isinstance(event, ConductRecorded) and event.role == "rule":
            metrics.second_look(_rule_id(event.party_id), event.kind)
        elif isinstance(event, EnforcementConfirmed) and proved_gone(event):
            metrics.proved_gone(event.marketplace, proved_in_time(event))
        elif isinstance(event, SlaWarningRaised):
            metrics.sla_warnings(event.marketplace, 1)
        elif isinstance(event, SlaBreached):
            metrics.sla_breaches(event.marketplace, 1)

    def _rule_changed(self, event: StandingChanged) -> None:
        looked = sum(each.concluded_count for each in event.grounds)
        overturned = sum(each.countered_count for each in event.grounds)
        bounds = share_bounds(overturned, looked)
        self._metrics.overturned(_rule_id(event.party_id), bounds, not event.automatic)

    def failed(self, indefinite: bool) -> None:
        """Tell that a transaction did not commit, or may not have."""
        self._metrics.transaction("indefinite" if indefinite else "aborted", 0, 0.0)

    def restored(self, restored: Restoration) -> None:
        """Tell that a partition is whole."""
        self._metrics.restored(restored.rows, restored.seconds)

    def tables_read(self, records: int, latest_milliseconds: int) -> None:
        """Tell that global tables took records in."""
        age_seconds = max(0, self._clock.now_milliseconds() - latest_milliseconds) / 1000
        self._metrics.tables_read(records, age_seconds)

    def marks_shared(self, references: frozenset[str]) -> None:
        """Tell that several records of marks have one number."""
        if references:
            self._metrics.marks_shared(len(references))
            logger.warning(
                "several records have one number, and are relied on as far as they agree: "
                "%s numbers, such as %s",
                len(references),
                ", ".join(sorted(references)[:NUMBERS_TOLD]),
            )

    def tables_at(self, positions: dict[str, int]) -> None:
        """Tell how far each global table was read."""
        self._metrics.table_positions(positions)

    def rules_in_use(self, tables: GlobalTables) -> None:
        """Tell which published rules can't be used, and on what share a candidate decides."""
        self._metrics.rules_refused(tables.rules_refused)
        share = 0 if tables.rollout is None else tables.rollout.share_percent
        self._metrics.rollout(share, tables.rollout_not_followed)

    def stalled(self, sources: frozenset[TopicPartition]) -> None:
        """Tell which topic partitions stand still."""
        self._metrics.stalled(sources)

    def turned(
        self, consumer: Any, partitions: Partitions, open_circuits: frozenset[TopicPartition]
    ) -> None:
        """Tell how the worker stands; the lag is asked for now and then only."""
        now = self._clock.monotonic_seconds()
        if now < self._lag_at_seconds + LAG_INTERVAL_SECONDS:
            return
        self._lag_at_seconds = now
        metrics = self._metrics
        metrics.partitions(
            len(partitions.all), len(partitions.all) - len(partitions.in_phase(Phase.RUNNING))
        )
        metrics.circuits(open_circuits)
        for (topic, number), offset in partitions.next_offsets.items():
            try:
                _, end = consumer.get_watermark_offsets(Position(topic, number), cached=True)
            except KafkaException as error:
                note_handled("lag", error)
                continue
            if topic in INTERNAL_INPUTS:
                # The last transaction's marker stands behind its records, and is never read.
                end -= 1
            if end >= 0:
                metrics.lag(topic, number, max(0, end - offset))


def _rule_id(party_id: str) -> str:
    """Return the id of a rule, by the name under which its record is kept."""
    return party_id.removeprefix("rule:").partition("@")[0]
