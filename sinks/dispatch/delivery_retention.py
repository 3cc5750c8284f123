"""What dispatch keeps, and for how long: as long as Kafka keeps the commands.

By then a command can't come again, so its id need not be known any more.
"""

from sinks.database.async_connection import AsyncConnection

KEPT_MILLISECONDS = 9_600 * 3_600_000
AT_ONCE = 10_000


async def forget_old(connection: AsyncConnection, now_milliseconds: int) -> None:
    """Delete a slice of what is older, and over: deliveries, acknowledgements, counts of caps."""
    before = now_milliseconds - KEPT_MILLISECONDS
    values = {"before": before, "limit": AT_ONCE}
    await connection.execute(
        """
        DELETE FROM deliveries WHERE delivery_number IN (
            SELECT delivery_number FROM deliveries
            WHERE taken_in_at_milliseconds < %(before)s AND state IN ('delivered', 'cancelled')
            LIMIT %(limit)s
        )
        """,
        values,
    )
    await connection.execute(
        """
        DELETE FROM recorded_acknowledgements WHERE acknowledgement_id IN (
            SELECT acknowledgement_id FROM recorded_acknowledgements
            WHERE acknowledged_at_milliseconds < %(before)s LIMIT %(limit)s
        )
        """,
        values,
    )
    await connection.execute(
        """
        DELETE FROM dispatch_counts WHERE (scope, begins_at_milliseconds) IN (
            SELECT scope, begins_at_milliseconds FROM dispatch_counts
            WHERE begins_at_milliseconds < %(before)s LIMIT %(limit)s
        )
        """,
        values,
    )
