"""The whole topology on one page: names and wiring only.

Records of the input topics are shared out by partition. Those of one listing stand in the same
partition number of each, so one worker sees them all and keeps their state in one row.

    ip.listings.events ----+                                    +--> ip.decisions.events
    ip.complaints.events --+--> step(row, event, moment) --+----+--> ip.takedowns.commands
    ip.reviews.events -----+      ^                   |    |    +--> ip.reviews.commands
    timers in the rows ----+      |                   |    |    +--> ip.sla.events
    ip.trademarks.events --+      |                   |    +-------> ip.dead-letters
    ip.parties.state ------+--> global tables         v
    ip.rules.state --------+                  ip.cases.state
    ip.standings.state ----+

Conduct of parties goes from listings' partitions to those of the parties, where the same workers
take it in again and keep a row for each party.

    ip.conduct.events -----+--> step(row, event, moment) ------+--> ip.standings.state
    timers in the rows ----+                                   +--> ip.accounts.commands

Monitors are a group of their own. They keep no rows: a listing's title is judged for itself, with
the tables and the takedowns so far.

    ip.listings.events ----> watch_listing(listing, watch) --+--> ip.detections.events
    ip.reviews.events -----> take_review(review, watch) -----+--> ip.takedowns.commands
    ip.trademarks.events --+      ^                          +--> ip.reviews.commands
    ip.parties.state ------+--> monitoring tables            +--> ip.dead-letters
    ip.takedowns.commands -+
    ip.detections.events --+                                 +--> ip.conduct.events

docs/topology.md is generated from this file and from schemas/topics.yaml.
"""

from typing import Final

LEAD_TOPIC: Final = "ip.listings.events"
"""The group's partitions are shared out by this topic; the other inputs' follow it."""

INPUTS: Final[dict[str, tuple[str, ...]]] = {
    "ip.listings.events": ("ListingChanged",),
    "ip.complaints.events": ("ComplaintFiled", "ClarificationProvided", "ComplaintRetracted"),
    "ip.reviews.events": ("ReviewDecided",),
    "ip.counter-notices.events": ("CounterNoticeFiled", "CounterNoticeAnswered", "AppealFiled"),
    "ip.acknowledgements.events": ("CommandAcknowledged",),
}

PARTY_INPUTS: Final[dict[str, tuple[str, ...]]] = {
    "ip.conduct.events": ("ConductRecorded",),
}
"""Inputs keyed by party, which workers and monitors write themselves. Partition n of each goes to
the worker that holds partition n of the lead topic, as with the inputs keyed by listing."""

ALL_INPUTS: Final = (*INPUTS, *PARTY_INPUTS)

GLOBAL_TABLES: Final[dict[str, tuple[str, ...]]] = {
    "ip.trademarks.events": ("TrademarkRecorded",),
    "ip.parties.state": ("PartyRecorded",),
    "ip.rules.state": ("RuleSetPublished", "ServicePolicyPublished"),
    "ip.standings.state": ("StandingChanged",),
}

MONITOR_INPUTS: Final[dict[str, tuple[str, ...]]] = {
    "ip.listings.events": ("ListingChanged",),
    "ip.reviews.events": ("ReviewDecided",),
}

MONITOR_TABLES: Final[dict[str, str]] = {
    "ip.trademarks.events": "TrademarkRecorded",
    "ip.parties.state": "PartyRecorded",
    "ip.takedowns.commands": "TakeDownListing and others",
    "ip.detections.events": "MisuseDetected",
}

MONITOR_OUTPUTS: Final[dict[str, str]] = {
    "MisuseDetected": "ip.detections.events",
    "BlockListing": "ip.takedowns.commands",
    "DelistListing": "ip.takedowns.commands",
    "ReviewDetection": "ip.reviews.commands",
    "ConductRecorded": "ip.conduct.events",
}

OUTPUTS: Final[dict[str, str]] = {
    "ComplaintDecided": "ip.decisions.events",
    "TakeDownListing": "ip.takedowns.commands",
    "ReinstateListing": "ip.takedowns.commands",
    "ReviewComplaint": "ip.reviews.commands",
    "AppealDecided": "ip.decisions.events",
    "NotifyParty": "ip.notices.commands",
    "ConductRecorded": "ip.conduct.events",
    "SlaClockStarted": "ip.sla.events",
    "SlaClockPaused": "ip.sla.events",
    "SlaClockResumed": "ip.sla.events",
    "SlaWarningRaised": "ip.sla.events",
    "SlaBreached": "ip.sla.events",
    "CaseClosed": "ip.sla.events",
    "EnforcementConfirmed": "ip.sla.events",
    "EnforcementOverdue": "ip.sla.events",
    "StandingChanged": "ip.standings.state",
    "SanctionParty": "ip.accounts.commands",
}

PARTY_OUTPUTS: Final = frozenset(
    {"ConductRecorded", "NotifyParty", "StandingChanged", "SanctionParty"}
)
"""Outputs that go to the partition of their party; others stay in that of their listing."""

JOURNAL: Final[dict[str, str]] = {
    "BatchProcessed": "ip.batches.events",
    "VersionRecorded": "ip.versions.state",
}
"""What workers and monitors note of their own work, and nobody but a replay reads."""

CHANGELOG: Final = "ip.cases.state"
DEAD_LETTERS: Final = "ip.dead-letters"
