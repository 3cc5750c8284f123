"""The order of a batch's steps, and what they knew, as records of the batch's own transaction.

One record for each partition of a batch: what a replay can't find out for itself. Timers are told
by their number, as those due first fire first. What decides besides the inputs is told where it
changed since the partition's last record, and rules and times stand once under their hash.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple

from processors.policies.service_level import ServiceLevel
from processors.policies.service_policy import ServicePolicy
from processors.step import Origin
from schemas.events.batches import (
    BatchProcessed,
    DecisionBasis,
    InputPlace,
    InputRun,
    RegistryLook,
    VersionRecorded,
)
from schemas.fields import NEWEST
from streams.kafka.output_records import OutputRecords
from streams.kafka.records import InputRecord, OutputRecord
from streams.policies.versions import (
    version_of_rules,
    version_of_service_level,
    version_of_service_policy,
)
from streams.state.indexes import DueTimer
from streams.state.row_keys import address_of
from streams.tables.global_tables import GlobalTables
from streams.worker.results import RegistryStimulus

_NONE = Origin("", -1, -1)


class Notes(NamedTuple):
    """The records of a batch, and what they put on record: bases by partition, and versions."""

    records: list[OutputRecord]
    bases: dict[int, DecisionBasis]
    versions: frozenset[str]


class BatchJournal:
    """What a worker notes of its batches; on record once `committed` was called."""

    def __init__(
        self,
        outputs: OutputRecords,
        tables: GlobalTables,
        service_level: ServiceLevel,
        software_version: str,
    ) -> None:
        self._outputs = outputs
        self._tables = tables
        self._service_level = version_of_service_level(service_level)
        self._software_version = software_version
        self._policy: tuple[ServicePolicy, VersionRecorded] | None = None
        self._known: dict[int, DecisionBasis] = {}
        self._versions: set[str] = set()

    def notes(
        self,
        records: Sequence[InputRecord],
        timers: Sequence[DueTimer],
        stimuli: Sequence[RegistryStimulus],
        origins: Mapping[int, Origin],
        now_milliseconds: int,
        refusal: str = "",
        unknown_schemas: Sequence[InputRecord] = (),
    ) -> Notes:
        """Return what is to be noted of a batch, in its transaction."""
        basis = self._basis()
        versions = self._unrecorded()
        made = [
            self._outputs.journal_record(version, version.version, None, now_milliseconds)
            for version in versions
        ]
        counts: dict[int, int] = defaultdict(int)
        for timer in timers:
            counts[timer.partition] += 1
        looks: dict[int, list[RegistryLook]] = defaultdict(list)
        for each in stimuli:
            looks[each.partition].append(_look(each))
        inputs: dict[int, list[InputRecord]] = defaultdict(list)
        for record in records:
            inputs[record.partition].append(record)
        unknown: dict[int, list[InputPlace]] = defaultdict(list)
        for record in unknown_schemas:
            unknown[record.partition].append(InputPlace(record.topic, record.offset))
        partitions = sorted({*counts, *looks, *inputs})
        for partition in partitions:
            origin = origins.get(partition, _NONE)
            batch = BatchProcessed(
                partition=partition,
                timer_count=counts[partition],
                registry_looks=tuple(looks[partition]),
                inputs=_runs(inputs[partition]),
                origin_topic=origin.topic,
                origin_offset=origin.offset,
                basis=None if self._known.get(partition) == basis else basis,
                refusal=refusal,
                unknown_schemas=tuple(unknown[partition]),
            )
            key = str(partition)
            made.append(self._outputs.journal_record(batch, key, partition, now_milliseconds))
        bases = dict.fromkeys(partitions, basis)
        return Notes(made, bases, frozenset(each.version for each in versions))

    def committed(self, notes: Notes) -> None:
        """Note that a batch's notes were committed."""
        self._known.update(notes.bases)
        self._versions |= notes.versions

    def forget(self, partition: int) -> None:
        """Note that others may go on with a partition."""
        self._known.pop(partition, None)

    def _basis(self) -> DecisionBasis:
        tables = self._tables
        shadow, policy = tables.shadow_rule_set, tables.service_policy
        rollout = tables.rollout
        return DecisionBasis(
            tables=tables.positions,
            rule_set_hash=tables.rule_set.hash,
            shadow_rule_set_hash=None if shadow is None else shadow.hash,
            service_level_hash=self._service_level.version,
            software_version=self._software_version,
            service_policy_hash="" if policy is None else self._policy_version(policy).version,
            bounds_edition=NEWEST,
            unread_table_records=tables.unread_records,
            shadow_rule_set_hashes=tuple([each.hash for each in tables.shadow_rule_sets]),
            rollout_rule_set_hash="" if rollout is None else rollout.rule_set.hash,
            rollout_percent=0 if rollout is None else rollout.share_percent,
        )

    def _unrecorded(self) -> list[VersionRecorded]:
        """Return the versions in use that this process has not yet put on record."""
        tables = self._tables
        known = self._versions
        # A candidate on its way to decide is among the shadow sets.
        rule_sets = (tables.rule_set, tables.shadow_rule_set, *tables.shadow_rule_sets)
        new = {r.hash: r for r in rule_sets if r is not None and r.hash not in known}
        used = [version_of_rules(each) for each in new.values()]
        if self._service_level.version not in known:
            used.append(self._service_level)
        policy = tables.service_policy
        if policy is not None and self._policy_version(policy).version not in known:
            used.append(self._policy_version(policy))
        return used

    def _policy_version(self, policy: ServicePolicy) -> VersionRecorded:
        if self._policy is None or self._policy[0] is not policy:
            self._policy = policy, version_of_service_policy(policy)
        return self._policy[1]


def _look(stimulus: RegistryStimulus) -> RegistryLook:
    listing = address_of(stimulus.row)
    return RegistryLook(
        listing.listing_id,
        stimulus.registry_reference,
        stimulus.at_milliseconds,
        listing.marketplace,
        stimulus.party_id,
    )


def _runs(records: list[InputRecord]) -> tuple[InputRun, ...]:
    runs = []
    for topic, group in groupby(records, attrgetter("topic")):
        taken = list(group)
        runs.append(InputRun(topic, taken[0].offset, len(taken)))
    return tuple(runs)
