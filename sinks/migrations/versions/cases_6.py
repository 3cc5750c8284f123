"""What may endanger people goes first in the reviewers' queue."""

from alembic import op

revision = "cases_6"
down_revision = "cases_5"
branch_labels = None
depends_on = None

_USUAL = """
    CASE WHEN trusted_flagger THEN 0 ELSE 8 END
    + CASE kind
        WHEN 'counter_notice' THEN 2 WHEN 'appeal' THEN 4 WHEN 'detection' THEN 6 ELSE 0
      END
    + CASE WHEN fast_lane THEN 0 ELSE 1 END
"""
_SAFETY = f"CASE WHEN 'safety_hazard' = ANY(reason_codes) THEN 0 ELSE 16 END + {_USUAL}"


def upgrade() -> None:
    """Make the lanes anew, those of safety before all others."""
    _lanes(_SAFETY)


def downgrade() -> None:
    """Make the lanes as they were."""
    _lanes(_USUAL)


def _lanes(lane: str) -> None:
    op.execute("ALTER TABLE review_tasks DROP COLUMN lane")
    op.execute(
        f"ALTER TABLE review_tasks ADD COLUMN lane smallint NOT NULL "
        f"GENERATED ALWAYS AS ({lane}) STORED"
    )
    op.execute(
        "CREATE INDEX ON review_tasks (lane, deadline_at_milliseconds, task_id) "
        "WHERE state = 'open'"
    )
