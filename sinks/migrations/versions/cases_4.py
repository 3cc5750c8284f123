"""Countries to which a command is limited."""

from alembic import op

revision = "cases_4"
down_revision = "cases_3"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; commands from before have none."""
    op.execute("ALTER TABLE commands ADD COLUMN territories text[]")


def downgrade() -> None:
    """Take the column away."""
    op.execute("ALTER TABLE commands DROP COLUMN territories")
