"""What senders do in the table of deliveries: claim, tell how it went, look after the rest.

A claim is a lease by PostgreSQL's clock: what a killed sender had claimed comes back when it ends.
Due times are by the service's clock, which may run faster in a simulation.
"""

from collections.abc import Iterable, Mapping, Sequence

from psycopg.rows import class_row

from sinks.database.async_connection import AsyncConnection, DispatchDatabase
from sinks.database.outbox import INSERT_ROW, content_row
from sinks.dispatch.delivery import DeferredDelivery, Delivery, Received, Tally
from sinks.dispatch.delivery_order import PROMOTE_AFTER, PROMOTE_ALL
from sinks.dispatch.delivery_retention import forget_old

_CLAIM = f"""
    WITH chosen AS (
        SELECT candidate.delivery_number
        FROM unnest(%(marketplaces)s::text[], %(slots)s::int[]) AS lane(marketplace, slots)
        CROSS JOIN LATERAL (
            SELECT due.delivery_number FROM deliveries AS due
            WHERE due.marketplace = lane.marketplace AND due.state = 'due'
            AND due.due_at_milliseconds <= %(now)s
            AND (due.leased_until IS NULL OR due.leased_until < now())
            ORDER BY due.due_at_milliseconds, due.delivery_number
            LIMIT lane.slots FOR UPDATE SKIP LOCKED
        ) AS candidate
    )
    UPDATE deliveries AS d
    SET leased_until = now() + make_interval(secs => %(lease_seconds)s), claims = d.claims + 1
    FROM chosen WHERE d.delivery_number = chosen.delivery_number
    RETURNING {", ".join(f"d.{field}" for field in Delivery._fields)}
"""  # noqa: S608 - put together of constants

_RECEIVED = """
    UPDATE deliveries AS d SET
        state = 'delivered', reason = '', detail = given.detail, leased_until = NULL,
        attempts = d.attempts + 1, last_status = given.status, result = given.result,
        delivered_at_milliseconds = given.at
    FROM unnest(%s::bigint[], %s::int[], %s::bigint[], %s::text[], %s::text[])
        AS given(delivery_number, status, at, result, detail)
    WHERE d.delivery_number = given.delivery_number AND d.state <> 'delivered'
"""

_SET_ASIDE = """
    UPDATE deliveries AS d SET
        state = given.state, reason = given.reason, detail = given.detail, leased_until = NULL,
        due_at_milliseconds = given.due_at, attempts = d.attempts + given.attempted,
        last_status = coalesce(given.status, d.last_status)
    FROM unnest(%s::bigint[], %s::int[], %s::text[], %s::text[], %s::text[], %s::bigint[],
        %s::int[], %s::int[])
        AS given(delivery_number, claims, state, reason, detail, due_at, attempted, status)
    WHERE d.delivery_number = given.delivery_number AND d.claims = given.claims
    AND d.state = 'due'
"""

_NOT_RECORDED_BEFORE = """
    INSERT INTO recorded_acknowledgements (acknowledgement_id, acknowledged_at_milliseconds)
    SELECT * FROM unnest(%s::text[], %s::bigint[])
    ON CONFLICT (acknowledgement_id) DO NOTHING
    RETURNING acknowledgement_id
"""


class DeliveryQueue:
    """The senders' side of the table. PostgreSQL's absence is waited out within each call."""

    def __init__(self, claims: DispatchDatabase, records: DispatchDatabase) -> None:
        self._claims = claims
        self._records = records

    async def claim(
        self, slots: Mapping[str, int], now_milliseconds: int, lease_seconds: float
    ) -> list[Delivery]:
        """Claim up to so many due deliveries of each marketplace, the longest due first."""

        async def work(connection: AsyncConnection) -> list[Delivery]:
            async with connection.cursor(row_factory=class_row(Delivery)) as cursor:
                await cursor.execute(
                    _CLAIM,
                    {
                        "marketplaces": list(slots),
                        "slots": list(slots.values()),
                        "now": now_milliseconds,
                        "lease_seconds": lease_seconds,
                    },
                )
                return await cursor.fetchall()

        return await self._claims.run(work)

    async def record(self, received: list[Received], set_aside: list[DeferredDelivery]) -> None:
        """Write how claims ended, with acknowledgements, in one transaction."""

        async def work(connection: AsyncConnection) -> None:
            if received:
                await _record_received(connection, received)
            if set_aside:
                await connection.execute(_SET_ASIDE, _columns(_set_aside_rows(set_aside)))

        await self._records.run(work)

    async def disable(self, marketplace: str, reason: str, at_milliseconds: int) -> None:
        """Disable an endpoint that is gone, and hold what was to go there."""

        async def work(connection: AsyncConnection) -> None:
            await connection.execute(
                """
                INSERT INTO disabled_endpoints VALUES (%s, %s, %s)
                ON CONFLICT (marketplace) DO NOTHING
                """,
                (marketplace, reason, at_milliseconds),
            )

        await self._records.run(work)

    async def look_after(self, halted_scopes: Iterable[str], known: Iterable[str]) -> set[str]:
        """Bring on what waits for nothing any more; give the endpoints that are disabled.

        Halted are the scopes, known the marketplaces that have endpoints.
        """

        async def work(connection: AsyncConnection) -> set[str]:
            await connection.execute(
                """
                UPDATE deliveries AS d SET state = 'held', reason = 'endpoint_gone',
                    detail = disabled.reason, leased_until = NULL
                FROM disabled_endpoints AS disabled
                WHERE d.state = 'due' AND d.marketplace = disabled.marketplace
                """
            )
            await connection.execute(
                """
                UPDATE deliveries SET state = 'waiting', reason = '', detail = ''
                WHERE state = 'held' AND (
                    (reason = 'halted' AND detail <> ALL(%s))
                    OR (reason = 'no_endpoint' AND marketplace = ANY(%s))
                )
                """,
                (list(halted_scopes), list(known)),
            )
            await connection.execute(PROMOTE_ALL)
            rows = await connection.execute("SELECT marketplace FROM disabled_endpoints")
            return {row[0] for row in await rows.fetchall()}

        return await self._records.run(work)

    async def forget_old(self, now_milliseconds: int) -> None:
        """Delete what is over and older than Kafka keeps its commands."""
        await self._records.run(lambda connection: forget_old(connection, now_milliseconds))

    async def tally(self, now_milliseconds: int) -> Tally:
        """Count what is due, and what is held or failed."""

        async def work(connection: AsyncConnection) -> Tally:
            due = await connection.execute(
                "SELECT count(*) FROM deliveries WHERE state = 'due' AND due_at_milliseconds <= %s",
                (now_milliseconds,),
            )
            count = (await due.fetchone() or (0,))[0]
            held = await connection.execute(
                """
                SELECT reason, count(*) FROM deliveries WHERE state IN ('held', 'failed')
                GROUP BY reason
                """
            )
            return Tally(count, dict(await held.fetchall()))

        return await self._records.run(work)


async def _record_received(connection: AsyncConnection, received: list[Received]) -> None:
    rows = [
        (each.delivery.delivery_number, each.status, each.at_milliseconds, each.result, each.detail)
        for each in received
    ]
    await connection.execute(_RECEIVED, _columns(rows))
    await _tell(connection, received)
    numbers = [each.delivery.delivery_number for each in received]
    await connection.execute(PROMOTE_AFTER, {"numbers": numbers})


async def _tell(connection: AsyncConnection, received: list[Received]) -> None:
    """Put acknowledgements into the outbox, each once however often it comes."""
    told = [(each.acknowledgement, each.delivery) for each in received if each.acknowledgement]
    if not told:
        return
    given = [(each.acknowledgement_id, each.acknowledged_at_milliseconds) for each, _ in told]
    new = await connection.execute(_NOT_RECORDED_BEFORE, _columns(given))
    first = {each.acknowledgement_id: (each, of) for each, of in reversed(told)}
    events = [first[acknowledgement_id] for (acknowledgement_id,) in await new.fetchall()]
    rows = [
        content_row("dispatch", each, each.acknowledged_at_milliseconds, of.trace)
        for each, of in events
    ]
    async with connection.cursor() as cursor:
        await cursor.executemany(INSERT_ROW, rows)


def _set_aside_rows(set_aside: list[DeferredDelivery]) -> list[tuple[object, ...]]:
    return [
        (
            each.delivery.delivery_number,
            each.delivery.claims,
            each.state,
            each.reason,
            each.detail,
            each.due_at_milliseconds,
            int(each.attempted),
            each.status,
        )
        for each in set_aside
    ]


def _columns(rows: Sequence[tuple[object, ...]]) -> list[list[object]]:
    return [list(column) for column in zip(*rows, strict=True)]
