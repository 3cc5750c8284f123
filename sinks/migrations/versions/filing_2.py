"""The hash of a request that lies in the store of private texts."""

from alembic import op

revision = "filing_2"
down_revision = "filing_1"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add it; a filing from before has its request and no hash."""
    op.execute("ALTER TABLE filings ADD COLUMN request_sha256 text")


def downgrade() -> None:
    """Take it away."""
    op.execute("ALTER TABLE filings DROP COLUMN request_sha256")
