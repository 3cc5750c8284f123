"""A party's cases as a list, and of one case what was commanded and until when one may answer."""

from hmac import compare_digest
from typing import Any, NamedTuple

from sinks.private_texts.store import PrivateTextStore
from streams.sources.desk.inquiries import with_texts
from streams.sources.filing.database import Database
from streams.sources.filing.rows import has_table
from streams.sources.filing.store import FilingStore

PAGE_ROWS = 50
STATES = ("received", "open", "paused", "closed")

_COLUMNS = """
    case_id, listing_id, marketplace, ground, clock_state, outcome, deadline_at_milliseconds,
    closed_at_milliseconds, answer_until_milliseconds, counter_notice_state, open_appeals,
    coalesce(received_at_milliseconds, arrived_at_milliseconds, filed_at_milliseconds)
        AS received_at_milliseconds
"""
_OF_COMPLAINANT = f"""
    SELECT {_COLUMNS} FROM case_overview
    WHERE complainant_id = %(party)s OR rights_holder_id = %(party)s
    UNION ALL
    SELECT complaint_id, filed.listing_id, filed.marketplace, request ->> 'ground', 'received',
        NULL, NULL, NULL, NULL, NULL, 0, received_at_milliseconds
    FROM filed_complaints AS filed JOIN filings USING (filing_id)
    WHERE (filed.complainant_id = %(party)s OR filed.rights_holder_id = %(party)s)
    AND NOT EXISTS (SELECT FROM cases WHERE cases.case_id = filed.complaint_id)
"""  # noqa: S608 - a text of our own
_OF_SELLER = f"SELECT {_COLUMNS} FROM case_overview WHERE seller_id = %(party)s"  # noqa: S608
_DETECTED = """
    SELECT detection_id AS case_id, listing_id, marketplace, title, detected_at_milliseconds
    FROM detections WHERE seller_id = %s AND EXISTS (
        SELECT FROM commands WHERE commands.case_id = detections.detection_id
    )
    ORDER BY detected_at_milliseconds DESC LIMIT %s
"""


class CaseList(NamedTuple):
    """A page of a list: its rows, how many there are in each state, and whether more follow."""

    rows: list[dict[str, Any]]
    counts: dict[str, int]
    more: bool


class CaseTimes(NamedTuple):
    """Until when a side of a case may object and appeal, milliseconds; None where it may not."""

    object_until: int | None
    appeal_until: int | None


class CaseLists:
    """Looks lists up. Methods raise Problem (UNAVAILABLE)."""

    def __init__(
        self, database: Database, store: FilingStore, private_texts: PrivateTextStore
    ) -> None:
        self._database = database
        self._store = store
        self._private_texts = private_texts

    def of_complainant(self, party_id: str, state: str = "", page: int = 0) -> CaseList:
        """Return cases that a party filed or that rest on its right, the newest first."""
        return self._page(_OF_COMPLAINANT, party_id, state, page)

    def of_seller(self, party_id: str, state: str = "", page: int = 0) -> CaseList:
        """Return cases on a seller's listings, the newest first."""
        return self._page(_OF_SELLER, party_id, state, page)

    def all_of_complainant(self, party_id: str, most: int) -> list[dict[str, Any]]:
        """Return the newest cases that a party filed or that rest on its right."""
        return self._all(_OF_COMPLAINANT, party_id, most)

    def all_of_seller(self, party_id: str, most: int) -> list[dict[str, Any]]:
        """Return the newest cases on a seller's listings."""
        return self._all(_OF_SELLER, party_id, most)

    def open_between(self, complainant_id: str, rights_holder_id: str) -> int:
        """Return how many cases are open that one party filed on another's right."""
        query = """
            SELECT count(*) AS count FROM case_overview
            WHERE complainant_id = %s AND rights_holder_id = %s AND clock_state <> 'closed'
        """
        with self._database.connection() as connection:
            row = connection.execute(query, (complainant_id, rights_holder_id)).fetchone()
        return 0 if row is None else int(row["count"])

    def inquiries(self, party_id: str, reader: str) -> list[dict[str, Any]]:
        """Return what a party asked, with the answers, the newest first."""
        query = """
            SELECT inquiry_id, case_id, question, question_sha256, answer, answer_sha256,
                received_at_milliseconds, answer_until_milliseconds, answered_at_milliseconds
            FROM inquiries WHERE party_id = %s
            ORDER BY received_at_milliseconds DESC, inquiry_id LIMIT %s
        """
        with self._database.connection() as connection:
            if not has_table(connection, "inquiries"):
                return []
            rows = connection.execute(query, (party_id, PAGE_ROWS)).fetchall()
            return with_texts(connection, rows, self._private_texts, reader)

    def surveyed(self, case_id: str, party_id: str) -> bool:
        """Tell whether a party has told how satisfied it was with a case."""
        query = "SELECT FROM filings WHERE case_id = %s AND party_id = %s AND kind = 'survey'"
        with self._database.connection() as connection:
            return connection.execute(query, (case_id, party_id)).fetchone() is not None

    def detected(self, party_id: str) -> list[dict[str, Any]]:
        """Return what of a seller's was removed without a complaint, the newest first."""
        with self._database.connection() as connection:
            if not has_table(connection, "detections"):
                return []
            return connection.execute(_DETECTED, (party_id, PAGE_ROWS)).fetchall()

    def standing(self, party_id: str) -> dict[str, Any] | None:
        """Return how a party stands; None while nothing changed it."""
        query = "SELECT * FROM standings WHERE party_id = %s"
        with self._database.connection() as connection:
            if not has_table(connection, "standings"):
                return None
            return connection.execute(query, (party_id,)).fetchone()

    def commands(self, case_id: str) -> list[dict[str, Any]]:
        """Return what was commanded for a case, and how far it is done."""
        query = "SELECT * FROM commands WHERE case_id = %s ORDER BY issued_at_milliseconds"
        with self._database.connection() as connection:
            if not has_table(connection, "commands"):
                return []
            return connection.execute(query, (case_id,)).fetchall()

    def times(self, case_id: str, role: str) -> CaseTimes:
        """Return until when one side may object or appeal, as it was told last."""
        query = """
            SELECT max(answer_until_milliseconds) FILTER (WHERE kind = 'counter_notice_open'
                    OR kind = 'decision') AS object_until,
                max(appeal_until_milliseconds) AS appeal_until
            FROM notices WHERE case_id = %s AND role = %s
        """
        with self._database.connection() as connection:
            if not has_table(connection, "notices"):
                return CaseTimes(None, None)
            row = connection.execute(query, (case_id, role)).fetchone() or {}
        return CaseTimes(row.get("object_until"), row.get("appeal_until"))

    def _page(self, query: str, party_id: str, state: str, page: int) -> CaseList:
        values = {"party": party_id, "state": state, "rows": PAGE_ROWS + 1}
        with self._database.connection() as connection:
            if not has_table(connection, "case_overview"):
                return CaseList([], {}, False)
            counted = connection.execute(
                f"SELECT clock_state, count(*) AS cases FROM ({query}) AS own "  # noqa: S608
                "GROUP BY clock_state",
                values,
            ).fetchall()
            rows = connection.execute(
                f"SELECT * FROM ({query}) AS own "  # noqa: S608
                "WHERE %(state)s = '' OR clock_state = %(state)s "
                "ORDER BY received_at_milliseconds DESC, case_id LIMIT %(rows)s OFFSET %(first)s",
                {**values, "first": page * PAGE_ROWS},
            ).fetchall()
        counts = {row["clock_state"]: row["cases"] for row in counted}
        return CaseList(rows[:PAGE_ROWS], counts, len(rows) > PAGE_ROWS)

    def _all(self, query: str, party_id: str, most: int) -> list[dict[str, Any]]:
        with self._database.connection() as connection:
            if not has_table(connection, "case_overview"):
                return []
            return connection.execute(
                f"SELECT * FROM ({query}) AS own "  # noqa: S608
                "ORDER BY received_at_milliseconds DESC, case_id LIMIT %(rows)s",
                {"party": party_id, "rows": most},
            ).fetchall()

    def by_number(self, complaint_id: str, email: str) -> dict[str, Any] | None:
        """Return a complaint by its number and the address that was given with it, else None."""
        query = """
            SELECT complainant_id, request, request_sha256
            FROM filed_complaints JOIN filings USING (filing_id) WHERE complaint_id = %s
        """
        with self._database.connection() as connection:
            filed = connection.execute(query, (complaint_id,)).fetchone()
        request = self._store.request_of(filed, "status page") if filed else {}
        known = request.get("contact", {}).get("email", "")
        if not compare_digest(known.lower().encode(), email.lower().encode()) or not known:
            return None
        with self._database.connection() as connection:
            found: dict[str, Any] | None = connection.execute(
                f"SELECT * FROM ({_OF_COMPLAINANT}) AS own WHERE case_id = %(case)s",  # noqa: S608
                {"party": filed["complainant_id"] if filed else "", "case": complaint_id},
            ).fetchone()
        return found
