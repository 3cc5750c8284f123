"""How complainants and sellers stand, and what follows from it."""

from typing import Literal, NamedTuple

from schemas.declaration import ALL_FIELDS, event
from schemas.events.parties import PartyRole
from schemas.topic_names import ACCOUNTS_COMMANDS, STANDINGS_STATE

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


class ConductFactors(NamedTuple):
    """The four factors of DSA Article 23(3), as counted when the standing was set. Fields:
    schemas/avro."""

    absolute_number: int
    proportion: float
    gravity: str
    intention: str


@event(
    STANDINGS_STATE,
    identity=ALL_FIELDS,
    owner="party",
    key="{role}:{party_id}",
    made_by=("worker",),
)
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


@event(ACCOUNTS_COMMANDS, identity=("command_id",), owner="party", made_by=("worker",))
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
