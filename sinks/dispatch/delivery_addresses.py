"""To which marketplaces deliveries go, by the endpoints in force."""

from sinks.database.database import Connection
from sinks.dispatch.delivery_order import PROMOTE_ALL
from sinks.dispatch.settings import DispatchSettings
from sinks.dispatch.webhook_message import EVERY_MARKETPLACE, EVERY_TYPE

NO_ENDPOINT = ("no_endpoint", "no endpoint is known for it")
"""Reason and detail of what is held for want of an endpoint."""

_COPIED = """
    command_id, type, order_key, listing_id, case_id, rule_id, complainant_id, seller_id,
    restrictive, body, issued_at_milliseconds, taken_in_at_milliseconds, due_at_milliseconds
"""


def takers_of(settings: DispatchSettings, kind: str) -> list[str]:
    """Return the marketplaces that take commands of a type."""
    return [each.marketplace for each in settings.endpoints.values() if kind in each.types]


def address_again(connection: Connection, settings: DispatchSettings) -> None:
    """Hold what has no endpoint any more, and address what had none, within the caller's
    transaction."""
    connection.execute(
        """
        UPDATE deliveries SET state = 'held', reason = %s, detail = %s
        WHERE state IN ('due', 'waiting') AND marketplace <> ALL(%s)
        """,
        (*NO_ENDPOINT, list(settings.endpoints)),
    )
    for kind in sorted(EVERY_TYPE):
        for marketplace in takers_of(settings, kind):
            connection.execute(
                f"""
                INSERT INTO deliveries ({_COPIED}, marketplace, state)
                SELECT {_COPIED}, %s, 'waiting' FROM deliveries
                WHERE marketplace = %s AND state = 'held' AND type = %s
                ORDER BY delivery_number
                ON CONFLICT (command_id, marketplace) DO NOTHING
                """,  # noqa: S608 - put together of constants
                (marketplace, EVERY_MARKETPLACE, kind),
            )
    connection.execute(
        """
        UPDATE deliveries SET state = 'cancelled', reason = 'addressed',
            detail = 'it goes to each marketplace that takes it'
        WHERE marketplace = %s AND state = 'held' AND type = ANY(%s)
        """,
        (EVERY_MARKETPLACE, [kind for kind in EVERY_TYPE if takers_of(settings, kind)]),
    )
    connection.execute(PROMOTE_ALL)
