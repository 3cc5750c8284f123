"""Questions to the team and their answers lie in the store of private texts."""

from alembic import op

revision = "cases_9"
down_revision = "cases_8"
branch_labels = None
depends_on = None

COLUMNS = ("question_sha256", "answer_sha256")


def upgrade() -> None:
    """Add their hashes; a row from before has its texts and no hash."""
    for column in COLUMNS:
        op.execute(f"ALTER TABLE inquiries ADD COLUMN {column} text")


def downgrade() -> None:
    """Take them away."""
    for column in COLUMNS:
        op.execute(f"ALTER TABLE inquiries DROP COLUMN {column}")
