"""What workers took in, in which order, and what they knew then: all that a replay follows."""

from typing import Literal, NamedTuple

from schemas.declaration import ALL_FIELDS, event
from schemas.topic_names import BATCHES_EVENTS, CASES_STATE, VERSIONS_STATE

VersionKind = Literal["rule_set", "misuse_rule_set", "service_level", "weights", "service_policy"]
"""What was in use."""


class InputRun(NamedTuple):
    """Records of one topic taken one after the other. Fields: schemas/avro."""

    topic: str
    first_offset: int
    record_count: int


class RegistryLook(NamedTuple):
    """A listing that was looked at again as a registry entry changed. Fields: schemas/avro."""

    listing_id: str
    registry_reference: str
    at_milliseconds: int
    marketplace: str = ""


class TablePosition(NamedTuple):
    """How far a global table's topic was read, by partition. Fields: schemas/avro."""

    topic: str
    next_offsets: tuple[int, ...]


class DecisionBasis(NamedTuple):
    """What decides besides rows and inputs: tables, rules, times and software. Fields:
    schemas/avro."""

    tables: tuple[TablePosition, ...]
    rule_set_hash: str
    shadow_rule_set_hash: str | None
    service_level_hash: str
    software_version: str
    service_policy_hash: str = ""


@event(BATCHES_EVENTS, identity=ALL_FIELDS, key="{partition}")
class BatchProcessed(NamedTuple):
    """A worker took a batch of one partition through the steps: timers, then registry changes,
    then inputs, each in order. Fields: schemas/avro."""

    partition: int
    timer_count: int
    registry_looks: tuple[RegistryLook, ...]
    inputs: tuple[InputRun, ...]
    origin_topic: str
    origin_offset: int
    basis: DecisionBasis | None


@event(VERSIONS_STATE, CASES_STATE, identity=ALL_FIELDS, key="{version}")
class VersionRecorded(NamedTuple):
    """Rules, times or weights that decide were put on record under their hash. Fields:
    schemas/avro."""

    kind: VersionKind
    version: str
    content: str
