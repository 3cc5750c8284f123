"""Which rules decide and which are compared, by the records of ip.rules.state.

Where what somebody chose can't be used nobody guesses: people decide all in place of a first rule
set, and the live set decides in place of a candidate.
"""

import logging

from processors.rules.rollout import ALL_PERCENT, Rollout
from processors.rules.rule_set import RuleSet, RuleSetRefused
from schemas.events.rules import ROLLOUT_KEY, SHADOW_SLOT, RolloutChanged, RuleSetPublished
from streams.policies.review_rules import ALL_TO_REVIEW
from streams.tables.published_rules import rules_published

logger = logging.getLogger(__name__)

ACTIVE = "active"


def check_rules(event: RuleSetPublished | RolloutChanged) -> RuleSet | None:
    """Refuse what no worker can use; return the rules, where there are any. Errors:
    RuleSetRefused."""
    if isinstance(event, RolloutChanged):
        if not 0 <= event.share_percent <= ALL_PERCENT:
            raise RuleSetRefused(f"{event.share_percent} % is no share of listings")
        return None
    if event.slot and (event.role, event.slot) != ("shadow", SHADOW_SLOT + event.rule_set_hash):
        raise RuleSetRefused(f"no {event.role} set of this hash has the slot {event.slot}")
    return rules_published(event)


class RuleTables:
    """The rule sets in use."""

    def __init__(self, built_in: RuleSet) -> None:
        self.rule_set: RuleSet = built_in
        self.shadow_rule_set: RuleSet | None = None
        self.shadow_rule_sets: tuple[RuleSet, ...] = ()
        """Those with a slot of their own, by hash."""
        self.rollout: Rollout | None = None
        """The candidate that decides on a share; None where there is none that can be used."""
        self._built_in = built_in
        self._changed: RolloutChanged | None = None
        self._in_doubt = False

    @property
    def refused(self) -> bool:
        """Whether people decide all, as the published rules can't be used and no others stand."""
        return self.rule_set is ALL_TO_REVIEW

    @property
    def is_built_in(self) -> bool:
        """Whether nobody chose other rules."""
        return self.rule_set is self._built_in

    @property
    def rollout_not_followed(self) -> bool:
        """Whether somebody rolled out a candidate by which nothing is decided here."""
        asked = self._changed is not None and self._changed.share_percent > 0
        return self._in_doubt or (asked and self.rollout is None)

    def use(self, event: RuleSetPublished | RolloutChanged) -> None:
        """Take in what was published. Errors: RuleSetRefused."""
        compiled = check_rules(event)
        if isinstance(event, RolloutChanged):
            self._changed, self._in_doubt = event, False
            self._follow()
            return
        if event.slot:
            kept = {e.hash: e for e in self.shadow_rule_sets if SHADOW_SLOT + e.hash != event.slot}
            if compiled is not None:
                kept[compiled.hash] = compiled
            self.shadow_rule_sets = tuple([kept[each] for each in sorted(kept)])
            self._follow()
        elif event.role == "shadow":
            self.shadow_rule_set = compiled
        elif compiled is not None:
            self.rule_set = compiled

    def refuse(self, key: str, error: Exception) -> None:
        """Go without what stands under a key and can't be used.

        The built-in rules may take down what the chosen ones would not have, so people decide; a
        rollout that can't be read may be one that was taken back, so the live set decides.
        """
        logger.error("published rules (%s) are not used: %s", key, error)
        if key == ACTIVE:
            self.rule_set = ALL_TO_REVIEW
            logger.error("all complaints go to review until usable rules are published")
        elif key == ROLLOUT_KEY:
            self.rollout, self._changed, self._in_doubt = None, None, True

    def _follow(self) -> None:
        changed = self._changed
        found = self.rollout
        self.rollout = None
        if changed is None or not changed.share_percent:
            return
        for each in self.shadow_rule_sets:
            if each.hash == changed.rule_set_hash:
                self.rollout = Rollout(each, changed.share_percent)
        if self.rollout is None:
            logger.error(
                "candidate %s, rolled out to %d %% of listings, is not here: the live rules decide",
                *(changed.rule_set_hash, changed.share_percent),
            )
        elif self.rollout != found:
            logger.warning(
                "candidate %s decides on %d %% of listings",
                *(changed.rule_set_hash, changed.share_percent),
            )
