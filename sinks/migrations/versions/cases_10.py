"""Decisions with what rules in shadow would have decided, by time."""

from alembic import op

revision = "cases_10"
down_revision = "cases_9"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the index."""
    op.execute(
        "CREATE INDEX decisions_shadow ON decisions (decided_at_milliseconds) "
        "WHERE shadow_outcome IS NOT NULL"
    )


def downgrade() -> None:
    """Take it away."""
    op.execute("DROP INDEX decisions_shadow")
