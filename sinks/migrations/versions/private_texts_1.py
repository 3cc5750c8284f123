"""Texts of parties, encrypted, their keys, wrapped, and who read them."""

from alembic import op

revision = "private_texts_1"
down_revision = "positions_1"
branch_labels = None
depends_on = None

TABLES = (
    """
    CREATE TABLE party_keys (
        key_id text PRIMARY KEY,
        party_id text NOT NULL,
        wrapping_key text NOT NULL,
        wrapped bytea
    )
    """,
    "CREATE UNIQUE INDEX ON party_keys (party_id) WHERE wrapped IS NOT NULL",
    "CREATE INDEX ON party_keys (party_id)",
    """
    CREATE TABLE private_texts (
        sha256 text PRIMARY KEY,
        key_id text NOT NULL REFERENCES party_keys,
        ciphertext bytea NOT NULL
    )
    """,
    "CREATE INDEX ON private_texts (key_id)",
    """
    CREATE TABLE private_text_reads (
        read_at_milliseconds bigint NOT NULL,
        reader text NOT NULL,
        party_id text NOT NULL,
        texts integer NOT NULL
    )
    """,
    "CREATE INDEX ON private_text_reads (party_id, read_at_milliseconds)",
    "CREATE INDEX ON private_text_reads (read_at_milliseconds)",
)


def upgrade() -> None:
    """Make the tables; of a key that was erased the row stays, so that its texts are told so."""
    for statement in TABLES:
        op.execute(statement)


def downgrade() -> None:
    """Take them away."""
    for table in ("private_text_reads", "private_texts", "party_keys"):
        op.execute(f"DROP TABLE {table}")
