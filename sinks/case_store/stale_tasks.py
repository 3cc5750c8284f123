"""Which review tasks ask what is settled already: they leave the queue."""

from sinks.database.database import Connection
from sinks.database.merging import NUL, REPLACEMENT

_END_STALE = """
    WITH stale AS (
        SELECT task_id FROM review_tasks AS task
        WHERE case_id = ANY(%(cases)s) AND state IN ('open', 'leased') AND (
            EXISTS (
                SELECT FROM review_tasks AS later
                WHERE later.case_id = task.case_id AND later.kind = task.kind
                AND later.subject_id = task.subject_id AND later.issued_offset > task.issued_offset
            )
            OR EXISTS (
                SELECT FROM commands JOIN detections ON detection_id = commands.case_id
                WHERE commands.case_id = task.case_id AND commands.kind = 'reinstate'
                AND commands.decision_number > task.decision_number
            )
            OR CASE task.kind
                WHEN 'appeal' THEN EXISTS (
                    SELECT FROM appeals
                    WHERE appeal_id = task.subject_id AND decided_at_milliseconds IS NOT NULL
                )
                WHEN 'detection' THEN EXISTS (
                    SELECT FROM reviews WHERE reviews.case_id = task.case_id
                )
                WHEN 'counter_notice' THEN EXISTS (
                    SELECT FROM decisions
                    LEFT JOIN reviews ON 'review:' || reviews.review_id = decisions.rule_id
                    WHERE decisions.case_id = task.case_id
                    AND decisions.decision_number > task.decision_number
                    AND (
                        decisions.outcome IN ('decline', 'reinstate', 'retract')
                        OR reviews.subject_id = task.subject_id
                    )
                )
                ELSE EXISTS (
                    SELECT FROM cases
                    WHERE cases.case_id = task.case_id
                    AND cases.decision_number > task.decision_number
                )
            END
        )
        ORDER BY task_id FOR UPDATE
    )
    UPDATE review_tasks SET
        state = 'stale', reviewer_id = NULL, lease_until_milliseconds = NULL, unclaimable = false
    FROM stale WHERE review_tasks.task_id = stale.task_id AND state IN ('open', 'leased')
"""


def end_stale_tasks(connection: Connection, case_ids: list[str]) -> None:
    """End open tasks of cases and detections that have moved on, in the caller's transaction.

    What is asked holds of the rows as they are in the end, so the order of events does not matter.
    """
    if case_ids:
        cases = [case_id.replace(NUL, REPLACEMENT) for case_id in case_ids]
        connection.execute(_END_STALE, {"cases": cases})
