"""What parties to a case are told."""

from typing import Literal, NamedTuple

from schemas.declaration import event
from schemas.events.parties import PartyRole
from schemas.topic_names import NOTICES_COMMANDS

NoticeKind = Literal[
    "complaint_received",
    "decision",
    "clarification_asked",
    "counter_notice_open",
    "counter_notice_filed",
    "counter_notice_decided",
    "put_back_scheduled",
    "appeal_decided",
    "retracted",
]
"""What it is about."""


@event(NOTICES_COMMANDS, identity=("command_id",), owner="party", made_by=("worker",))
class NotifyParty(NamedTuple):
    """A party to a case is to be told something (DSA Articles 16(4)-(5) and 17; DMCA 512(g)(2)).
    Fields: schemas/avro."""

    command_id: str
    party_id: str
    role: PartyRole
    kind: NoticeKind
    case_id: str
    listing_id: str
    marketplace: str
    decision_number: int
    outcome: str
    reason_codes: tuple[str, ...]
    automated: bool
    answer_until_milliseconds: int | None
    appeal_until_milliseconds: int | None
    issued_at_milliseconds: int
