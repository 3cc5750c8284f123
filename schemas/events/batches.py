"""What workers took in, in which order, and what they knew then: all that a replay follows."""

from typing import Annotated, Literal, NamedTuple

from schemas.declaration import ALL_FIELDS, event
from schemas.fields import (
    FIRST,
    MANDATORY,
    Document,
    Identifier,
    Label,
    Long,
    Many,
    MarketplaceReference,
    PersonReference,
    Timestamp,
    TrademarkKey,
    Whole,
    Word,
)
from schemas.topic_names import BATCHES_EVENTS, CASES_STATE, VERSIONS_STATE

VersionKind = Literal["rule_set", "misuse_rule_set", "service_level", "weights", "service_policy"]
"""What was in use."""


class InputRun(NamedTuple):
    """Records of one topic taken one after the other."""

    topic: Word
    """Topic of the records; their partition is the batch's."""
    first_offset: Long
    """Offset of the first."""
    record_count: Whole
    """How many were taken, without those between them that no consumer sees."""


class InputPlace(NamedTuple):
    """One record among the inputs."""

    topic: Word
    """Its topic; its partition is the batch's."""
    offset: Long
    """Its offset."""


class RegistryLook(NamedTuple):
    """A listing that was looked at again as a registry entry, or a party's record, changed."""

    listing_id: Identifier
    """Listing whose cases were looked at."""
    registry_reference: TrademarkKey
    """Registry entry that changed: office, kind of number, and number; empty for a party."""
    at_milliseconds: Timestamp
    """The step's time, UTC."""
    marketplace: MarketplaceReference = ""
    """Marketplace of the listing; empty where its row was not yet split by marketplaces."""
    party_id: PersonReference = ""
    """Party whose record changed; empty for a registry entry."""


class TablePosition(NamedTuple):
    """How far a global table's topic was read, by partition."""

    topic: Word
    """Topic of the table."""
    next_offsets: Annotated[Many[Long], MANDATORY]
    """For each partition from 0 on, the offset of the first record not yet read."""


class TableRecord(NamedTuple):
    """One record of a global table's topic."""

    topic: Word
    """Its topic."""
    partition: Whole
    """Its partition."""
    offset: Long
    """Its offset."""


class DecisionBasis(NamedTuple):
    """What decides besides rows and inputs: tables, rules, times and software."""

    tables: Annotated[Many[TablePosition], MANDATORY]
    """The global tables as they stood."""
    rule_set_hash: Word
    """Rule set that decided; its rules stand in ip.versions.state."""
    shadow_rule_set_hash: Annotated[Word | None, MANDATORY]
    """Rule set that was only compared; null for none."""
    service_level_hash: Word
    """Times and thresholds, as in ip.versions.state."""
    software_version: Word
    """Version of the software."""
    service_policy_hash: Word = ""
    """Policy by which times of new cases were chosen, as in ip.versions.state; empty where it was
    the worker's settings."""
    bounds_edition: Whole = FIRST
    """Which bounds of fields held: 1 those that steps refuse by themselves, 2 all that are
    declared. From 3 on a record is to lie in the partition of its key too, and from 4 on times are
    within bounds, and cases are closed to parties that they don't know."""
    unread_table_records: Many[TableRecord] = ()
    """Which records of the tables were passed over as the registry did not know their schema; the
    tables stood as if these were not there."""
    shadow_rule_set_hashes: Many[Word] = ()
    """Further rule sets that were only compared."""
    rollout_rule_set_hash: Word = ""
    """Candidate that decided on a share of listings; empty for none."""
    rollout_percent: Whole = 0
    """That share."""


@event(BATCHES_EVENTS, identity=ALL_FIELDS, key="{partition}")
class BatchProcessed(NamedTuple):
    """A worker took a batch of one partition through the steps: timers, then registry changes,
    then inputs, each in order."""

    partition: Whole
    """Partition number of the inputs."""
    timer_count: Whole
    """How many timers fired: those due first, in the order of their index."""
    registry_looks: Annotated[Many[RegistryLook], MANDATORY]
    """Listings looked at again as a registry entry changed, in order."""
    inputs: Annotated[Many[InputRun], MANDATORY]
    """Inputs in the order in which they were taken."""
    origin_topic: Word
    """Topic of the last input before the batch, which capsules of timers and registry changes name;
    empty for none known."""
    origin_offset: Long
    """Its offset; -1 for none known."""
    basis: Annotated[DecisionBasis | None, MANDATORY]
    """What decided besides; null where it is as in the record before."""
    refusal: Label = ""
    """What a broker said of the records to which the batch's only input led, so that it was buried;
    empty for a batch that was taken."""
    unknown_schemas: Many[InputPlace] = ()
    """Which of the inputs were buried as the registry did not know their schema; it may know it
    later, and a replay buries them all the same."""


@event(VERSIONS_STATE, CASES_STATE, identity=ALL_FIELDS, key="{version}")
class VersionRecorded(NamedTuple):
    """Rules, times or weights that decide were put on record under their hash."""

    kind: VersionKind
    """What it is."""
    version: Word
    """Its hash, as decisions name it: the first digits of the content's SHA-256, or all; key of the
    record."""
    content: Document
    """Its canonical form, JSON."""
