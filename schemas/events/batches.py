"""What workers took in, in which order, and what they knew then: all that a replay follows."""

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

VersionKind = Literal["rule_set", "misuse_rule_set", "service_level", "weights", "service_policy"]
"""What was in use."""


class InputRun(NamedTuple):
    """Records of one topic taken one after the other. Fields: schemas/avro."""

    topic: str
    first_offset: int
    record_count: int

    @classmethod
    def from_avro(cls, datum: Mapping[str, Any]) -> "InputRun":
        """Make the value from a decoded Avro record."""
        return cls(datum["topic"], datum["first_offset"], datum["record_count"])

    def to_avro(self) -> dict[str, Any]:
        """Return the record as Avro encoders take it."""
        return self._asdict()


class RegistryLook(NamedTuple):
    """A listing that was looked at again as a registry entry changed. Fields: schemas/avro."""

    listing_id: str
    registry_reference: str
    at_milliseconds: int
    marketplace: str = ""

    @classmethod
    def from_avro(cls, datum: Mapping[str, Any]) -> "RegistryLook":
        """Make the value from a decoded Avro record."""
        return cls(
            datum["listing_id"],
            datum["registry_reference"],
            datum["at_milliseconds"],
            datum["marketplace"],
        )

    def to_avro(self) -> dict[str, Any]:
        """Return the record as Avro encoders take it."""
        return self._asdict()


class TablePosition(NamedTuple):
    """How far a global table's topic was read, by partition. Fields: schemas/avro."""

    topic: str
    next_offsets: tuple[int, ...]

    @classmethod
    def from_avro(cls, datum: Mapping[str, Any]) -> "TablePosition":
        """Make the value from a decoded Avro record."""
        return cls(datum["topic"], tuple(datum["next_offsets"]))

    def to_avro(self) -> dict[str, Any]:
        """Return the record as Avro encoders take it."""
        return self._asdict()


class DecisionBasis(NamedTuple):
    """What decides besides rows and inputs: tables, rules, times and software. Fields:
    schemas/avro."""

    tables: tuple[TablePosition, ...]
    rule_set_hash: str
    shadow_rule_set_hash: str | None
    service_level_hash: str
    software_version: str
    service_policy_hash: str = ""

    @classmethod
    def from_avro(cls, datum: Mapping[str, Any]) -> "DecisionBasis":
        """Make the value from a decoded Avro record."""
        return cls(
            tuple(TablePosition.from_avro(item) for item in datum["tables"]),
            datum["rule_set_hash"],
            datum["shadow_rule_set_hash"],
            datum["service_level_hash"],
            datum["software_version"],
            datum["service_policy_hash"],
        )

    def to_avro(self) -> dict[str, Any]:
        """Return the record as Avro encoders take it."""
        return {**self._asdict(), "tables": [item.to_avro() for item in self.tables]}


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

    @classmethod
    def from_avro(cls, datum: Mapping[str, Any]) -> "BatchProcessed":
        """Make the value from a decoded Avro record."""
        basis = datum["basis"]
        return cls(
            datum["partition"],
            datum["timer_count"],
            tuple(RegistryLook.from_avro(item) for item in datum["registry_looks"]),
            tuple(InputRun.from_avro(item) for item in datum["inputs"]),
            datum["origin_topic"],
            datum["origin_offset"],
            None if basis is None else DecisionBasis.from_avro(basis),
        )

    def to_avro(self) -> dict[str, Any]:
        """Return the record as Avro encoders take it."""
        return {
            **self._asdict(),
            "registry_looks": [item.to_avro() for item in self.registry_looks],
            "inputs": [item.to_avro() for item in self.inputs],
            "basis": None if self.basis is None else self.basis.to_avro(),
        }


class VersionRecorded(NamedTuple):
    """Rules, times or weights that decide were put on record under their hash. Fields:
    schemas/avro."""

    kind: VersionKind
    version: str
    content: str

    @classmethod
    def from_avro(cls, datum: Mapping[str, Any]) -> "VersionRecorded":
        """Make the value from a decoded Avro record."""
        return cls(datum["kind"], datum["version"], datum["content"])

    def to_avro(self) -> dict[str, Any]:
        """Return the record as Avro encoders take it."""
        return self._asdict()
