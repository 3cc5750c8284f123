"""The numbers by which complainants and sellers stand as they do.

Fast lane: Alibaba's good-faith programme as of 2018 and 2021 (90 % upheld and 5 % countered over
three months, for the whole and for each ground). Warning before suspension: DSA Article 23.
"""

from typing import NamedTuple

UNCONTESTED_DAYS = 30
"""From then on a takedown that no person decided counts, where it was not put back."""

STRIKE_DAYS = 180
"""A strike counts for so many days, as Amazon's and Alibaba's published policies have it."""

REPEAT_STRIKES = 3
"""From so many strikes on a seller is a repeat offender."""


RESTRAINTS = (
    *("hourly_actions", "first_actions_reviewed", "second_look_percent", "second_looks_a_week"),
    *("rule_overturned_percent", "complainant_overturned_percent"),
    *("step_days", "closure_by_person", "strike_percent", "closure_notice_days"),
    *("closure_days", "closure_appeal_days", "ended_appeal_days"),
    "trader_identity_days",
)
"""What limits actions without a person, and sanctions; each is left out of the canonical form where
it is 0, so that policies from before them keep their hash."""


class StandingPolicy(NamedTuple):
    """Thresholds: counts of complaints or of struck listings, percent, and days.

    A standing counts `effect_delay_milliseconds` after it changed. By then every worker has it in
    its table, unless it is further behind, so that what was decided by it can be decided again.

    What a machine may do alone, 0 for no limit: listings taken away in an hour for one mark, by one
    rule, or for one complainant; actions for a mark that people decide first; of all, the percent
    at which people look a second time, and how many a week at each marketplace at least; and from
    what share overturned on, surely, a rule's or a complainant's actions go to people.

    After each step of a sanction what comes within `step_days` does not count towards the next: who
    was warned has that long to mend its ways, and what was already under way weighs once. Where
    `closure_by_person` is 1, the closure of an account is proposed only. A seller whose offers are
    known is restricted only where the listings struck are `strike_percent` of them. What a person
    closes is closed after `closure_notice_days`, for `closure_days`, and may be appealed for
    `closure_appeal_days`. A measure that has ended may be appealed for `ended_appeal_days` from
    when it began; 0 for not at all. A seller who is struck and has not told all of who it is has
    `trader_identity_days` to do so; 0 for it is not asked.
    """

    window_days: int = 90
    minimum_concluded: int = 10
    upheld_percent: int = 90
    countered_percent: int = 5
    unfounded_percent: int = 10
    warning_unfounded: int = 3
    suspension_unfounded: int = 6
    suspension_days: int = 30
    grave_suspension_days: int = 60
    strike_days: int = STRIKE_DAYS
    warning_strikes: int = REPEAT_STRIKES
    restriction_strikes: int = 6
    closure_strikes: int = 9
    effect_delay_milliseconds: int = 3_600_000
    hourly_actions: int = 0
    first_actions_reviewed: int = 0
    second_look_percent: int = 0
    second_looks_a_week: int = 0
    rule_overturned_percent: int = 0
    complainant_overturned_percent: int = 0
    step_days: int = 0
    closure_by_person: int = 0
    strike_percent: int = 0
    closure_notice_days: int = 0
    closure_days: int = 0
    closure_appeal_days: int = 0
    ended_appeal_days: int = 0
    trader_identity_days: int = 0

    @property
    def retained_days(self) -> int:
        """Days for which a complaint may matter: to a suspension, and to the window before it."""
        return self.window_days + max(self.suspension_days, self.grave_suspension_days)
