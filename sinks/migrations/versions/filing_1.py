"""What parties handed in, and the events of it that are still to be published."""

from alembic import op

revision = "filing_1"
down_revision = "positions_1"
branch_labels = ("filing",)

LANES = 16
"""Records of one key are all in one lane, and a lane is published by one process at a time."""


def upgrade() -> None:
    """Make the tables. Times are milliseconds, UTC."""
    op.execute(
        """
        CREATE TABLE filings (
            filing_id text PRIMARY KEY,
            kind text NOT NULL,
            party_id text NOT NULL,
            case_id text,
            idempotency_key text,
            key_expires_at_milliseconds bigint NOT NULL,
            fingerprint bytea NOT NULL,
            request jsonb NOT NULL,
            status smallint NOT NULL,
            answer jsonb NOT NULL,
            received_at_milliseconds bigint NOT NULL
        )
        """
    )
    op.execute(
        """
        CREATE UNIQUE INDEX filings_by_key ON filings (party_id, idempotency_key)
        WHERE idempotency_key IS NOT NULL
        """
    )
    op.execute("CREATE INDEX filings_by_case ON filings (case_id) WHERE case_id IS NOT NULL")
    op.execute("CREATE INDEX filings_by_time ON filings (received_at_milliseconds)")
    op.execute(
        """
        CREATE TABLE filed_complaints (
            complaint_id text PRIMARY KEY,
            filing_id text NOT NULL REFERENCES filings ON DELETE CASCADE,
            row_number integer NOT NULL,
            listing_id text NOT NULL,
            marketplace text NOT NULL,
            complainant_id text NOT NULL,
            rights_holder_id text NOT NULL,
            UNIQUE (filing_id, row_number)
        )
        """
    )
    op.execute(
        """
        CREATE TABLE filing_outbox (
            outbox_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            filing_id text NOT NULL REFERENCES filings ON DELETE CASCADE,
            lane smallint NOT NULL,
            topic text NOT NULL,
            record_key text NOT NULL,
            value bytea NOT NULL,
            headers jsonb NOT NULL,
            timestamp_milliseconds bigint NOT NULL,
            sent_at_milliseconds bigint
        )
        """
    )
    op.execute(
        """
        CREATE INDEX filing_outbox_to_send ON filing_outbox (lane, outbox_id)
        WHERE sent_at_milliseconds IS NULL
        """
    )
    op.execute("CREATE INDEX filing_outbox_by_filing ON filing_outbox (filing_id)")
    op.execute("CREATE TABLE filing_outbox_lanes (lane smallint PRIMARY KEY)")
    op.execute(f"INSERT INTO filing_outbox_lanes SELECT generate_series(0, {LANES - 1})")
    op.execute(
        """
        CREATE TABLE filed_evidence (
            evidence_id text PRIMARY KEY,
            party_id text NOT NULL,
            sha256 text NOT NULL,
            media_type text NOT NULL,
            size_bytes bigint NOT NULL,
            received_at_milliseconds bigint NOT NULL,
            expires_at_milliseconds bigint NOT NULL
        )
        """
    )
    op.execute("CREATE INDEX filed_evidence_by_content ON filed_evidence (sha256)")
    op.execute("CREATE INDEX filed_evidence_by_party ON filed_evidence (party_id)")
    op.execute("CREATE INDEX filed_evidence_by_end ON filed_evidence (expires_at_milliseconds)")
    op.execute(
        """
        CREATE TABLE filed_evidence_uses (
            filing_id text NOT NULL REFERENCES filings ON DELETE CASCADE,
            evidence_id text NOT NULL,
            PRIMARY KEY (filing_id, evidence_id)
        )
        """
    )


def downgrade() -> None:
    """Take the tables away."""
    for table in (
        "filed_evidence_uses",
        "filed_evidence",
        "filing_outbox_lanes",
        "filing_outbox",
        "filed_complaints",
        "filings",
    ):
        op.execute(f"DROP TABLE {table}")
