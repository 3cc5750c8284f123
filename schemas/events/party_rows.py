"""State of a party: what it did of late, and how it stands by it."""

from typing import NamedTuple

from schemas.declaration import ALL_FIELDS, event
from schemas.events.conduct import ConductKind
from schemas.events.standings import StandingChanged
from schemas.topic_names import CASES_STATE


class ConcludedComplaint(NamedTuple):
    """A complaint and what became of it last. Fields: schemas/avro."""

    case_id: str
    ground: str
    kind: ConductKind
    manifest: bool
    concluded_at_milliseconds: int


class ConductDay(NamedTuple):
    """Complaints of one day and ground, counted. Fields: schemas/avro."""

    day: int
    ground: str
    concluded_count: int
    upheld_count: int
    countered_count: int


class Strike(NamedTuple):
    """A case or detection that counts, or counted, against a seller. Fields: schemas/avro."""

    case_id: str
    listing_id: str
    ground: str
    manifest: bool
    struck_at_milliseconds: int | None
    reversed_at_milliseconds: int | None
    marketplace: str = ""


@event(CASES_STATE, identity=ALL_FIELDS, owner="party", key="")
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
