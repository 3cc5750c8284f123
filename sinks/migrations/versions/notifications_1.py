"""What parties want to be told of and how, and the messages to them; times in milliseconds, UTC.

Addresses and secrets lie with the party's private texts, under the preference's id.
"""

from alembic import op

revision = "notifications_1"
down_revision = "positions_1"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.execute(
        """
        CREATE TABLE notification_preferences (
            preference_id text PRIMARY KEY,
            party_id text NOT NULL,
            part text NOT NULL CHECK (part IN ('complainant', 'seller')),
            language text NOT NULL,
            email_state text NOT NULL CHECK (email_state IN ('none', 'unconfirmed', 'confirmed')),
            email_kinds text[] NOT NULL,
            email_since_milliseconds bigint,
            webhook_kinds text[] NOT NULL,
            webhook_since_milliseconds bigint,
            confirm_hash bytea UNIQUE,
            confirm_until_milliseconds bigint,
            end_hash bytea UNIQUE,
            content_sha256 text NOT NULL,
            changed_at_milliseconds bigint NOT NULL,
            UNIQUE (party_id, part)
        )
        """
    )
    op.execute(
        """
        CREATE TABLE party_messages (
            message_id text PRIMARY KEY,
            party_id text NOT NULL,
            part text NOT NULL,
            way text NOT NULL CHECK (way IN ('email', 'webhook')),
            kind text NOT NULL,
            case_id text NOT NULL,
            answer_until_milliseconds bigint,
            appeal_until_milliseconds bigint,
            issued_at_milliseconds bigint NOT NULL
        )
        """
    )
    op.execute("CREATE INDEX ON party_messages (party_id, part, issued_at_milliseconds)")
    op.execute("CREATE INDEX ON party_messages (issued_at_milliseconds)")


def downgrade() -> None:
    """Take them away."""
    op.execute("DROP TABLE party_messages")
    op.execute("DROP TABLE notification_preferences")
