"""Members, and sign-ins that began at an identity provider."""

from alembic import op

revision = "web_2"
down_revision = "web_1"
branch_labels = None
depends_on = None

STATEMENTS = (
    """
    CREATE TABLE web_members (
        member_id text PRIMARY KEY,
        party_id text NOT NULL,
        role text NOT NULL,
        acts_for text[] NOT NULL,
        rights text NOT NULL,
        name text NOT NULL,
        issuer text,
        subject text,
        invitation_hash bytea UNIQUE,
        invited_until_milliseconds bigint,
        added_by text NOT NULL,
        added_at_milliseconds bigint NOT NULL,
        removed_at_milliseconds bigint
    )
    """,
    """
    CREATE UNIQUE INDEX ON web_members (issuer, subject) WHERE removed_at_milliseconds IS NULL
    """,
    "CREATE INDEX ON web_members (party_id, role)",
    """
    CREATE TABLE web_sign_ins (
        state_hash bytea PRIMARY KEY,
        browser_hash bytea NOT NULL,
        nonce text NOT NULL,
        verifier text NOT NULL,
        language text NOT NULL,
        wanted text NOT NULL,
        invitation_hash bytea,
        expires_at_milliseconds bigint NOT NULL
    )
    """,
    "CREATE INDEX ON web_sign_ins (expires_at_milliseconds)",
    "ALTER TABLE web_sessions ADD COLUMN member_id text REFERENCES web_members",
    "CREATE INDEX ON web_sessions (member_id)",
    "ALTER TABLE web_actions ADD COLUMN member_id text NOT NULL DEFAULT ''",
)


def upgrade() -> None:
    """Make them. Of a code or a state only a hash is kept; one provider's subject is one member."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """Take them away."""
    op.execute("ALTER TABLE web_actions DROP COLUMN member_id")
    op.execute("ALTER TABLE web_sessions DROP COLUMN member_id")
    op.execute("DROP TABLE web_sign_ins")
    op.execute("DROP TABLE web_members")
