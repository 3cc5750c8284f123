"""How complainants and sellers stand, and what follows from it."""

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

from schemas.events.parties import PartyRole

Tier = Literal["ordinary", "fast_lane", "suspended", "warned", "restricted", "closed"]
"""How a party stands: fast_lane and suspended are for complainants, restricted and closed for
sellers, ordinary and warned for both."""

Sanction = Literal["warn", "restrict", "close", "suspend", "lift"]
"""What is to be done."""


class GroundStanding(NamedTuple):
    """A complainant's record on one ground within the window. Fields: schemas/avro."""

    ground: str
    concluded_count: int
    upheld_count: int
    countered_count: int
    fast_lane: bool

    @classmethod
    def from_avro(cls, datum: Mapping[str, Any]) -> "GroundStanding":
        """Make the value from a decoded Avro record."""
        return cls(
            datum["ground"],
            datum["concluded_count"],
            datum["upheld_count"],
            datum["countered_count"],
            datum["fast_lane"],
        )

    def to_avro(self) -> dict[str, Any]:
        """Return the record as Avro encoders take it."""
        return self._asdict()


class ConductFactors(NamedTuple):
    """The four factors of DSA Article 23(3), as counted when the standing was set. Fields:
    schemas/avro."""

    absolute_number: int
    proportion: float
    gravity: str
    intention: str

    @classmethod
    def from_avro(cls, datum: Mapping[str, Any]) -> "ConductFactors":
        """Make the value from a decoded Avro record."""
        return cls(
            datum["absolute_number"],
            datum["proportion"],
            datum["gravity"],
            datum["intention"],
        )

    def to_avro(self) -> dict[str, Any]:
        """Return the record as Avro encoders take it."""
        return self._asdict()


class StandingChanged(NamedTuple):
    """How a complainant or seller stands has changed; the last record for a key counts. Fields:
    schemas/avro."""

    party_id: str
    role: PartyRole
    tier: Tier
    grounds: tuple[GroundStanding, ...]
    strikes: int
    factors: ConductFactors
    until_milliseconds: int | None
    changed_at_milliseconds: int

    @classmethod
    def from_avro(cls, datum: Mapping[str, Any]) -> "StandingChanged":
        """Make the value from a decoded Avro record."""
        return cls(
            datum["party_id"],
            datum["role"],
            datum["tier"],
            tuple(GroundStanding.from_avro(item) for item in datum["grounds"]),
            datum["strikes"],
            ConductFactors.from_avro(datum["factors"]),
            datum["until_milliseconds"],
            datum["changed_at_milliseconds"],
        )

    def to_avro(self) -> dict[str, Any]:
        """Return the record as Avro encoders take it."""
        return {
            **self._asdict(),
            "grounds": [item.to_avro() for item in self.grounds],
            "factors": self.factors.to_avro(),
        }


class SanctionParty(NamedTuple):
    """Marketplaces are told to warn, restrict, close or suspend an account, or to lift that.
    Fields: schemas/avro."""

    command_id: str
    party_id: str
    role: PartyRole
    sanction: Sanction
    reason_codes: tuple[str, ...]
    strikes: int
    factors: ConductFactors
    until_milliseconds: int | None
    issued_at_milliseconds: int

    @classmethod
    def from_avro(cls, datum: Mapping[str, Any]) -> "SanctionParty":
        """Make the value from a decoded Avro record."""
        return cls(
            datum["command_id"],
            datum["party_id"],
            datum["role"],
            datum["sanction"],
            tuple(datum["reason_codes"]),
            datum["strikes"],
            ConductFactors.from_avro(datum["factors"]),
            datum["until_milliseconds"],
            datum["issued_at_milliseconds"],
        )

    def to_avro(self) -> dict[str, Any]:
        """Return the record as Avro encoders take it."""
        return {
            **self._asdict(),
            "factors": self.factors.to_avro(),
        }
