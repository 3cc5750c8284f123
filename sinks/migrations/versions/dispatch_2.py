"""Deliveries carry on the trace of their command."""

from alembic import op

revision = "dispatch_2"
down_revision = "dispatch_1"


def upgrade() -> None:
    """Add the header as it came; those before have none."""
    op.execute("ALTER TABLE deliveries ADD COLUMN traceparent text NOT NULL DEFAULT ''")


def downgrade() -> None:
    """Take it away."""
    op.execute("ALTER TABLE deliveries DROP COLUMN traceparent")
