"""Sessions of the pages, and what was seen and done there."""

from alembic import op

revision = "web_1"
down_revision = "positions_1"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables; times are milliseconds, UTC. Of a session's id only a hash is kept."""
    op.execute(
        """
        CREATE TABLE web_sessions (
            session_hash bytea PRIMARY KEY,
            party_id text NOT NULL,
            role text NOT NULL,
            acts_for text[] NOT NULL,
            began_at_milliseconds bigint NOT NULL,
            expires_at_milliseconds bigint NOT NULL
        )
        """
    )
    op.execute("CREATE INDEX ON web_sessions (party_id)")
    op.execute("CREATE INDEX ON web_sessions (expires_at_milliseconds)")
    op.execute(
        """
        CREATE TABLE web_actions (
            action_number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            party_id text NOT NULL,
            role text NOT NULL,
            action text NOT NULL,
            subject text NOT NULL,
            acted_at_milliseconds bigint NOT NULL
        )
        """
    )
    op.execute("CREATE INDEX ON web_actions USING brin (acted_at_milliseconds)")


def downgrade() -> None:
    """Take them away."""
    op.execute("DROP TABLE web_sessions")
    op.execute("DROP TABLE web_actions")
