"""What is to be told to public databases: statements of reasons, and notices to Lumen."""

from alembic import op

revision = "statements_1"
down_revision = "positions_1"


def upgrade() -> None:
    """Make the tables."""
    op.execute(
        """
        CREATE TABLE submissions (
            submission_number bigint GENERATED ALWAYS AS IDENTITY,
            destination text NOT NULL,
            key text NOT NULL,
            after_key text,
            body jsonb NOT NULL,
            source_type text NOT NULL,
            source jsonb NOT NULL,
            state text NOT NULL CHECK (state IN ('pending', 'sent', 'refused')),
            errors jsonb NOT NULL DEFAULT '[]',
            reference text NOT NULL DEFAULT '',
            attempts integer NOT NULL DEFAULT 0,
            due_at_milliseconds bigint NOT NULL,
            made_at_milliseconds bigint NOT NULL,
            ended_at_milliseconds bigint,
            PRIMARY KEY (destination, key)
        )
        """
    )
    op.execute(
        """
        CREATE INDEX submissions_due ON submissions
            (destination, due_at_milliseconds, submission_number) WHERE state = 'pending'
        """
    )
    op.execute("CREATE INDEX submissions_made ON submissions (destination, made_at_milliseconds)")
    op.execute(
        """
        CREATE TABLE lumen_drafts (
            case_key text PRIMARY KEY,
            filed jsonb,
            decided jsonb,
            removed jsonb,
            counters jsonb NOT NULL DEFAULT '[]'
        )
        """
    )


def downgrade() -> None:
    """Take the tables away."""
    op.execute("DROP TABLE lumen_drafts")
    op.execute("DROP TABLE submissions")
