"""Parties as they were last recorded, as pages ask for them."""

from ops.web.site import Visit
from schemas.events.parties import PartyRecorded
from streams.sources.filing.recorded_parties import known_party


def known(visit: Visit, party_id: str) -> PartyRecorded | None:
    """Return a party as it was last recorded, or None. Errors: Problem UNAVAILABLE."""
    with visit.services.database.connection() as connection:
        return known_party(visit.services, connection, party_id)
