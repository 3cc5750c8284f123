"""One batch of listing changes through monitoring: what is to be written."""

import logging
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any, Final, NamedTuple

from processors.matching.scoring import Weights
from processors.rules.rule_set import RuleSet
from processors.step import Origin
from processors.titles.watch import (
    MonitoringOutput,
    MonitoringReference,
    Watch,
    WatchResult,
    watch_listing,
)
from schemas.events.listings import ListingChanged
from schemas.fields import EARLIEST_RECORD_MILLISECONDS, LATEST_RECORD_MILLISECONDS
from schemas.wire.codec import MONITOR_SOURCE, Codec, DecodeError
from streams.kafka.dead_letters import dead_letter
from streams.kafka.output_records import OutputRecords
from streams.kafka.records import InputRecord, OutputRecord
from streams.kafka.traced_records import TracedStep, carry_on
from streams.policies.versions import version_of_rules, version_of_weights
from streams.state.local_state import StateCorrupted, StateUnavailable

logger = logging.getLogger(__name__)


STEPS: Final[dict[type[Any], Callable[[Any, Watch], WatchResult]]] = {
    ListingChanged: watch_listing,
}


class MonitorResult(NamedTuple):
    """What a batch led to: records, their events, and what each input ended as, counted; and which
    carried traces on."""

    records: list[OutputRecord]
    events: list[MonitoringOutput]
    endings: Counter[str]
    traced: list[TracedStep]


class MonitoringEngine:
    """Watches batches of listing changes; carries traces on as the workers' engine does."""

    def __init__(
        self,
        codec: Codec,
        reference: MonitoringReference,
        rules: RuleSet,
        weights: Weights,
        partitions: int,
        software_version: str,
    ) -> None:
        self._codec = codec
        self._outputs = OutputRecords(codec, partitions, MONITOR_SOURCE)
        self._reference = reference
        self._rules = rules
        self._weights = weights
        self._partitions = partitions
        self._software_version = software_version
        self.carries_traces = False

    def versions(self, now_milliseconds: int) -> list[OutputRecord]:
        """Return the records that keep the rules and weights in use under their hash."""
        used = (
            version_of_rules(self._rules, "misuse_rule_set"),
            version_of_weights(self._weights),
        )
        return [
            self._outputs.journal_record(each, each.version, None, now_milliseconds)
            for each in used
        ]

    def process(self, records: Iterable[InputRecord]) -> MonitorResult:
        """Take records, each in order."""
        result = MonitorResult([], [], Counter(), [])
        for record in records:
            first = len(result.records)
            self._take(record, result)
            step = carry_on(record, result.records, first) if self.carries_traces else None
            if step is not None:
                result.traced.append(step)
        return result

    def _take(self, record: InputRecord, result: MonitorResult) -> None:
        try:
            event = self._codec.decode(record.topic, record.value or b"", record.headers_source)
        except DecodeError:
            # The group of workers writes its dead letter: one for one record.
            result.endings["not_decoded"] += 1
            return
        now = record.timestamp_milliseconds
        is_timely = EARLIEST_RECORD_MILLISECONDS <= now < LATEST_RECORD_MILLISECONDS
        if event.listing_id.encode() != record.key or not is_timely:
            result.endings["not_decoded"] += 1
            return
        watch = Watch(
            now,
            Origin(*record[:3]),
            self._reference,
            self._rules,
            self._weights,
            self._software_version,
        )
        try:
            watched = STEPS[type(event)](event, watch)
            written = [
                self._outputs.record(output, record.partition, now) for output in watched.outputs
            ]
        except (StateCorrupted, StateUnavailable, MemoryError):
            raise
        except Exception as error:
            # A mistake of ours: the record is kept with what went wrong, and others go on.
            logger.exception("monitoring failed", extra={"listing_id": event.listing_id})
            detail = f"{type(error).__name__}: {error}"
            letter = dead_letter(record, "monitoring_failed", detail, self._partitions)
            result.records.append(letter)
            result.endings["dead_letter"] += 1
            return
        if watched.refusal is not None:
            result.endings["refused"] += 1
            return
        result.records.extend(written)
        result.events.extend(watched.outputs)
        result.endings[watched.no_action or "acted_on"] += 1
