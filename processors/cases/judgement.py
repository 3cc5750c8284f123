"""From a complaint and its listing to a ruling: the steps in order, then the rules."""

from typing import NamedTuple

from processors.bitemporal import as_of
from processors.cases.priority import fast_lane, suspended
from processors.cases.protection import (
    Ruled,
    dated,
    further_mismatch,
    held_in,
    reach_of_mark,
    standing_of_mark,
    with_protection,
)
from processors.findings.authority import authority_finding
from processors.findings.completeness import missing_elements
from processors.findings.evidence import evidence_finding
from processors.findings.findings import Findings, RegistryFinding
from processors.findings.licences import licence_finding
from processors.findings.listing_reading import read_listing
from processors.findings.registry_match import (
    has_lapsed,
    nice_class_finding,
    registry_finding,
    territory_finding,
)
from processors.identifiers import key_of, reference_of
from processors.policies.service_level import PURCHASES_DESCRIBED
from processors.restraint.restraint import AutomaticAction, reason_to_hold, rule_is_held
from processors.rules.domain import COMPLAINTS
from processors.rules.rollout import rules_of_listing
from processors.step import Moment, Reference
from schemas.events.cases import Case
from schemas.events.decisions import Outcome, ShadowOutcome
from schemas.events.listings import ListingChanged
from schemas.events.trademarks import TrademarkRecorded
from schemas.record import maker

INTAKE_RULE_ID = "step:intake"
LISTING_WAIT_RULE_ID = "step:listing_wait"
STANDING_RULE_ID = "step:standing"
RESTRAINT_RULE_ID = "step:restraint"
PROTECTION_RULE_ID = "step:protection"
_findings = maker(Findings)
_shadow_outcome = maker(ShadowOutcome)


class Judgement(NamedTuple):
    """What was decided on a complaint and why, with the registry version relied on.

    The findings' number and its version are those of `processors.findings.versions`.
    """

    outcome: Outcome
    reason_codes: tuple[str, ...]
    rule_id: str
    findings: dict[str, str]
    trademark: TrademarkRecorded | None
    shadow_outcome: str | None
    rule_set_hash: str
    reviewer_ids: tuple[str, ...] = ()
    findings_version: int = 0
    findings_number: int | None = None
    further_reason_codes: tuple[str, ...] = ()
    """What else stands in the complaint's way, where it is declined or asked about."""
    explanation: str = ""
    """The reviewer's own words."""
    shadow_outcomes: tuple[ShadowOutcome, ...] = ()


def trademark_as_of(
    reference: Reference,
    name: str,
    valid_at_milliseconds: int,
    known_at_milliseconds: int,
    edition: int = 0,
) -> tuple[TrademarkRecorded | None, RegistryFinding]:
    """Return the mark as it stood at a time, as far as known at another, and where it stood."""
    history = reference.trademark_history(name)
    version = as_of(history, valid_at_milliseconds, known_at_milliseconds)
    if version is None and history:
        return None, "not_yet_registered"
    return version, registry_finding(version, valid_at_milliseconds, edition)


def judge(
    case: Case, listing: ListingChanged | None, moment: Moment, held_down: bool = False
) -> Judgement:
    """Decide a case's complaint on its listing, with registry and standing as of its receipt.

    A complaint of someone suspended is not looked into: DSA Article 23(2) suspends the processing.
    One on a listing that another case holds down is judged as if it were still shown.
    """
    complaint, received_at_milliseconds = case.complaint, case.received_at_milliseconds
    if suspended(complaint, received_at_milliseconds, moment):
        reasons: tuple[str, ...] = ("complainant_suspended",)
        return Judgement("decline", reasons, STANDING_RULE_ID, {}, None, None, "")
    level = moment.levels.of_case(case)
    missing = missing_elements(complaint, bool(level.rights))
    if missing:
        return Judgement("ask_for_clarification", missing, INTAKE_RULE_ID, {}, None, None, "")
    if listing is None:
        reasons = ("listing_not_found",)
        return Judgement("wait_for_listing", reasons, LISTING_WAIT_RULE_ID, {}, None, None, "")
    reference = moment.reference
    edition = level.steps_edition
    trademark, registry = trademark_as_of(
        reference,
        reference_of(complaint),
        received_at_milliseconds,
        moment.now_milliseconds,
        edition,
    )
    trademark, registry, told_apart = standing_of_mark(
        trademark, registry, complaint.territory, edition
    )
    findings, details = _find(case, listing, trademark, registry, moment, held_down)
    if told_apart:
        details["protection"] = told_apart
    deciding, compared = rules_of_listing(
        *(reference.rule_set, reference.shadow_rule_sets, reference.rollout),
        *(complaint.marketplace, complaint.listing_id),
    )
    ruling = deciding.decide(findings)
    shadow = reference.shadow_rule_set
    further: tuple[str, ...] = ()
    if level.statements:
        seen = findings if trademark is not None else _without_mark(findings)
        further = deciding.further_reasons(ruling, seen)
        if further_mismatch(ruling.outcome, details):
            further = (*further, "trademark_class_mismatch")
    ruled = with_protection(
        Ruled(ruling.outcome, ruling.reason_codes), details, trademark, listing, complaint, edition
    )
    judgement = Judgement(
        ruled.outcome,
        ruled.reason_codes,
        PROTECTION_RULE_ID if ruled.changed else ruling.rule_id,
        {**findings._asdict(), **details},
        trademark,
        None if shadow is None else shadow.decide(findings).outcome,
        deciding.hash,
        findings_version=COMPLAINTS.version,
        findings_number=COMPLAINTS.numbering.number_of(findings),
        further_reason_codes=further,
        shadow_outcomes=tuple(
            [_shadow_outcome(each.hash, each.decide(findings).outcome) for each in compared]
        ),
    )
    return restrained(judgement, complaint.complainant_id, moment)


def _without_mark(findings: Findings) -> Findings:
    """Return findings without what nobody saw, where the register has no record to read."""
    authority = findings.authority
    return findings._replace(
        nice_class="unknown",
        territory="covered",
        authority="owner_unknown" if authority == "not_owner" else authority,
    )


def restrained(judgement: Judgement, complainant_id: str, moment: Moment) -> Judgement:
    """Return a judgement without a person, or that a person is to decide where it is held back."""
    reason = None
    if judgement.outcome == "take_down":
        action = AutomaticAction(
            judgement.rule_id,
            judgement.rule_set_hash,
            key_of(judgement.trademark) or "",
            complainant_id,
        )
        reason = reason_to_hold(action, moment)
    elif judgement.outcome == "decline":
        held = rule_is_held(judgement.rule_id, judgement.rule_set_hash, moment)
        reason = "rule_under_review" if held else None
    if reason is None:
        return judgement
    return judgement._replace(
        outcome="send_to_review",
        reason_codes=(reason,),
        rule_id=RESTRAINT_RULE_ID,
        findings={**judgement.findings, "held_rule": judgement.rule_id},
    )


def _find(
    case: Case,
    listing: ListingChanged,
    trademark: TrademarkRecorded | None,
    registry: RegistryFinding,
    moment: Moment,
    held_down: bool,
) -> tuple[Findings, dict[str, str]]:
    complaint, received_at_milliseconds = case.complaint, case.received_at_milliseconds
    reference = moment.reference
    rights_holder = reference.party(complaint.rights_holder_id)
    complainant = reference.party(complaint.complainant_id)
    level = moment.levels.of_case(case)
    authority = authority_finding(
        complaint,
        complainant,
        rights_holder,
        trademark,
        received_at_milliseconds,
        level.steps_edition,
    )
    fast = fast_lane(complaint, received_at_milliseconds, moment)
    read = read_listing(
        complaint,
        listing,
        dated(trademark, level.steps_edition),
        reference.marks_named,
        reference.party,
        label_proves=fast or level.steps_edition < PURCHASES_DESCRIBED,
    )
    nice_class, classes = reach_of_mark(
        complaint,
        nice_class_finding(
            () if trademark is None else trademark.nice_classes, listing.nice_classes
        ),
        level.steps_edition,
    )
    findings = _findings(
        ground=complaint.ground,
        listing="taken_down" if held_down else listing.status,
        authority=authority,
        registry=registry,
        nice_class=nice_class,
        territory="not_covered"
        if trademark is None
        else territory_finding(
            held_in(trademark, level.steps_edition),
            complaint.territory,
            listing.territories,
            complaint.trademark_office,
            level.measure_scope == "country",
        ),
        listing_match=read.match.finding,
        evidence=evidence_finding(complaint, authority, fast),
        seller=licence_finding(
            complaint, rights_holder, listing, trademark, received_at_milliseconds
        ),
        reading=read.reading,
    )
    details = dict(read.details)
    if read.match.text:
        details["matched_text"] = read.match.text
    if classes:
        details["classes"] = classes
    if fast:
        details["standing"] = "fast_lane"
    if trademark is not None:
        details["trademark_status"] = trademark.status
        lapsed = has_lapsed(trademark, received_at_milliseconds, level.steps_edition)
        if lapsed and registry == "unknown":
            details["protection"] = "may_be_renewed"
    return findings, details
