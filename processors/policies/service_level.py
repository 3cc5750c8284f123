"""The clocks of a case: when what is to be done, and when someone is to be warned."""

import json
from hashlib import sha256
from typing import Any, Final, Literal, NamedTuple

from processors.policies.standing_policy import RESTRAINTS, StandingPolicy
from schemas.durations import HOUR_MILLISECONDS
from schemas.events.cases import Timer

STEPS_EDITION: Final = 10
"""Edition of the steps by which new cases go; cases that began by an older one go on by that.

1: what a party or an authority that is recorded later changes of a case that waits is seen at once,
and who answered in part is heard by a person.
2: the version complained of is judged, though the seller changes the listing meanwhile.
3: marks that are attacked, and those that are more than words, go to people; a mark that lives on
elsewhere is asked for.
4: anybody may notify, owners are told from others of their name, authority is looked at when an
agent acts, licences have bounds, and a test purchase is described.
5: a strike is who offered the listing as it was taken down; an entry that names no country goes to
people, and marks hold in a country's parts over sea; what people found of a complaint stays when it
is taken back, and who gets a listing back is told where other cases keep it hidden; people compare
goods where classes or words differ, and an international registration holds where its designation
is in force.
6: no appeal ends by what a machine decided.
7: rights end with the day of their office; people decide on a listing that another seller offers
after it was taken down, and on who is in the owner's group or files a document of authority;
complaints on one listing that end alike are one.
8: a decision carries the listing that it judged, with its seal, and tells which versions of the
parties' records were known.
9: what people said of a case is taken once, however often it is sent.
10: a clock that told of a time never stands still before it, so that it tells of that once."""
WHO_MAY_NOTIFY: Final = 4
PURCHASES_DESCRIBED: Final = 4
EFFECTS_WALKED: Final = 5
REACH_OF_MARKS: Final = 5
APPEALS_BY_PEOPLE: Final = 6
LOCAL_ENDS: Final = 7
OTHER_SELLERS: Final = 7
OWNERS_GROUPS: Final = 7
APPEALS_BY_OTHERS: Final = 7
LISTINGS_ONCE: Final = 7
RECORDS_SEALED: Final = 8
SAID_ONCE: Final = 9
TOLD_ONCE: Final = 10

ObjectionProcedure = Literal["", "rounds", "put_back"]
"""How a seller objects to a takedown. rounds: so many rounds, in each of which the complainant
answers and people decide what is contested. put_back: at any time, and the listing is put back
unless the complainant tells of an action in time. Empty, from before there were profiles: put_back
for copyright, rounds for all else."""

MeasureScope = Literal["", "listing", "country"]
"""What a takedown reaches. country: where the right is national, the countries in which it has
effect. listing, and empty, from before there were scopes: the listing wherever it is offered."""


class ServiceLevel(NamedTuple):
    """Times allowed for a case; milliseconds, unless the name says business days or months.

    The usual deadline of 24 hours is the seed's: 'handled and closed within 24 hours' (Alibaba,
    2017).
    A pause limit of 0 is none. `calendar` is the version of holidays and days by which is counted;
    without one, days are UTC. `rights` is the version of what rights ask for; without one, nothing
    is asked beside what all complaints say.
    `statements` is the edition of what parties are told of decisions; 0 is from before there were
    statements of reasons.
    `put_back_days` are days of the calendar, in place of business days if there are any. A measure
    of `measure_days` ends by itself unless an action is told of. Where `sworn_objections` is 1 an
    objection declares perjury and jurisdiction; where `authority_complaints` is 1 a complaint to an
    authority counts as an action does. An action of which was told keeps a listing down for
    `court_action_months`, and then is to be told of again; 0 is for ever.
    What may endanger people is before reviewers for `safety_review_milliseconds`, and goes first; 0
    is from before there was such a lane. Who bought goods within `buyer_information_months` before
    people found them illegal is told (DSA Article 32); 0 is for nobody.
    What is closed, and a listing that was removed, is kept for `retained_days` after anything last
    happened to it, and while there may be an appeal; 0 is for ever. A profile may ask for
    `least_retained_days` of it.
    Three rounds of counter-notices of 3 business days are Alibaba's programme; 10 to 14 business
    days are 17 U.S.C. 512(g)(2)(C); 6 months are DSA Article 20(1).
    """

    deadline_milliseconds: int = 24 * HOUR_MILLISECONDS
    warning_milliseconds: int = 18 * HOUR_MILLISECONDS
    listing_wait_milliseconds: int = 1 * HOUR_MILLISECONDS
    clarification_business_days: int = 3
    counter_notice_business_days: int = 3
    counter_notice_rounds: int = 3
    put_back_business_days: int = 10
    put_back_latest_business_days: int = 14
    appeal_months: int = 6
    appeal_review_business_days: int = 10
    acknowledgement_milliseconds: int = 1 * HOUR_MILLISECONDS
    proof_milliseconds: int = 6 * HOUR_MILLISECONDS
    enforcement_reminders: int = 6
    standing: StandingPolicy = StandingPolicy()
    calendar: str = ""
    pause_limit_milliseconds: int = 0
    steps_edition: int = 0
    rights: str = ""
    objection: ObjectionProcedure = ""
    put_back_days: int = 0
    measure_days: int = 0
    sworn_objections: int = 0
    authority_complaints: int = 0
    court_action_months: int = 0
    statements: int = 0
    measure_scope: MeasureScope = ""
    safety_review_milliseconds: int = 0
    buyer_information_months: int = 0
    retained_days: int = 0
    least_retained_days: int = 0


WORKERS_OWN_FIELDS = (
    "steps_edition",
    "standing",
    "calendar",
    "rights",
    "statements",
    "retained_days",
)
"""Fields that no row of a policy sets: a worker has them for all cases."""

LATER_FIELDS = (
    "calendar",
    "pause_limit_milliseconds",
    "steps_edition",
    "rights",
    "objection",
    "put_back_days",
    "measure_days",
    "sworn_objections",
    "authority_complaints",
    "court_action_months",
    "statements",
    "measure_scope",
    "safety_review_milliseconds",
    "buyer_information_months",
    "retained_days",
    "least_retained_days",
)
"""Fields that are left out where they are empty, so that times from before them keep their hash."""


def canonical_service_level(level: ServiceLevel) -> str:
    """Return times and thresholds as JSON of which there is one form only."""
    standing = {
        name: value
        for name, value in level.standing._asdict().items()
        if value or name not in RESTRAINTS
    }
    plain: dict[str, Any] = {**level._asdict(), "standing": standing}
    for name in LATER_FIELDS:
        if not plain[name]:
            del plain[name]
    return json.dumps(plain, sort_keys=True, separators=(",", ":"))


def service_level_hash(level: ServiceLevel) -> str:
    """Return the hash under which times and thresholds are kept: SHA-256, hexadecimal."""
    return sha256(canonical_service_level(level).encode()).hexdigest()


def clock_timers(service_level: ServiceLevel, started_at_milliseconds: int) -> tuple[Timer, ...]:
    """Return the timers of a clock that starts then: warning, then breach."""
    return (
        Timer("sla_warning", started_at_milliseconds + service_level.warning_milliseconds),
        Timer("sla_breach", started_at_milliseconds + service_level.deadline_milliseconds),
    )


def listing_wait_timer(service_level: ServiceLevel, started_at_milliseconds: int) -> Timer:
    """Return the timer of a complaint that waits for its listing."""
    return Timer("listing_wait", started_at_milliseconds + service_level.listing_wait_milliseconds)
