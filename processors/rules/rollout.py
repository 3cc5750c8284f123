"""Which of several rule sets decides on a listing: the live one, or a candidate on its share."""

from hashlib import sha256
from typing import NamedTuple

from processors.rules.rule_set import RuleSet

ALL_PERCENT = 100


class Rollout(NamedTuple):
    """A candidate, and the share of listings on which it decides."""

    rule_set: RuleSet
    share_percent: int


class RulesOfListing(NamedTuple):
    """The rule set that decides on a listing, and those that are compared with it."""

    deciding: RuleSet
    compared: tuple[RuleSet, ...]


def is_in_share(rule_set_hash: str, share_percent: int, marketplace: str, listing_id: str) -> bool:
    """Tell whether a candidate decides on a listing. As the share grows, all that were in it stay.

    The candidate's hash is part of what is hashed, so that no listing is always among the first.
    """
    name = f"{rule_set_hash}\x00{marketplace}\x00{listing_id}"
    place = int.from_bytes(sha256(name.encode()).digest()[:8], "big")
    return place * ALL_PERCENT < share_percent << 64


def rules_of_listing(
    live: RuleSet,
    shadows: tuple[RuleSet, ...],
    rollout: Rollout | None,
    marketplace: str,
    listing_id: str,
) -> RulesOfListing:
    """Return by which rules a listing is decided on. The live set is compared where a candidate
    decides, so that both are known of each listing."""
    if rollout is None:
        return RulesOfListing(live, shadows)
    candidate, share_percent = rollout
    if not is_in_share(candidate.hash, share_percent, marketplace, listing_id):
        return RulesOfListing(live, shadows)
    others = tuple([each for each in shadows if each.hash != candidate.hash])
    return RulesOfListing(candidate, (live, *others))
