"""Which fields tell one event from another: from them comes its CloudEvents id.

A consumer drops a repeat by this id, so two events that differ in meaning never share one, and the
same event made again has the same.
"""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any, Final

ALL_FIELDS: Final = ()
"""For records of a state, which have no id of their own: the whole content, key and time."""

IDENTITY: Final[Mapping[str, tuple[str, ...]]] = {
    "AppealDecided": ("appeal_id", "case_id", "decision_number"),
    "AppealFiled": ("appeal_id",),
    "BatchProcessed": ALL_FIELDS,
    "BlockListing": ("command_id",),
    "CaseClosed": ("case_id", "decision_number"),
    "ClarificationProvided": ("clarification_id",),
    "CommandAcknowledged": ("acknowledgement_id", "command_id", "result"),
    "ComplaintDecided": ("case_id", "decision_number"),
    "ComplaintFiled": ("complaint_id",),
    "ComplaintRetracted": ("retraction_id",),
    "ConductRecorded": ("conduct_id",),
    "CounterNoticeAnswered": ("answer_id",),
    "CounterNoticeFiled": ("counter_notice_id",),
    "DelistListing": ("command_id",),
    "DispatchSwitched": ALL_FIELDS,
    "EnforcementConfirmed": ("command_id", "stage"),
    "EnforcementOverdue": ("command_id", "missing", "reminder_number"),
    "InquiryAnswered": ("inquiry_id",),
    "InquiryReceived": ("inquiry_id",),
    "ListingCases": ALL_FIELDS,
    "ListingChanged": ALL_FIELDS,
    "MisuseDetected": ("detection_id",),
    "NotifyParty": ("command_id",),
    "OutreachRequested": ("outreach_id",),
    "PartyConduct": ALL_FIELDS,
    "PartyRecorded": ALL_FIELDS,
    "ReinstateListing": ("command_id",),
    "ReviewAssigned": ALL_FIELDS,
    "ReviewComplaint": ("command_id",),
    "ReviewDecided": ("review_id",),
    "ReviewDetection": ("command_id",),
    "ReviewEscalated": ALL_FIELDS,
    "ReviewSkipped": ALL_FIELDS,
    "RuleSetPublished": ALL_FIELDS,
    "SanctionParty": ("command_id",),
    "ServicePolicyPublished": ALL_FIELDS,
    "SlaBreached": ALL_FIELDS,
    "SlaClockPaused": ALL_FIELDS,
    "SlaClockResumed": ALL_FIELDS,
    "SlaClockStarted": ALL_FIELDS,
    "SlaWarningRaised": ALL_FIELDS,
    "StandingChanged": ALL_FIELDS,
    "SurveyAnswered": ("survey_id",),
    "TakeDownListing": ("command_id",),
    "TrademarkRecorded": ALL_FIELDS,
    "VersionRecorded": ALL_FIELDS,
}


def event_id(event: Any, key: str, time_milliseconds: int) -> str:
    """Return an id that is the same whenever the same event is made.

    Key and time are the record's. Errors: KeyError where the event's identity is not declared.
    """
    name = type(event).__name__
    fields = IDENTITY[name]
    if len(fields) == 1:
        return f"{name}:{getattr(event, fields[0])}"
    if fields:
        parts = [name, *(str(getattr(event, field)) for field in fields)]
    else:
        parts = [name, key, str(time_milliseconds), repr(tuple(event))]
    # Lengths go first, so that no text in a field can pass for the border to the next.
    content = "".join(f"{len(part)}:{part}" for part in parts)
    return sha256(content.encode("utf-8", "surrogatepass")).hexdigest()[:32]
