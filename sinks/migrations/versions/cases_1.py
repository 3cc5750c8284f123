"""Cases and what became of them: a fold of topics.

Columns of one group are written together, with the version by which the later or earlier of two
events is told (sinks/case_store/case_tables.py). So a row may be there before its complaint is.
"""

from alembic import op

revision = "cases_1"
down_revision = "positions_1"

TABLES = (
    """
    CREATE TABLE cases (
        case_id text PRIMARY KEY,
        complaint_offset bigint,
        listing_id text,
        marketplace text,
        complainant_id text,
        rights_holder_id text,
        trademark_office text,
        trademark_number text,
        ground text,
        territory text,
        language text,
        statement text,
        evidence jsonb,
        batch_id text,
        filed_at_milliseconds bigint,
        arrived_at_milliseconds bigint,
        decision_number integer,
        outcome text,
        reason_codes text[],
        rule_id text,
        automated boolean,
        reviewer_id text,
        seller_id text,
        trusted_flagger boolean,
        received_at_milliseconds bigint,
        decided_at_milliseconds bigint,
        deadline_offset bigint,
        deadline_at_milliseconds bigint,
        closing_offset bigint,
        closed_at_milliseconds bigint,
        open_seconds double precision,
        paused_seconds double precision,
        within_deadline boolean,
        pause_offset bigint,
        paused_at_milliseconds bigint,
        answer_until_milliseconds bigint,
        warning_offset bigint,
        warned_at_milliseconds bigint,
        breach_offset bigint,
        breached_at_milliseconds bigint
    )
    """,
    """
    CREATE TABLE decisions (
        case_id text NOT NULL,
        decision_number integer NOT NULL,
        listing_id text NOT NULL,
        marketplace text NOT NULL,
        outcome text NOT NULL,
        reason_codes text[] NOT NULL,
        rule_id text NOT NULL,
        findings jsonb NOT NULL,
        shadow_outcome text,
        closes_case boolean NOT NULL,
        automated boolean NOT NULL,
        reviewer_id text,
        command_id text,
        decided_at_milliseconds bigint NOT NULL,
        deadline_at_milliseconds bigint NOT NULL,
        capsule jsonb NOT NULL,
        PRIMARY KEY (case_id, decision_number)
    )
    """,
    """
    CREATE TABLE commands (
        command_id text PRIMARY KEY,
        kind text,
        case_id text,
        decision_number integer,
        listing_id text,
        marketplace text,
        seller_id text,
        reason_codes text[],
        issued_at_milliseconds bigint,
        acknowledged_at_milliseconds bigint,
        refused_at_milliseconds bigint,
        refusal text,
        proved_at_milliseconds bigint,
        reminders integer,
        missing text
    )
    """,
    """
    CREATE TABLE detections (
        detection_id text PRIMARY KEY,
        listing_id text NOT NULL,
        marketplace text NOT NULL,
        seller_id text NOT NULL,
        title text NOT NULL,
        url text NOT NULL,
        outcome text NOT NULL,
        reason_codes text[] NOT NULL,
        marks jsonb NOT NULL,
        strikes integer NOT NULL,
        detected_at_milliseconds bigint NOT NULL
    )
    """,
    """
    CREATE TABLE clarifications (
        clarification_id text PRIMARY KEY,
        case_id text NOT NULL,
        complainant_id text NOT NULL,
        statement text,
        evidence jsonb NOT NULL,
        provided_at_milliseconds bigint NOT NULL,
        provided_offset bigint NOT NULL
    )
    """,
    """
    CREATE TABLE counter_notices (
        counter_notice_id text PRIMARY KEY,
        case_id text NOT NULL,
        seller_id text NOT NULL,
        reason text NOT NULL,
        statement text NOT NULL,
        filed_at_milliseconds bigint NOT NULL,
        filed_offset bigint NOT NULL
    )
    """,
    """
    CREATE TABLE counter_notice_answers (
        answer_id text PRIMARY KEY,
        case_id text NOT NULL,
        answer text NOT NULL,
        explanation text NOT NULL,
        answered_at_milliseconds bigint NOT NULL,
        answered_offset bigint NOT NULL
    )
    """,
    """
    CREATE TABLE appeals (
        appeal_id text PRIMARY KEY,
        case_id text,
        party_id text,
        statement text,
        filed_at_milliseconds bigint,
        filed_offset bigint,
        role text,
        decision_number integer,
        granted boolean,
        reason_codes text[],
        reviewer_id text,
        decided_at_milliseconds bigint
    )
    """,
    """
    CREATE TABLE reviews (
        review_id text PRIMARY KEY,
        case_id text NOT NULL,
        decision_number integer NOT NULL,
        subject_id text NOT NULL,
        outcome text NOT NULL,
        reason_codes text[] NOT NULL,
        reviewer_id text NOT NULL,
        second_reviewer_id text,
        decided_at_milliseconds bigint NOT NULL,
        decided_offset bigint NOT NULL
    )
    """,
    """
    CREATE TABLE notices (
        case_id text NOT NULL,
        role text NOT NULL,
        kind text NOT NULL,
        party_id text NOT NULL,
        command_id text NOT NULL,
        decision_number integer NOT NULL,
        outcome text NOT NULL,
        answer_until_milliseconds bigint,
        appeal_until_milliseconds bigint,
        issued_at_milliseconds bigint NOT NULL,
        PRIMARY KEY (case_id, role, kind)
    )
    """,
    """
    CREATE TABLE standings (
        party_id text PRIMARY KEY,
        role text NOT NULL,
        tier text NOT NULL,
        strikes integer NOT NULL,
        grounds jsonb NOT NULL,
        until_milliseconds bigint,
        changed_at_milliseconds bigint NOT NULL,
        changed_offset bigint NOT NULL
    )
    """,
    """
    CREATE TABLE complainants (
        party_id text PRIMARY KEY,
        first_case_id text NOT NULL,
        first_arrived_at_milliseconds bigint NOT NULL,
        outreach_requested boolean NOT NULL DEFAULT false
    )
    """,
    """
    CREATE TABLE refused_records (
        sink text NOT NULL,
        topic text NOT NULL,
        partition integer NOT NULL,
        record_offset bigint NOT NULL,
        event text NOT NULL,
        refusal text NOT NULL,
        PRIMARY KEY (sink, topic, partition, record_offset)
    )
    """,
)

INDEXES = (
    "CREATE INDEX ON cases (listing_id)",
    "CREATE INDEX ON cases (complainant_id)",
    "CREATE INDEX ON commands (case_id)",
    "CREATE INDEX ON clarifications (case_id)",
    "CREATE INDEX ON counter_notices (case_id)",
    "CREATE INDEX ON counter_notice_answers (case_id)",
    "CREATE INDEX ON appeals (case_id)",
    "CREATE INDEX ON reviews (case_id)",
    "CREATE INDEX ON complainants (party_id) WHERE NOT outreach_requested",
)

OVERVIEW = """
    CREATE VIEW case_overview AS
    SELECT
        cases.*,
        CASE
            WHEN closed_at_milliseconds IS NOT NULL THEN 'closed'
            WHEN paused_at_milliseconds IS NOT NULL THEN 'paused'
            WHEN decision_number IS NOT NULL THEN 'open'
            ELSE 'received'
        END AS clock_state,
        (
            SELECT said.state FROM (
                SELECT 'filed' AS state, filed_at_milliseconds AS at FROM counter_notices
                WHERE case_id = cases.case_id
                UNION ALL
                SELECT answer, answered_at_milliseconds FROM counter_notice_answers
                WHERE case_id = cases.case_id
                UNION ALL
                SELECT kind, issued_at_milliseconds FROM notices
                WHERE case_id = cases.case_id
                AND kind IN ('counter_notice_decided', 'put_back_scheduled')
            ) AS said ORDER BY said.at DESC, said.state LIMIT 1
        ) AS counter_notice_state,
        (
            SELECT count(*) FROM appeals
            WHERE case_id = cases.case_id AND decided_at_milliseconds IS NULL
        ) AS open_appeals
    FROM cases
"""

NAMES = (
    *("cases", "decisions", "commands", "detections", "clarifications"),
    *("counter_notices", "counter_notice_answers", "appeals", "reviews", "notices"),
    *("standings", "complainants"),
    "refused_records",
)


def upgrade() -> None:
    """Make tables, indexes and the view."""
    for statement in (*TABLES, *INDEXES, OVERVIEW):
        op.execute(statement)


def downgrade() -> None:
    """Take them away."""
    op.execute("DROP VIEW case_overview")
    for name in NAMES:
        op.execute(f"DROP TABLE {name}")
