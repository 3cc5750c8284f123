"""Hashes of the texts that lie in the store of private texts."""

from alembic import op

revision = "cases_8"
down_revision = "cases_7"
branch_labels = None
depends_on = None

COLUMNS = (
    ("cases", "statement_sha256"),
    ("clarifications", "statement_sha256"),
    ("counter_notices", "statement_sha256"),
    ("counter_notice_answers", "explanation_sha256"),
    ("appeals", "statement_sha256"),
)


def upgrade() -> None:
    """Add them; a row from before has its text and no hash."""
    for table, column in COLUMNS:
        op.execute(f"ALTER TABLE {table} ADD COLUMN {column} text")


def downgrade() -> None:
    """Take them away."""
    for table, column in COLUMNS:
        op.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
