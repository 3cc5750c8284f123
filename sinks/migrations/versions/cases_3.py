"""Statements of reasons as parties were told them, and what appeals are filed and decided with."""

from alembic import op

revision = "cases_3"
down_revision = "cases_2"

UPWARDS = (
    """
    CREATE TABLE statements_of_reasons (
        command_id text PRIMARY KEY,
        party_id text NOT NULL,
        role text NOT NULL,
        kind text NOT NULL,
        case_id text NOT NULL,
        decision_number integer NOT NULL,
        language text NOT NULL,
        title text NOT NULL,
        text text NOT NULL,
        issued_at_milliseconds bigint NOT NULL
    )
    """,
    "CREATE INDEX ON statements_of_reasons (case_id, role)",
    "CREATE INDEX ON statements_of_reasons (party_id, issued_at_milliseconds)",
    "ALTER TABLE opinions ADD COLUMN explanation text NOT NULL DEFAULT ''",
    "ALTER TABLE appeals ADD COLUMN evidence jsonb NOT NULL DEFAULT '[]'",
    "ALTER TABLE appeals ADD COLUMN explanation text NOT NULL DEFAULT ''",
)
DOWNWARDS = (
    "ALTER TABLE opinions DROP COLUMN explanation",
    "ALTER TABLE appeals DROP COLUMN explanation",
    "ALTER TABLE appeals DROP COLUMN evidence",
    "DROP TABLE statements_of_reasons",
)


def upgrade() -> None:
    """Make tables and columns."""
    for statement in UPWARDS:
        op.execute(statement)


def downgrade() -> None:
    """Take them away."""
    for statement in DOWNWARDS:
        op.execute(statement)
