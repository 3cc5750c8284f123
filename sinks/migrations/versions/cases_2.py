"""The review desk: tasks, who has them, what was decided, and what is to be told of it."""

from alembic import op

revision = "cases_2"
down_revision = "cases_1"

TABLES = (
    """
    CREATE TABLE review_tasks (
        task_id text PRIMARY KEY,
        kind text NOT NULL,
        case_id text NOT NULL,
        subject_id text NOT NULL,
        decision_number integer NOT NULL,
        listing_id text NOT NULL,
        marketplace text NOT NULL,
        complainant_id text NOT NULL,
        rights_holder_id text NOT NULL,
        seller_id text NOT NULL,
        trademark_key text,
        ground text NOT NULL,
        language text NOT NULL,
        reason_codes text[] NOT NULL,
        trusted_flagger boolean NOT NULL,
        fast_lane boolean NOT NULL,
        price_euros double precision,
        excluded_reviewer_ids text[] NOT NULL,
        deadline_at_milliseconds bigint NOT NULL,
        issued_at_milliseconds bigint NOT NULL,
        issued_offset bigint NOT NULL,
        lane smallint NOT NULL GENERATED ALWAYS AS (
            CASE WHEN trusted_flagger THEN 0 ELSE 8 END
            + CASE kind
                WHEN 'counter_notice' THEN 2 WHEN 'appeal' THEN 4 WHEN 'detection' THEN 6 ELSE 0
              END
            + CASE WHEN fast_lane THEN 0 ELSE 1 END
        ) STORED,
        state text NOT NULL DEFAULT 'open'
            CHECK (state IN ('open', 'leased', 'decided', 'stale')),
        level smallint NOT NULL DEFAULT 1,
        passed_by_reviewer_ids text[] NOT NULL DEFAULT '{}',
        unclaimable boolean NOT NULL DEFAULT false,
        reviewer_id text,
        lease_until_milliseconds bigint,
        ended_at_milliseconds bigint,
        outreach_checked boolean NOT NULL DEFAULT false
    )
    """,
    """
    CREATE TABLE reviewers (
        reviewer_id text PRIMARY KEY,
        skills text[] NOT NULL,
        languages text[] NOT NULL,
        seniority smallint NOT NULL CHECK (seniority BETWEEN 1 AND 3),
        active boolean NOT NULL DEFAULT true
    )
    """,
    """
    CREATE TABLE assignments (
        assignment_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        task_id text NOT NULL,
        reviewer_id text NOT NULL,
        assigned_at_milliseconds bigint NOT NULL,
        ended_at_milliseconds bigint,
        ending text
    )
    """,
    """
    CREATE TABLE skips (
        task_id text NOT NULL,
        reviewer_id text NOT NULL,
        reason text NOT NULL,
        skipped_at_milliseconds bigint NOT NULL,
        PRIMARY KEY (task_id, reviewer_id)
    )
    """,
    """
    CREATE TABLE opinions (
        task_id text NOT NULL,
        reviewer_id text NOT NULL,
        outcome text NOT NULL,
        reason_codes text[] NOT NULL,
        given_at_milliseconds bigint NOT NULL,
        PRIMARY KEY (task_id, reviewer_id)
    )
    """,
    """
    CREATE TABLE inquiries (
        inquiry_id text PRIMARY KEY,
        party_id text NOT NULL,
        case_id text,
        language text NOT NULL,
        question text NOT NULL,
        received_at_milliseconds bigint NOT NULL,
        answer_until_milliseconds bigint NOT NULL,
        answer text,
        reviewer_id text,
        answered_at_milliseconds bigint
    )
    """,
    """
    CREATE TABLE outreach_tasks (
        outreach_id text PRIMARY KEY,
        party_id text NOT NULL,
        case_id text,
        reason text NOT NULL,
        requested_at_milliseconds bigint NOT NULL,
        reviewer_id text,
        done_at_milliseconds bigint
    )
    """,
    """
    CREATE TABLE outbox (
        outbox_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        topic text NOT NULL,
        key text NOT NULL,
        event text NOT NULL,
        content jsonb NOT NULL,
        written_at_milliseconds bigint NOT NULL,
        sent_at_milliseconds bigint,
        refusal text
    )
    """,
)

INDEXES = (
    "CREATE INDEX ON review_tasks (case_id)",
    "CREATE INDEX ON review_tasks (lane, deadline_at_milliseconds, task_id) WHERE state = 'open'",
    "CREATE INDEX ON review_tasks (lease_until_milliseconds) WHERE state = 'leased'",
    "CREATE INDEX ON review_tasks (reviewer_id) WHERE state = 'leased'",
    "CREATE INDEX ON review_tasks (ended_at_milliseconds) WHERE state = 'decided'",
    "CREATE INDEX ON review_tasks (task_id) WHERE NOT outreach_checked",
    "CREATE INDEX ON review_tasks (task_id) WHERE unclaimable",
    "CREATE INDEX ON assignments (task_id) WHERE ended_at_milliseconds IS NULL",
    "CREATE INDEX ON inquiries (answer_until_milliseconds) WHERE answered_at_milliseconds IS NULL",
    "CREATE INDEX ON outreach_tasks (requested_at_milliseconds) WHERE done_at_milliseconds IS NULL",
    "CREATE INDEX ON outbox (outbox_id) WHERE sent_at_milliseconds IS NULL AND refusal IS NULL",
    "CREATE INDEX ON outbox (sent_at_milliseconds) WHERE sent_at_milliseconds IS NOT NULL",
)

NAMES = (
    *("review_tasks", "reviewers", "assignments", "skips", "opinions"),
    *("inquiries", "outreach_tasks", "outbox"),
)


def upgrade() -> None:
    """Make tables and indexes."""
    for statement in (*TABLES, *INDEXES):
        op.execute(statement)


def downgrade() -> None:
    """Take them away."""
    for name in NAMES:
        op.execute(f"DROP TABLE {name}")
