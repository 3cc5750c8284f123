"""What stands against erasing a party now, and until when it does, where that is known.

The right to erasure does not reach what is needed to defend legal claims, or kept by a legal duty
(GDPR Article 17(3)(b) and (e)). Of a case that is not over the other side's claims rest on the
words of both; a decision may be appealed within six months (DSA Article 20(1)).
"""

from typing import Any, Final, Literal, NamedTuple

from psycopg import Connection
from psycopg.rows import tuple_row

Reason = Literal[
    "case_open", "case_not_read", "appeal_open", "appeal_possible", "objection_open",
    "review_open", "question_open", "legal_hold",
]  # fmt: skip


class Obstacle(NamedTuple):
    """Why a party can't be erased, and until when, where a time is known."""

    reason: Reason
    until_milliseconds: int | None


_OWN: Final = "%(party)s IN (complainant_id, rights_holder_id, seller_id)"
_OBSTACLES: Final = f"""
    SELECT 'case_open', NULL::bigint WHERE EXISTS (
        SELECT FROM cases WHERE {_OWN} AND closed_at_milliseconds IS NULL
    )
    UNION ALL
    SELECT 'case_not_read', NULL::bigint WHERE EXISTS (
        SELECT FROM filed_complaints AS filed
        WHERE %(party)s IN (complainant_id, rights_holder_id)
        AND NOT EXISTS (SELECT FROM cases WHERE cases.case_id = filed.complaint_id)
    )
    UNION ALL
    SELECT 'appeal_open', NULL::bigint WHERE EXISTS (
        SELECT FROM appeals WHERE decided_at_milliseconds IS NULL AND (
            party_id = %(party)s OR case_id IN (SELECT case_id FROM cases WHERE {_OWN})
        )
    )
    UNION ALL
    SELECT 'appeal_possible', until FROM (
        SELECT max(appeal_until_milliseconds) AS until FROM notices
        WHERE party_id = %(party)s OR case_id IN (SELECT case_id FROM cases WHERE {_OWN})
    ) AS appealed WHERE until > %(now)s
    UNION ALL
    SELECT 'objection_open', NULL::bigint WHERE EXISTS (
        SELECT FROM case_overview WHERE {_OWN} AND counter_notice_state IN ('filed', 'reject')
    )
    UNION ALL
    SELECT 'review_open', NULL::bigint WHERE EXISTS (
        SELECT FROM review_tasks WHERE {_OWN} AND state IN ('open', 'leased')
    )
    UNION ALL
    SELECT 'question_open', max(answer_until_milliseconds) FROM inquiries
    WHERE party_id = %(party)s AND answered_at_milliseconds IS NULL HAVING count(*) > 0
    UNION ALL
    SELECT 'legal_hold', CASE WHEN bool_and(until_milliseconds IS NOT NULL)
        THEN max(until_milliseconds) END
    FROM legal_holds WHERE party_id = %(party)s AND lifted_at_milliseconds IS NULL
    AND (until_milliseconds IS NULL OR until_milliseconds > %(now)s) HAVING count(*) > 0
"""  # noqa: S608 - texts of our own


def obstacles_to_erasing(
    connection: Connection[Any], party_id: str, now_milliseconds: int
) -> tuple[Obstacle, ...]:
    """Return all that stands against erasing a party; none where it may be erased.

    Errors: psycopg.Error.
    """
    with connection.cursor(row_factory=tuple_row) as cursor:
        given = {"party": party_id, "now": now_milliseconds}
        found = cursor.execute(_OBSTACLES, given).fetchall()
    return tuple(Obstacle(*row) for row in found)
