"""Rows of a filing beside its own: complaints, events to publish, the question of an inquiry."""

from sinks.database.outbox import INSERT_ROW
from streams.sources.filing.database import Connection
from streams.sources.filing.filings import Filing


def insert_complaints(connection: Connection, filing: Filing) -> None:
    """Write the complaints of a filing, within the caller's transaction."""
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO filed_complaints VALUES (%s, %s, %s, %s, %s, %s, %s)",
            [
                (
                    complaint.complaint_id,
                    filing.identity.filing_id,
                    row_number,
                    complaint.listing_id,
                    complaint.marketplace,
                    complaint.complainant_id,
                    complaint.rights_holder_id,
                )
                for row_number, complaint in filing.complaints
            ],
        )


def insert_records(connection: Connection, filing: Filing) -> None:
    """Write the events of a filing, to be published in this order for each key."""
    filing_id = filing.identity.filing_id
    rows = [record._replace(source_id=filing_id) for record in filing.records]
    with connection.cursor() as cursor:
        cursor.executemany(INSERT_ROW, rows)


def insert_inquiry(connection: Connection, filing: Filing) -> None:
    """Hand a question to the review desk's table: its event does not carry the words."""
    if filing.inquiry is None or not has_table(connection, "inquiries"):
        return
    inquiry, question_sha256 = filing.inquiry
    connection.execute(
        """
        INSERT INTO inquiries (
            inquiry_id, party_id, case_id, language, question, question_sha256,
            received_at_milliseconds, answer_until_milliseconds
        ) VALUES (%s, %s, %s, %s, '', %s, %s, %s)
        ON CONFLICT (inquiry_id) DO NOTHING
        """,
        (
            inquiry.inquiry_id,
            inquiry.party_id,
            inquiry.case_id,
            inquiry.language,
            question_sha256,
            inquiry.received_at_milliseconds,
            inquiry.answer_until_milliseconds,
        ),
    )


def has_table(connection: Connection, name: str) -> bool:
    """Tell whether a table or view is there: other services bring theirs."""
    row = connection.execute("SELECT to_regclass(%s) IS NOT NULL AS present", (name,)).fetchone()
    return row is not None and bool(row["present"])
