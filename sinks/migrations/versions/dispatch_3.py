"""Endpoints that are recorded by API or command, with their secrets sealed."""

from alembic import op

revision = "dispatch_3"
down_revision = "dispatch_2"


def upgrade() -> None:
    """Make the table; times are milliseconds, UTC. `commands` is null where all are taken that are
    taken by default."""
    op.execute(
        """
        CREATE TABLE marketplace_endpoints (
            marketplace text PRIMARY KEY,
            url text NOT NULL,
            commands text[],
            concurrency integer NOT NULL,
            timeout_seconds double precision NOT NULL,
            key_id text NOT NULL,
            wrapping_key text NOT NULL,
            wrapped bytea NOT NULL,
            secrets bytea NOT NULL,
            changed_by text NOT NULL,
            changed_at_milliseconds bigint NOT NULL
        )
        """
    )


def downgrade() -> None:
    """Take it away."""
    op.execute("DROP TABLE marketplace_endpoints")
