"""Goods and services of a mark, beside a review task."""

from alembic import op

revision = "cases_5"
down_revision = "cases_4"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; tasks from before have none."""
    op.execute("ALTER TABLE review_tasks ADD COLUMN mark_goods text NOT NULL DEFAULT ''")


def downgrade() -> None:
    """Take the column away."""
    op.execute("ALTER TABLE review_tasks DROP COLUMN mark_goods")
