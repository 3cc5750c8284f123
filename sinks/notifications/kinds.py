"""What parties can be told of, what they may choose, and what a seller is told in any case."""

from collections.abc import Iterable, Mapping
from typing import Final, Literal

from schemas.events.notices import NotifyParty
from schemas.events.parties import PartyRole
from schemas.events.standings import SanctionParty
from schemas.statements.statement import TOLD_KINDS

Way = Literal["email", "webhook"]

DESTINATIONS: Final[Mapping[Way, str]] = {"email": "party-email", "webhook": "party-webhook"}
"""Each way's name in the queue of submissions."""

SANCTION: Final = "sanction"
CONFIRM: Final = "confirm_address"
"""The message with the link that confirms an address; nobody chooses it."""

KINDS: Final[Mapping[PartyRole, tuple[str, ...]]] = {
    "complainant": (
        *("complaint_received", "clarification_asked", "decision", "counter_notice_filed"),
        *("appeal_filed", "appeal_decided", SANCTION),
    ),
    "seller": (
        *("decision", "counter_notice_open", "counter_notice_answered", "counter_notice_decided"),
        *("put_back_scheduled", "retracted", "appeal_filed", "appeal_decided", SANCTION),
    ),
}
"""What each part is told of, in the order of a case."""

OBLIGATORY: Final[Mapping[PartyRole, frozenset[str]]] = {
    "complainant": frozenset(),
    "seller": frozenset({*TOLD_KINDS, SANCTION}),
}
"""What goes by each way that a party has, whatever it chose: statements of reasons to sellers."""


def kind_of(command: NotifyParty | SanctionParty) -> str:
    """Return what a command tells of."""
    return command.kind if isinstance(command, NotifyParty) else SANCTION


def chosen(part: PartyRole, kinds: Iterable[str]) -> list[str]:
    """Return those of the kinds that the part can choose, with those that it is told anyway."""
    wanted = {*kinds, *OBLIGATORY[part]}
    return [each for each in KINDS[part] if each in wanted]
