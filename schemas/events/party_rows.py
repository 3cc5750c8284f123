"""State of a party: what it did of late, and how it stands by it."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from schemas.events.conduct import ConductKind
from schemas.events.standings import StandingChanged


class ConcludedComplaint(NamedTuple):
    """A complaint and what became of it last. Fields: schemas/avro."""

    case_id: str
    ground: str
    kind: ConductKind
    manifest: bool
    concluded_at_milliseconds: int

    @classmethod
    def from_avro(cls, datum: Mapping[str, Any]) -> "ConcludedComplaint":
        """Make the value from a decoded Avro record."""
        return cls(
            datum["case_id"],
            datum["ground"],
            datum["kind"],
            datum["manifest"],
            datum["concluded_at_milliseconds"],
        )

    def to_avro(self) -> dict[str, Any]:
        """Return the record as Avro encoders take it."""
        return self._asdict()


class ConductDay(NamedTuple):
    """Complaints of one day and ground, counted. Fields: schemas/avro."""

    day: int
    ground: str
    concluded_count: int
    upheld_count: int
    countered_count: int

    @classmethod
    def from_avro(cls, datum: Mapping[str, Any]) -> "ConductDay":
        """Make the value from a decoded Avro record."""
        return cls(
            datum["day"],
            datum["ground"],
            datum["concluded_count"],
            datum["upheld_count"],
            datum["countered_count"],
        )

    def to_avro(self) -> dict[str, Any]:
        """Return the record as Avro encoders take it."""
        return self._asdict()


class Strike(NamedTuple):
    """A case or detection that counts, or counted, against a seller. Fields: schemas/avro."""

    case_id: str
    listing_id: str
    ground: str
    manifest: bool
    struck_at_milliseconds: int | None
    reversed_at_milliseconds: int | None
    marketplace: str = ""

    @classmethod
    def from_avro(cls, datum: Mapping[str, Any]) -> "Strike":
        """Make the value from a decoded Avro record."""
        return cls(
            datum["case_id"],
            datum["listing_id"],
            datum["ground"],
            datum["manifest"],
            datum["struck_at_milliseconds"],
            datum["reversed_at_milliseconds"],
            datum["marketplace"],
        )

    def to_avro(self) -> dict[str, Any]:
        """Return the record as Avro encoders take it."""
        return self._asdict()


class PartyConduct(NamedTuple):
    """State of one party: its conduct within the window, and how it stands by it; one row of a
    worker's state. Fields: schemas/avro."""

    party_id: str
    complaints: tuple[ConcludedComplaint, ...] = ()
    days: tuple[ConductDay, ...] = ()
    strikes: tuple[Strike, ...] = ()
    standings: tuple[StandingChanged, ...] = ()
    due_at_milliseconds: int | None = None
    as_of_milliseconds: int = 0

    @classmethod
    def from_avro(cls, datum: Mapping[str, Any]) -> "PartyConduct":
        """Make the value from a decoded Avro record."""
        return cls(
            datum["party_id"],
            tuple(ConcludedComplaint.from_avro(item) for item in datum["complaints"]),
            tuple(ConductDay.from_avro(item) for item in datum["days"]),
            tuple(Strike.from_avro(item) for item in datum["strikes"]),
            tuple(StandingChanged.from_avro(item) for item in datum["standings"]),
            datum["due_at_milliseconds"],
            datum["as_of_milliseconds"],
        )

    def to_avro(self) -> dict[str, Any]:
        """Return the record as Avro encoders take it."""
        return {
            "party_id": self.party_id,
            "complaints": [item.to_avro() for item in self.complaints],
            "days": [item.to_avro() for item in self.days],
            "strikes": [item.to_avro() for item in self.strikes],
            "standings": [item.to_avro() for item in self.standings],
            "due_at_milliseconds": self.due_at_milliseconds,
            "as_of_milliseconds": self.as_of_milliseconds,
        }
