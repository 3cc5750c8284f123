"""Parties read the questions that they asked."""

from alembic import op

revision = "cases_7"
down_revision = "cases_6"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Find the questions of a party."""
    op.execute(
        "CREATE INDEX inquiries_of_party ON inquiries (party_id, received_at_milliseconds DESC)"
    )


def downgrade() -> None:
    """Find them no more."""
    op.execute("DROP INDEX inquiries_of_party")
