"""Rights holders, agents and sellers."""

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

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

    @classmethod
    def from_avro(cls, datum: Mapping[str, Any]) -> "Authorisation":
        """Make the value from a decoded Avro record."""
        return cls(
            datum["authorisation_id"],
            datum["rights_holder_id"],
            tuple(datum["trademark_keys"]),
            tuple(datum["territories"]),
            datum["valid_from_milliseconds"],
            datum["valid_until_milliseconds"],
            datum["revoked_at_milliseconds"],
            tuple(datum["rights"]),
        )

    def to_avro(self) -> dict[str, Any]:
        """Return the record as Avro encoders take it."""
        return self._asdict()


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

    @classmethod
    def from_avro(cls, datum: Mapping[str, Any]) -> "PartyRecorded":
        """Make the value from a decoded Avro record."""
        return cls(
            datum["party_id"],
            datum["kind"],
            datum["name"],
            tuple(datum["register_names"]),
            tuple(datum["trademark_keys"]),
            datum["identity_verified"],
            tuple(Authorisation.from_avro(item) for item in datum["authorisations"]),
            tuple(datum["authorised_seller_ids"]),
            datum["recorded_at_milliseconds"],
            tuple(datum["linked_seller_ids"]),
            tuple(datum["trusted_flagger_grounds"]),
            datum["language"],
        )

    def to_avro(self) -> dict[str, Any]:
        """Return the record as Avro encoders take it."""
        return {
            "party_id": self.party_id,
            "kind": self.kind,
            "name": self.name,
            "register_names": self.register_names,
            "trademark_keys": self.trademark_keys,
            "identity_verified": self.identity_verified,
            "authorisations": [item.to_avro() for item in self.authorisations],
            "authorised_seller_ids": self.authorised_seller_ids,
            "recorded_at_milliseconds": self.recorded_at_milliseconds,
            "linked_seller_ids": self.linked_seller_ids,
            "trusted_flagger_grounds": self.trusted_flagger_grounds,
            "language": self.language,
        }
