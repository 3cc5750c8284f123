"""Rows to parties: what a row leaves out stays as it was last recorded."""

from collections.abc import Mapping
from typing import Any

from schemas.events.parties import PartyRecorded
from schemas.record import as_avro
from streams.sources.feeds.conversion import event_from
from streams.sources.feeds.rows import RowError

NEW: Mapping[str, Any] = {
    "register_names": (),
    "trademark_keys": (),
    "identity_verified": False,
    "authorisations": (),
    "authorised_seller_ids": (),
}
"""What is held of a party of which nothing was recorded."""


def party_of(
    fields: Mapping[str, Any], known: Mapping[str, PartyRecorded], now_milliseconds: int
) -> PartyRecorded:
    """Return a party with these fields, over what is known of it. Errors: RowError."""
    party_id = fields.get("party_id")
    before = known.get(party_id) if isinstance(party_id, str) else None
    if before is not None and fields.get("kind", before.kind) != before.kind:
        raise RowError("another_kind", f"it is recorded as a {before.kind}")
    held = NEW if before is None else as_avro(before)
    return event_from(
        PartyRecorded, {**held, **fields, "recorded_at_milliseconds": now_milliseconds}
    )
