"""Rights holders, agents and sellers."""

from typing import Literal, NamedTuple

from schemas.declaration import ALL_FIELDS, event
from schemas.topic_names import PARTIES_STATE

PartyKind = Literal["rights_holder", "agent", "seller"]
"""What the party is."""

PartyRole = Literal["complainant", "seller"]
"""In which part someone acts in a case."""


class Authorisation(NamedTuple):
    """Leave for an agent to file for a rights holder. Fields: schemas/avro."""

    authorisation_id: str
    rights_holder_id: str
    trademark_keys: tuple[str, ...]
    territories: tuple[str, ...]
    valid_from_milliseconds: int
    valid_until_milliseconds: int | None
    revoked_at_milliseconds: int | None
    rights: tuple[str, ...] = ()


@event(PARTIES_STATE, identity=ALL_FIELDS, owner="party")
class PartyRecorded(NamedTuple):
    """A rights holder, agent or seller as now known; the last record for a key counts. Fields:
    schemas/avro."""

    party_id: str
    kind: PartyKind
    name: str
    register_names: tuple[str, ...]
    trademark_keys: tuple[str, ...]
    identity_verified: bool
    authorisations: tuple[Authorisation, ...]
    authorised_seller_ids: tuple[str, ...]
    recorded_at_milliseconds: int
    linked_seller_ids: tuple[str, ...] = ()
    trusted_flagger_grounds: tuple[str, ...] = ()
    language: str = ""
