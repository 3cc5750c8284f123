"""One outbox, into which what waits in the three older ones is carried.

It is one transaction with the older tables locked, so that each row is in one place or the other
whenever it ends. Rows that were sent are left behind. The headers of rows that had none are made
here, as the older publishers made them: a row that was sent and not yet marked has the same id when
it is sent again.
"""

import json
from collections.abc import Iterator
from typing import Any

import psycopg
from alembic import op

from schemas.catalog import event_of
from schemas.wire.codec import Codec

revision = "outbox_1"
down_revision = "positions_1"
depends_on = ("cases_2", "dispatch_1", "filing_1")

PAGE = 1_000
LOCK = """
    LOCK TABLE filings, filing_outbox_lanes, filing_outbox, outbox, acknowledgement_outbox
    IN ACCESS EXCLUSIVE MODE
"""
"""In the order in which the services lock them, before anything else is."""

TABLE = """
    CREATE TABLE outbox (
        outbox_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        source text NOT NULL CHECK (source IN ('filing', 'desk', 'dispatch')),
        source_id text,
        topic text NOT NULL,
        record_key text NOT NULL,
        event_type text NOT NULL,
        value bytea,
        content json,
        headers json NOT NULL,
        written_at_milliseconds bigint NOT NULL,
        sent_at_milliseconds bigint,
        refusal text,
        CHECK ((value IS NULL) <> (content IS NULL))
    )
"""
INDEXES = (
    """
    CREATE INDEX outbox_waiting ON outbox (topic, outbox_id)
        WHERE sent_at_milliseconds IS NULL AND refusal IS NULL
    """,
    """
    CREATE INDEX outbox_refused ON outbox (outbox_id)
        WHERE sent_at_milliseconds IS NULL AND refusal IS NOT NULL
    """,
    """
    CREATE INDEX outbox_sent ON outbox (sent_at_milliseconds)
        WHERE sent_at_milliseconds IS NOT NULL
    """,
    """
    CREATE INDEX outbox_unsent_of ON outbox (source_id)
        WHERE sent_at_milliseconds IS NULL AND source_id IS NOT NULL
    """,
)
CARRY_FILINGS = """
    INSERT INTO outbox (
        source, source_id, topic, record_key, event_type, value, headers, written_at_milliseconds
    )
    SELECT 'filing', filing_id, topic, record_key,
        coalesce((
            SELECT substr(header ->> 1, 4) FROM jsonb_array_elements(headers) AS header
            WHERE header ->> 0 = 'ce_type'
        ), ''),
        value, headers, timestamp_milliseconds
    FROM filing_outbox WHERE sent_at_milliseconds IS NULL ORDER BY outbox_id
"""
DESK_ROWS = """
    SELECT topic, key, event, content, written_at_milliseconds, refusal FROM older_desk_outbox
    WHERE sent_at_milliseconds IS NULL ORDER BY outbox_id
"""
ACKNOWLEDGEMENTS = """
    SELECT 'ip.acknowledgements.events', listing_id, 'CommandAcknowledged',
        json_build_object(
            'acknowledgement_id', acknowledgement_id, 'command_id', command_id,
            'case_id', case_id, 'listing_id', listing_id, 'marketplace', marketplace,
            'result', result, 'detail', detail,
            'acknowledged_at_milliseconds', acknowledged_at_milliseconds
        ), acknowledged_at_milliseconds, NULL
    FROM acknowledgement_outbox WHERE NOT published ORDER BY acknowledgement_number
"""
CARRY = """
    INSERT INTO outbox (
        source, topic, record_key, event_type, content, headers, written_at_milliseconds, refusal
    ) VALUES (%s, %s, %s, %s, %s, %s, %s, %s)
"""
KEEP_ACKNOWLEDGEMENT_IDS = (
    "ALTER TABLE acknowledgement_outbox RENAME TO recorded_acknowledgements",
    """
    ALTER TABLE recorded_acknowledgements
        DROP COLUMN acknowledgement_number, DROP COLUMN command_id, DROP COLUMN case_id,
        DROP COLUMN listing_id, DROP COLUMN marketplace, DROP COLUMN result, DROP COLUMN detail,
        DROP COLUMN published
    """,
    """
    ALTER TABLE recorded_acknowledgements
        RENAME CONSTRAINT acknowledgement_outbox_acknowledgement_id_key TO recorded_once
    """,
    """
    CREATE INDEX recorded_acknowledgements_age ON recorded_acknowledgements
        USING brin (acknowledged_at_milliseconds)
    """,
)

OLDER_TABLES = (
    """
    CREATE TABLE filing_outbox (
        outbox_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        filing_id text NOT NULL REFERENCES filings ON DELETE CASCADE,
        lane smallint NOT NULL,
        topic text NOT NULL,
        record_key text NOT NULL,
        value bytea NOT NULL,
        headers jsonb NOT NULL,
        timestamp_milliseconds bigint NOT NULL,
        sent_at_milliseconds bigint
    )
    """,
    """
    CREATE INDEX filing_outbox_to_send ON filing_outbox (lane, outbox_id)
        WHERE sent_at_milliseconds IS NULL
    """,
    "CREATE INDEX filing_outbox_by_filing ON filing_outbox (filing_id)",
    "CREATE TABLE filing_outbox_lanes (lane smallint PRIMARY KEY)",
    "INSERT INTO filing_outbox_lanes SELECT generate_series(0, 15)",
    """
    CREATE TABLE outbox (
        outbox_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        topic text NOT NULL,
        key text NOT NULL,
        event text NOT NULL,
        content jsonb NOT NULL,
        written_at_milliseconds bigint NOT NULL,
        sent_at_milliseconds bigint,
        refusal text
    )
    """,
    "CREATE INDEX ON outbox (outbox_id) WHERE sent_at_milliseconds IS NULL AND refusal IS NULL",
    "CREATE INDEX ON outbox (sent_at_milliseconds) WHERE sent_at_milliseconds IS NOT NULL",
    """
    CREATE TABLE acknowledgement_outbox (
        acknowledgement_number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        acknowledgement_id text NOT NULL UNIQUE,
        command_id text NOT NULL,
        case_id text NOT NULL,
        listing_id text NOT NULL,
        marketplace text NOT NULL,
        result text NOT NULL,
        detail text NOT NULL,
        acknowledged_at_milliseconds bigint NOT NULL,
        published boolean NOT NULL DEFAULT false
    )
    """,
    """
    CREATE INDEX acknowledgement_outbox_unpublished ON acknowledgement_outbox
        (acknowledgement_number) WHERE NOT published
    """,
    """
    INSERT INTO acknowledgement_outbox (
        acknowledgement_id, command_id, case_id, listing_id, marketplace, result, detail,
        acknowledged_at_milliseconds, published
    )
    SELECT acknowledgement_id, '', '', '', '', '', '', acknowledged_at_milliseconds, true
    FROM recorded_acknowledgements
    """,
    "DROP TABLE recorded_acknowledgements",
)


def upgrade() -> None:
    """Make the outbox, carry over what waits, and keep the ids of acknowledgements."""
    for statement in (LOCK, "ALTER TABLE outbox RENAME TO older_desk_outbox", TABLE, *INDEXES):
        op.execute(statement)
    op.execute(CARRY_FILINGS)
    connection: Any = op.get_bind().connection.driver_connection
    for source, query in (("desk", DESK_ROWS), ("dispatch", ACKNOWLEDGEMENTS)):
        for page in _pages(connection, query):
            with connection.cursor() as cursor:
                cursor.executemany(CARRY, [_carried(source, row) for row in page])
    for table in ("filing_outbox", "filing_outbox_lanes", "older_desk_outbox"):
        op.execute(f"DROP TABLE {table}")
    for statement in KEEP_ACKNOWLEDGEMENT_IDS:
        op.execute(statement)


def downgrade() -> None:
    """Make the older tables again, empty. Errors: RuntimeError while rows wait to be sent."""
    op.execute("LOCK TABLE outbox, recorded_acknowledgements IN ACCESS EXCLUSIVE MODE")
    query = "SELECT count(*) FROM outbox WHERE sent_at_milliseconds IS NULL"
    waiting = op.get_bind().exec_driver_sql(query).scalar()
    if waiting:
        raise RuntimeError(f"{waiting} rows of the outbox are to be sent before")
    op.execute("DROP TABLE outbox")
    for statement in OLDER_TABLES:
        op.execute(statement)


def _pages(connection: psycopg.Connection[Any], query: str) -> Iterator[list[tuple[Any, ...]]]:
    with connection.cursor("carried") as cursor:
        cursor.execute(query.encode())
        while page := cursor.fetchmany(PAGE):
            yield page


def _carried(source: str, row: tuple[Any, ...]) -> tuple[Any, ...]:
    topic, key, event_type, content, written_at, refusal = row
    headers: list[list[str]] = []
    try:
        event = event_of(event_type, content)
        headers = [[name, value.decode()] for name, value in Codec.headers(event, key, written_at)]
    except Exception as error:
        # A row that is no event is set aside, as it would be when it is published.
        refusal = refusal or repr(error)[:1_000]
    documents = (json.dumps(content), json.dumps(headers))
    return (source, topic, key, event_type, *documents, written_at, refusal)
