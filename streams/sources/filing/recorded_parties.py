"""Parties as they were last recorded, those on their way to their topic first."""

from schemas.events.parties import PartyRecorded
from schemas.topic_names import PARTIES_STATE
from streams.sources.filing.database import Connection
from streams.sources.filing.party_changes import PartiesUnread
from streams.sources.filing.problems import UNAVAILABLE, Problem
from streams.sources.filing.services import Services


def known_party(services: Services, connection: Connection, party_id: str) -> PartyRecorded | None:
    """Return a party as recorded last: it may be on its way to the topic. Errors: Problem."""
    row = connection.execute(
        """
        SELECT value, headers FROM outbox
        WHERE topic = %s AND record_key = %s AND sent_at_milliseconds IS NULL
        ORDER BY outbox_id DESC LIMIT 1
        """,
        (PARTIES_STATE, party_id),
    ).fetchone()
    if row is not None:
        event: PartyRecorded = services.codec.decode(PARTIES_STATE, bytes(row["value"]), [])
        return event
    try:
        return services.parties.find(party_id)
    except PartiesUnread as error:
        told = "What is recorded of parties can't be read; send the same request again."
        raise Problem(UNAVAILABLE, told, headers={"Retry-After": "5"}) from error


def parties_on_their_way(services: Services, connection: Connection) -> list[PartyRecorded]:
    """Return the newest records of parties that are not in their topic yet."""
    rows = connection.execute(
        """
        SELECT DISTINCT ON (record_key) value FROM outbox
        WHERE topic = %s AND sent_at_milliseconds IS NULL ORDER BY record_key, outbox_id DESC
        """,
        (PARTIES_STATE,),
    ).fetchall()
    return [services.codec.decode(PARTIES_STATE, bytes(row["value"]), []) for row in rows]
