"""The groups of columns that the case store fills; tables: sinks/migrations/versions/cases_1.py.

All events of a case lie in one partition of each topic, so offsets of one topic tell their order.
"""

from sinks.database.merging import Merge

COMPLAINT = Merge(
    "cases",
    ("case_id",),
    ("complaint_offset",),
    (
        *("listing_id", "marketplace", "complainant_id", "rights_holder_id", "trademark_office"),
        *("trademark_number", "ground", "territory", "language", "statement", "evidence"),
        *("batch_id", "filed_at_milliseconds", "arrived_at_milliseconds", "statement_sha256"),
    ),
    newest=False,
)
CURRENT_DECISION = Merge(
    "cases",
    ("case_id",),
    ("decision_number",),
    (
        *("outcome", "reason_codes", "rule_id", "automated", "reviewer_id", "seller_id"),
        *("trusted_flagger", "received_at_milliseconds", "decided_at_milliseconds"),
    ),
)
DEADLINE = Merge("cases", ("case_id",), ("deadline_offset",), ("deadline_at_milliseconds",))
CLOSING = Merge(
    "cases",
    ("case_id",),
    ("closing_offset",),
    ("closed_at_milliseconds", "open_seconds", "paused_seconds", "within_deadline"),
)
PAUSE = Merge(
    "cases",
    ("case_id",),
    ("pause_offset",),
    ("paused_at_milliseconds", "answer_until_milliseconds"),
)
WARNING = Merge("cases", ("case_id",), ("warning_offset",), ("warned_at_milliseconds",))
BREACH = Merge("cases", ("case_id",), ("breach_offset",), ("breached_at_milliseconds",))
COMPLAINANT = Merge(
    "complainants",
    ("party_id",),
    ("first_arrived_at_milliseconds", "first_case_id"),
    (),
    newest=False,
)
DECISION = Merge(
    "decisions",
    ("case_id", "decision_number"),
    (),
    (
        *("listing_id", "marketplace", "outcome", "reason_codes", "rule_id", "findings"),
        *("shadow_outcome", "closes_case", "automated", "reviewer_id", "command_id"),
        *("decided_at_milliseconds", "deadline_at_milliseconds", "capsule"),
    ),
)
COMMAND = Merge(
    "commands",
    ("command_id",),
    ("issued_at_milliseconds",),
    (
        *("kind", "case_id", "decision_number", "listing_id", "marketplace", "seller_id"),
        *("reason_codes", "territories"),
    ),
    newest=False,
)
ACKNOWLEDGED = Merge(
    "commands", ("command_id",), ("acknowledged_at_milliseconds",), (), newest=False
)
REFUSED = Merge(
    "commands", ("command_id",), ("refused_at_milliseconds", "refusal"), (), newest=False
)
PROVED = Merge("commands", ("command_id",), ("proved_at_milliseconds",), (), newest=False)
OVERDUE = Merge("commands", ("command_id",), ("reminders",), ("missing",))
DETECTION = Merge(
    "detections",
    ("detection_id",),
    (),
    (
        *("listing_id", "marketplace", "seller_id", "title", "url", "outcome", "reason_codes"),
        *("marks", "strikes", "detected_at_milliseconds"),
    ),
)
CLARIFICATION = Merge(
    "clarifications",
    ("clarification_id",),
    ("provided_offset",),
    (
        *("case_id", "complainant_id", "statement", "statement_sha256", "evidence"),
        "provided_at_milliseconds",
    ),
    newest=False,
)
COUNTER_NOTICE = Merge(
    "counter_notices",
    ("counter_notice_id",),
    ("filed_offset",),
    ("case_id", "seller_id", "reason", "statement", "statement_sha256", "filed_at_milliseconds"),
    newest=False,
)
ANSWER = Merge(
    "counter_notice_answers",
    ("answer_id",),
    ("answered_offset",),
    ("case_id", "answer", "explanation", "explanation_sha256", "answered_at_milliseconds"),
    newest=False,
)
APPEAL = Merge(
    "appeals",
    ("appeal_id",),
    ("filed_offset",),
    (
        *("case_id", "party_id", "statement", "statement_sha256", "evidence"),
        "filed_at_milliseconds",
    ),
    newest=False,
)
APPEAL_DECISION = Merge(
    "appeals",
    ("appeal_id",),
    ("decided_at_milliseconds",),
    ("role", "decision_number", "granted", "reason_codes", "reviewer_id", "explanation"),
    newest=False,
)
REVIEW = Merge(
    "reviews",
    ("review_id",),
    ("decided_offset",),
    (
        *("case_id", "decision_number", "subject_id", "outcome", "reason_codes", "reviewer_id"),
        *("second_reviewer_id", "decided_at_milliseconds"),
    ),
    newest=False,
)
NOTICE = Merge(
    "notices",
    ("case_id", "role", "kind"),
    ("issued_at_milliseconds", "command_id"),
    (
        *("party_id", "decision_number", "outcome", "answer_until_milliseconds"),
        "appeal_until_milliseconds",
    ),
)
STATEMENT = Merge(
    "statements_of_reasons",
    ("command_id",),
    (),
    (
        *("party_id", "role", "kind", "case_id", "decision_number", "language", "title", "text"),
        "issued_at_milliseconds",
    ),
)
STANDING = Merge(
    "standings",
    ("party_id",),
    ("changed_offset",),
    ("role", "tier", "strikes", "grounds", "until_milliseconds", "changed_at_milliseconds"),
)
TASK = Merge(
    "review_tasks",
    ("task_id",),
    (),
    (
        *("kind", "case_id", "subject_id", "decision_number", "listing_id", "marketplace"),
        *("complainant_id", "rights_holder_id", "seller_id", "trademark_key", "ground"),
        *("language", "reason_codes", "trusted_flagger", "fast_lane", "price_euros"),
        *("excluded_reviewer_ids", "deadline_at_milliseconds", "issued_at_milliseconds"),
        *("issued_offset", "mark_goods", "listing", "mark"),
    ),
)
