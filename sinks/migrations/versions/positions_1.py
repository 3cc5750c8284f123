"""Positions of sinks in their topics; the other branches of versions rest on this one."""

from alembic import op

revision = "positions_1"
down_revision = None


def upgrade() -> None:
    """Make the table."""
    op.execute(
        """
        CREATE TABLE positions (
            sink text NOT NULL,
            topic text NOT NULL,
            partition integer NOT NULL,
            next_offset bigint NOT NULL,
            PRIMARY KEY (sink, topic, partition)
        )
        """
    )


def downgrade() -> None:
    """Take the table away."""
    op.execute("DROP TABLE positions")
