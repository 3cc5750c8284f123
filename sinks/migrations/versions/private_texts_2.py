"""Requests to erase parties, duties that stand against it, and which filing says which text."""

from alembic import op

revision = "private_texts_2"
down_revision = "private_texts_1"
branch_labels = None
depends_on = None

TABLES = (
    """
    CREATE TABLE erasure_requests (
        request_id text PRIMARY KEY,
        party_id text NOT NULL,
        state text NOT NULL CHECK (state IN ('waiting', 'erased', 'withdrawn')),
        requested_by text NOT NULL,
        requested_at_milliseconds bigint NOT NULL,
        tried_at_milliseconds bigint NOT NULL,
        ended_at_milliseconds bigint
    )
    """,
    "CREATE UNIQUE INDEX ON erasure_requests (party_id) WHERE state = 'waiting'",
    "CREATE INDEX ON erasure_requests (party_id, requested_at_milliseconds)",
    "CREATE INDEX ON erasure_requests (tried_at_milliseconds) WHERE state = 'waiting'",
    """
    CREATE TABLE legal_holds (
        hold_number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        party_id text NOT NULL,
        reason text NOT NULL,
        until_milliseconds bigint,
        recorded_by text NOT NULL,
        recorded_at_milliseconds bigint NOT NULL,
        lifted_at_milliseconds bigint
    )
    """,
    "CREATE INDEX ON legal_holds (party_id)",
    """
    CREATE TABLE private_text_uses (
        sha256 text NOT NULL,
        source_id text NOT NULL,
        PRIMARY KEY (source_id, sha256)
    )
    """,
    "CREATE INDEX ON private_text_uses (sha256)",
)


def upgrade() -> None:
    """Make the tables; times are milliseconds, UTC."""
    for statement in TABLES:
        op.execute(statement)


def downgrade() -> None:
    """Take them away."""
    for table in ("private_text_uses", "legal_holds", "erasure_requests"):
        op.execute(f"DROP TABLE {table}")
