"""Drafts of complaints: of what is in one only how much, the words lie with the party's texts."""

from alembic import op

revision = "web_3"
down_revision = "web_2"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table; times are milliseconds, UTC. A draft's id is the source of its text."""
    op.execute(
        """
        CREATE TABLE web_drafts (
            draft_id text PRIMARY KEY,
            party_id text NOT NULL,
            member_id text NOT NULL,
            ground text NOT NULL,
            step text NOT NULL,
            listings integer NOT NULL,
            content_sha256 text NOT NULL,
            changed_at_milliseconds bigint NOT NULL
        )
        """
    )
    op.execute("CREATE INDEX ON web_drafts (party_id, changed_at_milliseconds)")
    op.execute("CREATE INDEX ON web_drafts (changed_at_milliseconds)")


def downgrade() -> None:
    """Take it away."""
    op.execute("DROP TABLE web_drafts")
