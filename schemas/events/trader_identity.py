"""Who a trader is, where a seller against whom cases stand has not told it."""

from typing import Literal, NamedTuple

from schemas.declaration import event
from schemas.fields import Identifier, LanguageCode, PartyId, Timestamp, UpTo300, Word
from schemas.topic_names import ACCOUNTS_COMMANDS

IdentityStage = Literal["asked", "overdue"]
"""asked: the seller is to tell what is missing; overdue: it has not in its time, and whether its
sales are suspended is for people."""


@event(ACCOUNTS_COMMANDS, identity=("command_id",), owner="party", made_by=("worker",))
class AskTraderIdentity(NamedTuple):
    """A marketplace is to ask a seller for what is missing of its identity as a trader (DSA Article
    30(3); 15 USC 45f(a)), or is told that it was not given in time."""

    command_id: Identifier
    """Hash of seller, stage and time; one effect for one id."""
    party_id: PartyId
    """Seller concerned; key of the record."""
    stage: IdentityStage
    """What it is about."""
    missing: UpTo300[Word]
    """What is missing, as recorded of the party."""
    answer_until_milliseconds: Timestamp
    """Until when it is to be told, UTC."""
    issued_at_milliseconds: Timestamp
    """When it was issued, UTC."""
    language: LanguageCode = ""
    """Language of the party, ISO 639-1; empty when unknown."""
