"""What is asked of the database for a complaint's status: one question for all of it."""

from typing import Final

BY_COMPLAINT: Final = "complaint_id"
BY_FILING: Final = "filing_id"

_FILED = """
    filed.complaint_id, filed.filing_id, filed.listing_id, filed.marketplace, filed.complainant_id,
    filed.rights_holder_id, filings.received_at_milliseconds,
    EXISTS (
        SELECT FROM outbox
        WHERE source = 'filing' AND source_id = filed.filing_id
        AND record_key = filed.listing_id AND sent_at_milliseconds IS NULL
    ) AS waiting
"""
_BATCH = """
    , filings.party_id,
    CASE WHEN row_number() OVER (ORDER BY filed.row_number) = 1 THEN filings.answer END AS answer
"""
_KNOWN = """
    stored.seller_id, stored.clock_state, stored.deadline_at_milliseconds,
    stored.closed_at_milliseconds, stored.answer_until_milliseconds,
    stored.counter_notice_state, stored.open_appeals,
    (
        SELECT json_agg(json_build_object(
            'decision_number', decision_number, 'outcome', outcome, 'reason_codes', reason_codes,
            'automated', automated, 'decided_at_milliseconds', decided_at_milliseconds
        ) ORDER BY decision_number)
        FROM decisions WHERE case_id = stored.case_id
    ) AS decisions,
    EXISTS (SELECT FROM counter_notices WHERE case_id = stored.case_id) AS objected,
    EXISTS (SELECT FROM counter_notice_answers WHERE case_id = stored.case_id) AS answered,
    EXISTS (
        SELECT FROM review_tasks WHERE case_id = stored.case_id
        AND kind = 'second_look' AND state IN ('open', 'leased')
    ) AS looked_at_again
"""
_NOTHING_KNOWN = """
    NULL AS seller_id, NULL AS clock_state, false AS objected, false AS answered
"""
_FROM = "FROM filed_complaints AS filed JOIN filings USING (filing_id)"
_STORED = "LEFT JOIN case_overview AS stored ON stored.case_id = filed.complaint_id"
_ONE = "WHERE filed.complaint_id = %s"
_ALL = "WHERE filed.filing_id = %s ORDER BY filed.row_number"

STATUS: Final = {
    BY_COMPLAINT: f"SELECT {_FILED}, {_KNOWN} {_FROM} {_STORED} {_ONE}",
    BY_FILING: f"SELECT {_FILED} {_BATCH}, {_KNOWN} {_FROM} {_STORED} {_ALL}",
}
STATUS_ALONE: Final = {
    BY_COMPLAINT: f"SELECT {_FILED}, {_NOTHING_KNOWN} {_FROM} {_ONE}",
    BY_FILING: f"SELECT {_FILED} {_BATCH}, {_NOTHING_KNOWN} {_FROM} {_ALL}",
}
"""Where the case store's tables are not there."""

STATUS_OF_FILED_ELSEWHERE: Final = f"""
    SELECT case_id AS complaint_id, NULL AS filing_id, listing_id, marketplace, complainant_id,
        rights_holder_id, false AS waiting,
        COALESCE(received_at_milliseconds, arrived_at_milliseconds) AS received_at_milliseconds,
        {_KNOWN}
    FROM case_overview AS stored
    WHERE case_id = %s AND rights_holder_id IS NOT NULL AND listing_id IS NOT NULL
    AND complainant_id IS NOT NULL
    AND COALESCE(received_at_milliseconds, arrived_at_milliseconds) IS NOT NULL
"""  # noqa: S608
"""Of a complaint that came another way what the case store knows."""
