"""Rights holders, agents and sellers."""

from typing import Literal, NamedTuple

from schemas.declaration import ALL_FIELDS, event
from schemas.fields import (
    CountryCode,
    LanguageCode,
    Many,
    NiceClass,
    PartyId,
    PersonName,
    PersonReference,
    Reference,
    Timestamp,
    TrademarkKey,
    UpTo300,
    Whole,
    Word,
)
from schemas.topic_names import PARTIES_STATE

PartyKind = Literal["rights_holder", "agent", "seller"]
"""What the party is."""

PartyRole = Literal["complainant", "seller"]
"""In which part someone acts in a case."""


class Authorisation(NamedTuple):
    """Leave for an agent to file for a rights holder."""

    authorisation_id: Reference
    """Id of the authorisation."""
    rights_holder_id: PersonReference
    """Party id of who gave it."""
    trademark_keys: Many[TrademarkKey]
    """Keys (office + ':' + application number) that it is limited to; empty for all of the rights
    holder's."""
    territories: Many[CountryCode]
    """ISO 3166-1 alpha-2 codes that it is limited to; empty for all."""
    valid_from_milliseconds: Timestamp
    """From when it holds, UTC."""
    valid_until_milliseconds: Timestamp | None
    """Until when it holds, UTC, exclusive; null for no end."""
    revoked_at_milliseconds: Timestamp | None
    """When it was revoked, UTC; null if it was not."""
    rights: UpTo300[Word] = ()
    """Kinds of right it is limited to (`schemas.rights.Right`); empty for all."""


class Licence(NamedTuple):
    """Leave of a rights holder for a seller to use its marks."""

    licence_id: Reference
    """Id of the licence."""
    seller_id: PersonReference
    """Seller that has it."""
    trademark_keys: Many[TrademarkKey]
    """Keys (office + ':' + application number) of the marks; empty for all of the rights
    holder's."""
    nice_classes: UpTo300[NiceClass]
    """Nice classes of the goods; empty for all."""
    territories: Many[CountryCode]
    """ISO 3166-1 alpha-2 codes of the countries; empty for all."""
    valid_from_milliseconds: Timestamp
    """From when it holds, UTC."""
    valid_until_milliseconds: Timestamp | None
    """Until when it holds, UTC, exclusive; null for no end."""
    revoked_at_milliseconds: Timestamp | None
    """When it was revoked, UTC; null if it was not."""


@event(PARTIES_STATE, identity=ALL_FIELDS, owner="party", subject="party_id")
class PartyRecorded(NamedTuple):
    """A rights holder, agent or seller as now known; the last record for a key counts."""

    party_id: PartyId
    """Id of the party; key of the record."""
    kind: PartyKind
    """What the party is."""
    name: PersonName
    """Name of the party."""
    register_names: Many[PersonName]
    """Names under which registers list it as owner."""
    trademark_keys: Many[TrademarkKey]
    """Keys (office + ':' + application number) of marks whose ownership was verified by
    document."""
    identity_verified: bool
    """Whether its identity document was verified."""
    authorisations: Many[Authorisation]
    """Leave given to this agent by rights holders."""
    authorised_seller_ids: Many[PersonReference]
    """Sellers that this rights holder has licensed for all marks, goods and countries, without
    end."""
    recorded_at_milliseconds: Timestamp
    """When this was recorded, UTC."""
    linked_seller_ids: Many[PersonReference] = ()
    """Sellers held to be the same person or under one control."""
    trusted_flagger_grounds: UpTo300[Word] = ()
    """Grounds for which it is a trusted flagger (DSA Article 22); empty for none."""
    language: LanguageCode = ""
    """ISO 639-1 code of the party's language; empty when unknown."""
    country: CountryCode = ""
    """ISO 3166-1 alpha-2 code of the party's country, whose days count for its own times too, and
    by which an owner is told from another of its name; empty when unknown."""
    offer_count: Whole | None = None
    """How many listings it offers at present, of which those struck are a share; null when
    unknown."""
    licences: Many[Licence] = ()
    """Licences that this rights holder has given, within their bounds."""
    trader_identity_missing: UpTo300[Word] | None = None
    """What a seller who trades still has to tell of itself (DSA Article 30(1); 15 USC 45f), such as
    contact, identity_document, payment_account, trade_register, tax_number or self_certification;
    empty for nothing, null where that is not known."""
