"""Questions of parties, and how long they wait for an answer. Both are texts of the party."""

from typing import Any, NamedTuple

from schemas.events.desk import InquiryAnswered, InquiryReceived
from sinks.private_texts.contract import KeyErased
from sinks.private_texts.store import PrivateTextStore, shown
from streams.sources.desk.rows import Connection, fetch_all, fetch_one, find_reviewer, tell
from streams.sources.desk.types import DeskRefused, DeskSettings


class Inquiry(NamedTuple):
    """A party's question; `case_id` where it is about a case."""

    inquiry_id: str
    party_id: str
    question: str
    language: str = ""
    case_id: str | None = None


def receive(
    connection: Connection,
    inquiry: Inquiry,
    now: int,
    settings: DeskSettings,
    texts: PrivateTextStore,
) -> bool:
    """Take in a question; one of an id that is known changes nothing. Tells whether it is new."""
    until = now + settings.inquiry_milliseconds
    with connection.transaction():
        new = connection.execute(
            """
            INSERT INTO inquiries (
                inquiry_id, party_id, question, question_sha256, language, case_id,
                received_at_milliseconds, answer_until_milliseconds
            ) VALUES (%s, %s, '', %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING
            """,
            (
                inquiry.inquiry_id,
                inquiry.party_id,
                _put(connection, texts, inquiry.party_id, inquiry.inquiry_id, inquiry.question),
                inquiry.language,
                inquiry.case_id,
                now,
                until,
            ),
        ).rowcount
        if new:
            told = InquiryReceived(
                inquiry.inquiry_id,
                inquiry.case_id,
                inquiry.party_id,
                inquiry.language,
                now,
                until,
            )
            tell(connection, told, now)
        return bool(new)


def answer(
    connection: Connection,
    inquiry_id: str,
    reviewer_id: str,
    text: str,
    now: int,
    texts: PrivateTextStore,
) -> float:
    """Note an answer; give the seconds that it took. Errors: DeskRefused."""
    with connection.transaction():
        find_reviewer(connection, reviewer_id)
        query = "SELECT * FROM inquiries WHERE inquiry_id = %s FOR UPDATE"
        row = fetch_one(connection, query, (inquiry_id,))
        if row is None:
            raise DeskRefused("there is no inquiry {inquiry}", inquiry=inquiry_id)
        if row["answered_at_milliseconds"] is not None:
            raise DeskRefused(
                "{inquiry} was answered by {reviewer}",
                inquiry=inquiry_id,
                reviewer=row["reviewer_id"],
            )
        connection.execute(
            """
            UPDATE inquiries SET answer = '', answer_sha256 = %s, reviewer_id = %s,
                answered_at_milliseconds = %s
            WHERE inquiry_id = %s
            """,
            (
                _put(connection, texts, row["party_id"], inquiry_id, text),
                reviewer_id,
                now,
                inquiry_id,
            ),
        )
        elapsed: float = max(0, now - row["received_at_milliseconds"]) / 1000
        case_id = row["case_id"]
        told = InquiryAnswered(inquiry_id, case_id, row["party_id"], reviewer_id, now, elapsed)
        tell(connection, told, now)
        return elapsed


def unanswered(
    connection: Connection, limit: int, texts: PrivateTextStore, reader: str
) -> list[dict[str, Any]]:
    """Return open questions, those to be answered first first."""
    query = """
        SELECT * FROM inquiries WHERE answered_at_milliseconds IS NULL
        ORDER BY answer_until_milliseconds, inquiry_id LIMIT %s
    """
    return with_texts(connection, fetch_all(connection, query, (limit,)), texts, reader)


def with_texts(
    connection: Connection, rows: list[dict[str, Any]], texts: PrivateTextStore, reader: str
) -> list[dict[str, Any]]:
    """Return rows of inquiries with their texts; an answer is None where there is none yet."""
    wanted = [row[name] for row in rows for name in ("question_sha256", "answer_sha256")]
    found = texts.read(connection, wanted, reader)
    return [
        {
            **row,
            "question": shown(found, row["question"], row["question_sha256"]),
            "answer": None
            if row["answer"] is None
            else shown(found, row["answer"], row["answer_sha256"]),
        }
        for row in rows
    ]


def _put(
    connection: Connection, texts: PrivateTextStore, party_id: str, inquiry_id: str, text: str
) -> str:
    """Store a text of a party; give its hash. Errors: DeskRefused."""
    sealing = texts.sealing(connection, party_id)
    sha256 = sealing.keep(text)
    try:
        texts.put(connection, sealing, inquiry_id)
    except KeyErased as error:
        raise DeskRefused("{party} is being erased: try again", party=party_id) from error
    return sha256
