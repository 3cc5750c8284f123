"""Commands as the messages that marketplaces get, and what dispatch has to know of them."""

import json
import re
from datetime import UTC, datetime
from typing import Any, NamedTuple

from schemas.events.detections import BlockListing, DelistListing
from schemas.events.notices import InformBuyers, NotifyParty
from schemas.events.seller_orders import BlockSeller, UnblockSeller
from schemas.events.standings import SanctionParty
from schemas.events.suspicions import InformAuthorities
from schemas.events.takedowns import ReinstateListing, RestrictListing, TakeDownListing
from schemas.events.trader_identity import AskTraderIdentity
from schemas.record import as_avro
from schemas.statements.rendering import rendered
from schemas.statements.statement import statement_of

TAKE_DOWN = "listing.take_down"
RESTRICT = "listing.restrict"
REINSTATE = "listing.reinstate"
BLOCK_SELLER = "party.block"
PARTY_NOTIFY = "party.notify"
TYPES: dict[type[Any], str] = {
    TakeDownListing: TAKE_DOWN,
    RestrictListing: RESTRICT,
    ReinstateListing: REINSTATE,
    BlockListing: "listing.block",
    DelistListing: "listing.delist",
    SanctionParty: "party.sanction",
    BlockSeller: BLOCK_SELLER,
    UnblockSeller: "party.unblock",
    NotifyParty: PARTY_NOTIFY,
    InformBuyers: "buyers.inform",
    InformAuthorities: "authorities.inform",
    AskTraderIdentity: "party.ask_identity",
}
EVERY_TYPE = frozenset(TYPES.values())
OBLIGATORY_TYPES = frozenset({TAKE_DOWN, RESTRICT, REINSTATE})
REMOVING_TYPES = frozenset({TAKE_DOWN, RESTRICT, "listing.block", "listing.delist"})
"""Types that caps count: what takes something off a seller's listing."""

ENDING_TYPES = REMOVING_TYPES - {RESTRICT}
"""Types after which nobody is shown the listing."""

EVERY_MARKETPLACE = "*"
NOT_FOR_MARKETPLACES = frozenset(
    {"complainant_id", "said_by", "statement", "private_statement", "facts", "suspicion"}
)
"""Who complained is not needed to carry a command out (compare DSA Article 17(3)(b)). What parties
say to each other they read through the filing API, by the ids that are told. Facts are
told in words, as a statement of reasons. What is suspected of whom is for authorities."""

LATEST_MILLISECONDS = 253_402_300_799_999
"""The end of the year 9999; a time beyond it is no time that a receiver can read."""

_OF_PARTIES = SanctionParty | BlockSeller | UnblockSeller | NotifyParty | AskTraderIdentity
_ID = re.compile(r"[A-Za-z0-9_-]{1,128}")


class Message(NamedTuple):
    """A command to be delivered; `body` is JSON as it is signed and sent.

    Messages with one `order_key` reach a marketplace in order. `restrictive` tells whether it
    takes something from a party, as opposed to giving it back or telling it something.
    """

    command_id: str
    marketplace: str
    type: str
    order_key: str
    listing_id: str
    case_id: str
    rule_id: str
    complainant_id: str
    seller_id: str
    restrictive: bool
    body: str
    issued_at_milliseconds: int
    traceparent: str = ""


def message_of(command: Any) -> Message | None:
    """Return a command's message, or None for what is no command to marketplaces."""
    kind = TYPES.get(type(command))
    if kind is None:
        return None
    party = kind.startswith("party.")
    seller_id, complainant_id = _parties(command)
    return Message(
        command_id=_plain(command.command_id),
        marketplace=_plain(getattr(command, "marketplace", EVERY_MARKETPLACE)),
        type=kind,
        order_key=_plain(("party:" if party else "listing:") + _subject(command)),
        listing_id=_plain(getattr(command, "listing_id", "")),
        case_id=_plain(getattr(command, "case_id", "")),
        rule_id=_plain(getattr(command, "rule_id", "")),
        complainant_id=_plain(complainant_id),
        seller_id=_plain(seller_id),
        restrictive=kind in (*REMOVING_TYPES, BLOCK_SELLER)
        or (isinstance(command, SanctionParty) and command.sanction != "lift"),
        body=_body(kind, command),
        issued_at_milliseconds=_issued_at(command),
    )


def valid_id(command_id: str) -> bool:
    """Tell whether an id can be a webhook's: no full stop, as it is signed with those between."""
    return _ID.fullmatch(command_id) is not None


def _subject(command: Any) -> str:
    if isinstance(command, _OF_PARTIES):
        return command.party_id
    return str(command.listing_id)


def _parties(command: Any) -> tuple[str, str]:
    if isinstance(command, _OF_PARTIES):
        seller = getattr(command, "role", "seller") == "seller"
        return (command.party_id, "") if seller else ("", command.party_id)
    return command.seller_id, getattr(command, "complainant_id", "")


def _body(kind: str, command: Any) -> str:
    data = {
        name: value for name, value in as_avro(command).items() if name not in NOT_FOR_MARKETPLACES
    }
    words = _words(command)
    if words is not None:
        data["statement_of_reasons"] = words
    return body_of(kind, _issued_at(command), data)


def body_of(kind: str, issued_at_milliseconds: int, data: dict[str, Any]) -> str:
    """Write a message as Standard Webhooks asks: its type, when it was issued, and its data."""
    moment = datetime.fromtimestamp(issued_at_milliseconds / 1000, UTC)
    timestamp = moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    message = {"type": kind, "timestamp": timestamp, "data": data}
    return json.dumps(message, separators=(",", ":"))


def _words(command: Any) -> dict[str, str] | None:
    """Return the statement of reasons that a party is to be shown, in its language."""
    statement = statement_of(command)
    if statement is None:
        return None
    made = rendered(statement)
    return {"language": made.language, "title": made.title, "text": made.text}


def _issued_at(command: Any) -> int:
    return min(max(0, int(command.issued_at_milliseconds)), LATEST_MILLISECONDS)


def _plain(text: str) -> str:
    # PostgreSQL takes no NUL in text; in the body it stands escaped.
    return text.replace("\x00", "\ufffd")
