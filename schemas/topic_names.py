"""The names of all topics; what belongs to each stands in topics.yaml.

Where several pipelines share a cluster, a variable has a prefix of each for all its names: of
topics, consumer groups and transactions.
"""

import os
from typing import Final

PREFIX_VARIABLE: Final = "IP_TAKEDOWNS_PREFIX"
PREFIX: Final = os.environ.get(PREFIX_VARIABLE, "")

LISTINGS_EVENTS: Final = PREFIX + "ip.listings.events"
COMPLAINTS_EVENTS: Final = PREFIX + "ip.complaints.events"
REVIEWS_EVENTS: Final = PREFIX + "ip.reviews.events"
COUNTER_NOTICES_EVENTS: Final = PREFIX + "ip.counter-notices.events"
ACKNOWLEDGEMENTS_EVENTS: Final = PREFIX + "ip.acknowledgements.events"
TRADEMARKS_EVENTS: Final = PREFIX + "ip.trademarks.events"
PARTIES_STATE: Final = PREFIX + "ip.parties.state"
RULES_STATE: Final = PREFIX + "ip.rules.state"
DECISIONS_EVENTS: Final = PREFIX + "ip.decisions.events"
TAKEDOWNS_COMMANDS: Final = PREFIX + "ip.takedowns.commands"
DETECTIONS_EVENTS: Final = PREFIX + "ip.detections.events"
REVIEWS_COMMANDS: Final = PREFIX + "ip.reviews.commands"
SLA_EVENTS: Final = PREFIX + "ip.sla.events"
NOTICES_COMMANDS: Final = PREFIX + "ip.notices.commands"
CONDUCT_EVENTS: Final = PREFIX + "ip.conduct.events"
STANDINGS_STATE: Final = PREFIX + "ip.standings.state"
ACCOUNTS_COMMANDS: Final = PREFIX + "ip.accounts.commands"
SWITCHES_STATE: Final = PREFIX + "ip.switches.state"
DESK_EVENTS: Final = PREFIX + "ip.desk.events"
SURVEYS_EVENTS: Final = PREFIX + "ip.surveys.events"
CASES_STATE: Final = PREFIX + "ip.cases.state"
BATCHES_EVENTS: Final = PREFIX + "ip.batches.events"
VERSIONS_STATE: Final = PREFIX + "ip.versions.state"
DEAD_LETTERS: Final = PREFIX + "ip.dead-letters"
REDRIVES_EVENTS: Final = PREFIX + "ip.redrives.events"
