"""What each table holds of a person: whose it is, what is given out, erased, and kept how long.

A party is told its own words and what was decided of it, and of others no name, id or word.
"""

from typing import Final, NamedTuple


class PersonalTable(NamedTuple):
    """A table with rows of a party, which is `%(party)s` in all conditions and columns."""

    name: str
    holds: str
    """For people: what it is."""
    owned: str
    """Which rows are a party's."""
    given: str
    """Columns that it is given of them."""
    emptied: str = ""
    """What is set when it is erased."""
    emptied_of: str = ""
    """In which rows, if not in all that are its own."""
    erased: bool = False
    """Whether its rows are removed when it is erased."""
    kept: str = ""
    """How long, where another service sees to it."""


_PARTIES: Final = "%(party)s IN (complainant_id, rights_holder_id, seller_id)"
_COMPLAINED: Final = "%(party)s IN (complainant_id, rights_holder_id)"
_OF_CASES: Final = f"case_id IN (SELECT case_id FROM cases WHERE {_PARTIES})"  # noqa: S608
_OF_TASKS: Final = f"""
    task_id IN (
        SELECT task_id FROM review_tasks WHERE {_PARTIES} AND state IN ('decided', 'stale')
    )
"""  # noqa: S608
_OWN_STATEMENT: Final = """
    CASE WHEN %(party)s = {owner} THEN statement END AS statement,
    CASE WHEN %(party)s = {owner} THEN statement_sha256 END AS statement_sha256
"""

PERSONAL_TABLES: Final = (
    PersonalTable(
        "filings",
        "requests to the filing API, and their receipts",
        "party_id = %(party)s",
        "filing_id, kind, case_id, request, request_sha256, answer, received_at_milliseconds",
        emptied="request = '{}', fingerprint = '', idempotency_key = NULL",
    ),
    PersonalTable(
        "filed_complaints",
        "complaints that came by the filing API",
        _COMPLAINED,
        "complaint_id, filing_id, listing_id, marketplace",
        kept="as long as their filings",
    ),
    PersonalTable(
        "filed_evidence",
        "documents that were uploaded",
        "party_id = %(party)s",
        "evidence_id, sha256, media_type, size_bytes, received_at_milliseconds, "
        "expires_at_milliseconds",
        emptied="expires_at_milliseconds = 0",
        kept="a week where no filing names it, else 400 days after the newest that does",
    ),
    PersonalTable(
        "cases",
        "complaints and where they stand",
        _PARTIES,
        "case_id, CASE %(party)s WHEN complainant_id THEN 'complainant' "
        "WHEN rights_holder_id THEN 'rights_holder' ELSE 'seller' END AS part, "
        "listing_id, marketplace, trademark_office, trademark_number, ground, territory, "
        "outcome, reason_codes, automated, filed_at_milliseconds, decided_at_milliseconds, "
        "closed_at_milliseconds, " + _OWN_STATEMENT.format(owner="complainant_id"),
        emptied="statement = ''",
        emptied_of="complainant_id = %(party)s AND statement <> ''",
    ),
    PersonalTable(
        "decisions",
        "what was decided of cases",
        _OF_CASES,
        "case_id, decision_number, outcome, reason_codes, rule_id, findings, automated, "
        "decided_at_milliseconds",
    ),
    PersonalTable(
        "commands",
        "what marketplaces were told to do",
        f"seller_id = %(party)s OR {_OF_CASES}",
        "command_id, kind, case_id, listing_id, marketplace, reason_codes, "
        "issued_at_milliseconds, acknowledged_at_milliseconds, proved_at_milliseconds",
    ),
    PersonalTable(
        "deliveries",
        "commands on their way to marketplaces",
        "%(party)s IN (complainant_id, seller_id)",
        "command_id, marketplace, type, listing_id, case_id, state, result, "
        "issued_at_milliseconds, delivered_at_milliseconds",
        kept="400 days; dispatch removes those that are over",
    ),
    PersonalTable(
        "detections",
        "titles that were held to misuse marks",
        "seller_id = %(party)s",
        "detection_id, listing_id, marketplace, title, url, outcome, reason_codes, "
        "detected_at_milliseconds",
    ),
    PersonalTable(
        "clarifications",
        "what was added to complaints",
        "complainant_id = %(party)s",
        "clarification_id, case_id, statement, statement_sha256, evidence, "
        "provided_at_milliseconds",
        emptied="statement = ''",
    ),
    PersonalTable(
        "counter_notices",
        "objections",
        "seller_id = %(party)s",
        "counter_notice_id, case_id, reason, statement, statement_sha256, filed_at_milliseconds",
        emptied="statement = ''",
    ),
    PersonalTable(
        "counter_notice_answers",
        "answers to objections",
        f"case_id IN (SELECT case_id FROM cases WHERE {_COMPLAINED})",  # noqa: S608
        "answer_id, case_id, answer, explanation, explanation_sha256, answered_at_milliseconds",
        emptied="explanation = ''",
    ),
    PersonalTable(
        "appeals",
        "appeals, and what was decided of them",
        f"party_id = %(party)s OR {_OF_CASES}",
        "appeal_id, case_id, filed_at_milliseconds, granted, reason_codes, explanation, "
        "decided_at_milliseconds, " + _OWN_STATEMENT.format(owner="party_id"),
        emptied="statement = ''",
        emptied_of="party_id = %(party)s AND statement <> ''",
    ),
    PersonalTable(
        "review_tasks",
        "what reviewers were asked, once they have answered",
        f"{_PARTIES} AND state IN ('decided', 'stale')",
        "task_id, kind, case_id, reason_codes, issued_at_milliseconds, ended_at_milliseconds",
    ),
    PersonalTable(
        "opinions",
        "what reviewers noted, without who",
        _OF_TASKS,
        "task_id, outcome, reason_codes, explanation, given_at_milliseconds",
    ),
    PersonalTable(
        "skips",
        "why reviewers passed a task on, without who",
        _OF_TASKS,
        "task_id, reason, skipped_at_milliseconds",
    ),
    PersonalTable(
        "reviews",
        "what reviewers decided",
        _OF_CASES,
        "review_id, case_id, outcome, reason_codes, decided_at_milliseconds",
    ),
    PersonalTable(
        "notices",
        "that it was told",
        "party_id = %(party)s",
        "case_id, kind, outcome, answer_until_milliseconds, appeal_until_milliseconds, "
        "issued_at_milliseconds",
    ),
    PersonalTable(
        "statements_of_reasons",
        "what it was told, word for word",
        "party_id = %(party)s",
        "case_id, kind, language, title, text, issued_at_milliseconds",
        emptied="title = '', text = ''",
    ),
    PersonalTable(
        "inquiries",
        "questions to the team, and answers",
        "party_id = %(party)s",
        "inquiry_id, case_id, question, question_sha256, answer, answer_sha256, "
        "received_at_milliseconds, answered_at_milliseconds",
        emptied="question = '', answer = CASE WHEN answer IS NOT NULL THEN '' END",
    ),
    PersonalTable(
        "outreach_tasks",
        "that it was to be called on",
        "party_id = %(party)s",
        "outreach_id, case_id, reason, requested_at_milliseconds, done_at_milliseconds",
    ),
    PersonalTable(
        "standings",
        "how it stands",
        "party_id = %(party)s",
        "role, tier, strikes, grounds, until_milliseconds, changed_at_milliseconds",
    ),
    PersonalTable(
        "complainants",
        "its first complaint",
        "party_id = %(party)s",
        "first_case_id, first_arrived_at_milliseconds",
    ),
    PersonalTable(
        "private_text_reads",
        "in which part somebody read its texts",
        "party_id = %(party)s",
        "read_at_milliseconds, split_part(reader, ' ', 1) AS part, texts",
    ),
    PersonalTable(
        "erasure_requests",
        "that it was to be erased",
        "party_id = %(party)s",
        "request_id, state, requested_at_milliseconds, ended_at_milliseconds",
    ),
    PersonalTable(
        "legal_holds",
        "why its data must be kept",
        "party_id = %(party)s",
        "reason, until_milliseconds, recorded_at_milliseconds, lifted_at_milliseconds",
    ),
    PersonalTable(
        "web_sessions",
        "when it signed in on the pages",
        "party_id = %(party)s",
        "role, acts_for, began_at_milliseconds, expires_at_milliseconds",
        erased=True,
        kept="until the session ends; the pages remove it",
    ),
    PersonalTable(
        "web_members",
        "who signs in for it, and was invited to",
        "party_id = %(party)s",
        "member_id, role, acts_for, rights, name, added_at_milliseconds, removed_at_milliseconds",
        erased=True,
    ),
    PersonalTable(
        "web_drafts",
        "complaints that were begun and not filed",
        "party_id = %(party)s",
        "draft_id, member_id, ground, listings, changed_at_milliseconds, '' AS content, "
        "content_sha256",
        emptied="ground = '', listings = 0, member_id = ''",
    ),
    PersonalTable(
        "notification_preferences",
        "what it wants to be told of, how, and where",
        "party_id = %(party)s",
        "part, language, email_state, email_kinds, webhook_kinds, changed_at_milliseconds, "
        "'' AS content, content_sha256",
        erased=True,
    ),
    PersonalTable(
        "party_messages",
        "what it was written of by e-mail and webhook",
        "party_id = %(party)s",
        "part, way, kind, case_id, issued_at_milliseconds",
        erased=True,
    ),
    PersonalTable(
        "web_actions",
        "what it did on the pages",
        "party_id = %(party)s",
        "role, action, subject, acted_at_milliseconds",
        kept="400 days; the pages remove it",
    ),
)

OTHER_TABLES: Final = {
    "private_text_uses": "which filing, question or draft says which text",
    "private_texts": "given out and erased as texts, by the party's key",
    "party_keys": "nothing but keys, wrapped",
    "filed_evidence_uses": "which filing names which document",
    "outbox": "events on their way to their topic",
    "lumen_drafts": "redacted; a hash of the case's id is all that it is found by",
    "submissions": "statements of reasons and notices as they are published, ids of messages",
    "web_sign_ins": "sign-ins under way, of nobody yet",
    "held_verdicts": "of reviewers, for some minutes",
    "assignments": "of reviewers",
    "reviewers": "of reviewers",
    "delivery_actions": "of operators",
    "disabled_endpoints": "of marketplaces",
    "marketplace_endpoints": "of marketplaces, recorded by operators",
    "dispatch_counts": "counts",
    "recorded_acknowledgements": "ids of acknowledgements",
    "refused_records": "places of records in topics",
    "positions": "places in topics",
    "alembic_version": "the database's version",
}
"""Tables of which nothing is given out or erased with a party, and why."""
