"""What a reviewer's page shows, and verdicts that are held for a while."""

from alembic import op

revision = "desk_1"
down_revision = "cases_5"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add listing and mark beside a task, the table of verdicts (times are milliseconds), and
    indexes by which parties find their cases."""
    op.execute("ALTER TABLE review_tasks ADD COLUMN listing jsonb, ADD COLUMN mark jsonb")
    op.execute(
        """
        CREATE TABLE held_verdicts (
            task_id text PRIMARY KEY,
            reviewer_id text NOT NULL,
            outcome text NOT NULL,
            reason_codes text[] NOT NULL,
            explanation text NOT NULL,
            settles_at_milliseconds bigint NOT NULL
        )
        """
    )
    op.execute("CREATE INDEX ON held_verdicts (settles_at_milliseconds)")
    op.execute("CREATE INDEX cases_seller ON cases (seller_id)")
    op.execute("CREATE INDEX cases_rights_holder ON cases (rights_holder_id)")
    op.execute("CREATE INDEX detections_seller ON detections (seller_id)")


def downgrade() -> None:
    """Take them away."""
    for name in ("cases_seller", "cases_rights_holder", "detections_seller"):
        op.execute(f"DROP INDEX {name}")
    op.execute("DROP TABLE held_verdicts")
    op.execute("ALTER TABLE review_tasks DROP COLUMN listing, DROP COLUMN mark")
