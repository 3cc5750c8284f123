"""What topics there are, and which events each carries."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal, get_args

import yaml

from schemas.events.acknowledgements import CommandAcknowledged
from schemas.events.appeals import AppealDecided, AppealFiled
from schemas.events.batches import BatchProcessed, VersionRecorded
from schemas.events.cases import ListingCases
from schemas.events.complaints import ClarificationProvided, ComplaintFiled, ComplaintRetracted
from schemas.events.conduct import ConductRecorded
from schemas.events.counter_notices import CounterNoticeAnswered, CounterNoticeFiled
from schemas.events.decisions import ComplaintDecided
from schemas.events.desk import (
    InquiryAnswered,
    InquiryReceived,
    OutreachRequested,
    ReviewAssigned,
    ReviewEscalated,
    ReviewSkipped,
)
from schemas.events.detections import BlockListing, DelistListing, MisuseDetected, ReviewDetection
from schemas.events.enforcement import EnforcementConfirmed, EnforcementOverdue
from schemas.events.listings import ListingChanged
from schemas.events.notices import NotifyParty
from schemas.events.parties import PartyRecorded
from schemas.events.party_rows import PartyConduct
from schemas.events.reviews import ReviewComplaint, ReviewDecided
from schemas.events.rules import RuleSetPublished, ServicePolicyPublished
from schemas.events.sla import (
    CaseClosed,
    SlaBreached,
    SlaClockPaused,
    SlaClockResumed,
    SlaClockStarted,
    SlaWarningRaised,
)
from schemas.events.standings import SanctionParty, StandingChanged
from schemas.events.surveys import SurveyAnswered
from schemas.events.switches import DispatchSwitched
from schemas.events.takedowns import ReinstateListing, TakeDownListing
from schemas.events.trademarks import TrademarkRecorded
from schemas.record import record_of

DIRECTORY = Path(__file__).parent
Role = Literal[
    "input",
    "global_table",
    "output",
    "internal",
    "service",
    "changelog",
    "journal",
    "dead_letters",
]
ROLES = get_args(Role)

EVENT_TYPES: dict[str, type[Any]] = {
    "ListingChanged": ListingChanged,
    "ComplaintFiled": ComplaintFiled,
    "ReviewDecided": ReviewDecided,
    "TrademarkRecorded": TrademarkRecorded,
    "PartyRecorded": PartyRecorded,
    "RuleSetPublished": RuleSetPublished,
    "ServicePolicyPublished": ServicePolicyPublished,
    "ComplaintDecided": ComplaintDecided,
    "TakeDownListing": TakeDownListing,
    "ReinstateListing": ReinstateListing,
    "ReviewComplaint": ReviewComplaint,
    "SlaClockStarted": SlaClockStarted,
    "SlaWarningRaised": SlaWarningRaised,
    "SlaBreached": SlaBreached,
    "CaseClosed": CaseClosed,
    "ListingCases": ListingCases,
    "MisuseDetected": MisuseDetected,
    "BlockListing": BlockListing,
    "DelistListing": DelistListing,
    "ReviewDetection": ReviewDetection,
    "ClarificationProvided": ClarificationProvided,
    "ComplaintRetracted": ComplaintRetracted,
    "CounterNoticeFiled": CounterNoticeFiled,
    "CounterNoticeAnswered": CounterNoticeAnswered,
    "AppealFiled": AppealFiled,
    "AppealDecided": AppealDecided,
    "CommandAcknowledged": CommandAcknowledged,
    "SlaClockPaused": SlaClockPaused,
    "SlaClockResumed": SlaClockResumed,
    "EnforcementConfirmed": EnforcementConfirmed,
    "EnforcementOverdue": EnforcementOverdue,
    "NotifyParty": NotifyParty,
    "ConductRecorded": ConductRecorded,
    "StandingChanged": StandingChanged,
    "SanctionParty": SanctionParty,
    "PartyConduct": PartyConduct,
    "DispatchSwitched": DispatchSwitched,
    "SurveyAnswered": SurveyAnswered,
    "ReviewAssigned": ReviewAssigned,
    "ReviewSkipped": ReviewSkipped,
    "ReviewEscalated": ReviewEscalated,
    "InquiryReceived": InquiryReceived,
    "InquiryAnswered": InquiryAnswered,
    "OutreachRequested": OutreachRequested,
    "BatchProcessed": BatchProcessed,
    "VersionRecorded": VersionRecorded,
}


class CatalogInvalid(Exception):
    """topics.yaml or a schema says something that can't be; the message says what and where."""


@dataclass(frozen=True)
class Topic:
    """One topic as declared in topics.yaml; retention in hours, -1 for ever, None if compacted.
    Of a compacted one, records are kept for the lag at least, in hours."""

    name: str
    role: Role
    key: str
    events: tuple[str, ...]
    cleanup: Literal["delete", "compact"]
    retention_hours: int | None
    compaction_lag_hours: int
    partitions: int
    max_message_bytes: int
    description: str


@cache
def load_topics() -> dict[str, Topic]:
    """Return all topics by name. Errors: CatalogInvalid."""
    declared = yaml.safe_load((DIRECTORY / "topics.yaml").read_text(encoding="utf-8"))
    topics: dict[str, Topic] = {}
    for entry in declared["topics"]:
        topic = _topic({**declared["defaults"], **entry})
        if topic.name in topics:
            raise CatalogInvalid(f"{topic.name} is declared twice")
        topics[topic.name] = topic
    return topics


def _topic(entry: dict[str, Any]) -> Topic:
    name = entry.get("name", "a topic without a name")
    try:
        topic = Topic(
            name=entry["name"],
            role=entry["role"],
            key=entry["key"],
            events=tuple(entry["events"]),
            cleanup=entry["cleanup"],
            retention_hours=entry.get("retention_hours"),
            compaction_lag_hours=entry.get("compaction_lag_hours", 0),
            partitions=entry["partitions"],
            max_message_bytes=entry["max_message_bytes"],
            description=entry["description"],
        )
    except KeyError as error:
        raise CatalogInvalid(f"{name}: {error.args[0]} is missing") from error
    if topic.role not in ROLES:
        raise CatalogInvalid(f"{name}: role {topic.role} is none of {', '.join(ROLES)}")
    if topic.cleanup not in ("delete", "compact"):
        raise CatalogInvalid(f"{name}: cleanup {topic.cleanup} is neither delete nor compact")
    if (topic.cleanup == "compact") != (topic.retention_hours is None):
        raise CatalogInvalid(f"{name}: retention_hours goes with cleanup delete, and only with it")
    if topic.compaction_lag_hours and topic.cleanup != "compact":
        raise CatalogInvalid(f"{name}: compaction_lag_hours goes with cleanup compact only")
    unknown = [event for event in topic.events if event not in EVENT_TYPES]
    if unknown:
        raise CatalogInvalid(f"{name}: no such event as {', '.join(unknown)}")
    return topic


@cache
def load_schema(event_name: str) -> dict[str, Any]:
    """Return the newest Avro schema of an event, as it is registered. Errors: CatalogInvalid."""
    return load_versions(event_name)[-1]


def event_of(event_name: str, fields: Mapping[str, Any]) -> Any:
    """Return the event with these fields; those that an older version did not have are as declared.

    Errors: KeyError where there is no such event, or a field without a default is missing.
    """
    event_type = EVENT_TYPES[event_name]
    declared = load_schema(event_name)["fields"]
    defaults = {each["name"]: each["default"] for each in declared if "default" in each}
    return record_of(event_type, {**defaults, **fields})


def load_versions(event_name: str) -> list[dict[str, Any]]:
    """Return all versions of an event's schema, oldest first. Errors: CatalogInvalid."""
    paths = {
        int(path.name.split(".")[1].removeprefix("v")): path
        for path in (DIRECTORY / "avro").glob(f"{event_name}.v*.avsc")
    }
    if sorted(paths) != list(range(1, len(paths) + 1)) or not paths:
        raise CatalogInvalid(f"{event_name} has no schemas .v1.avsc, .v2.avsc and so on")
    return [json.loads(path.read_text(encoding="utf-8")) for _, path in sorted(paths.items())]


def subject_of(topic: str, event_name: str) -> str:
    """Return the registry's subject of an event on a topic (TopicRecordNameStrategy)."""
    return f"{topic}-ip.{event_name}"
