"""Commands to the marketplaces."""

from typing import NamedTuple

from schemas.declaration import event
from schemas.topic_names import TAKEDOWNS_COMMANDS


@event(TAKEDOWNS_COMMANDS, identity=("command_id",), owner="listing", made_by=("worker",))
class TakeDownListing(NamedTuple):
    """The marketplace is told to take a listing down. Fields: schemas/avro."""

    command_id: str
    case_id: str
    decision_number: int
    listing_id: str
    marketplace: str
    seller_id: str
    listing_version: int
    url: str
    trademark_key: str
    mark_text: str | None
    ground: str
    territory: str
    reason_codes: tuple[str, ...]
    received_at_milliseconds: int
    deadline_at_milliseconds: int
    issued_at_milliseconds: int
    title: str | None
    rule_id: str = ""
    complainant_id: str = ""
    automated: bool = True


@event(TAKEDOWNS_COMMANDS, identity=("command_id",), owner="listing", made_by=("worker",))
class ReinstateListing(NamedTuple):
    """The marketplace is told to put a listing back. Fields: schemas/avro."""

    command_id: str
    case_id: str
    decision_number: int
    listing_id: str
    marketplace: str
    seller_id: str
    reason_codes: tuple[str, ...]
    issued_at_milliseconds: int
    rule_id: str = ""
    complainant_id: str = ""
