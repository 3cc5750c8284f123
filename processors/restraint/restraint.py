"""What keeps an automatic decision from being carried out, so that a person decides.

What hangs on many decisions (how often people overturned a rule's or a complainant's, how many of a
mark's they upheld) is a standing, which comes to every worker as a record and counts a while later;
what must hold at once (so many an hour) is counted in the step's own partition.
"""

from typing import Final, NamedTuple

from processors.restraint.action_counts import (
    acted_within_hour,
    complainant_name,
    mark_name,
    rule_name,
    share_of,
)
from processors.step import Moment
from schemas.events.conduct import ConductRole
from schemas.events.standings import StandingChanged

VERSION_DIGITS: Final = 12


class AutomaticAction(NamedTuple):
    """A listing that is to be taken away without a person. Nobody is `complainant_id` of what a
    monitor found."""

    rule_id: str
    rule_set_hash: str
    trademark_key: str
    complainant_id: str = ""


def rule_party(rule_id: str, rule_set_hash: str) -> str:
    """Return the name under which a rule's record is kept; a set published later begins anew."""
    return f"rule:{rule_id}@{rule_set_hash[:VERSION_DIGITS]}"


def mark_party(trademark_key: str) -> str:
    """Return the name under which a mark's record is kept."""
    return f"mark:{trademark_key}"


def reason_to_hold(action: AutomaticAction, moment: Moment) -> str | None:
    """Return why a person is to decide on an action, the first reason that holds; None for none."""
    policy = moment.service_level.standing
    complainant_id = action.complainant_id
    if complainant_id:
        if moment.reference.party(complainant_id) is None:
            return "complainant_without_account"
        limited = policy.complainant_overturned_percent
        if limited and not acts_alone("complainant", complainant_id, moment):
            return "complainant_often_overturned"
    if rule_is_held(action.rule_id, action.rule_set_hash, moment):
        return "rule_under_review"
    if policy.first_actions_reviewed and not mark_is_proven(action.trademark_key, moment):
        return "first_actions_of_mark"
    return "hourly_limit_reached" if _is_at_limit(action, moment) else None


def rule_is_held(rule_id: str, rule_set_hash: str, moment: Moment) -> bool:
    """Tell whether people decide what a rule would, as too much of it was overturned."""
    if not moment.service_level.standing.rule_overturned_percent:
        return False
    return not acts_alone("rule", rule_party(rule_id, rule_set_hash), moment)


def mark_is_proven(trademark_key: str, moment: Moment) -> bool:
    """Tell whether people upheld so many actions for a mark that others need none of them."""
    standing = _standing("mark", mark_party(trademark_key), moment)
    return standing is not None and standing.automatic


def acts_alone(role: ConductRole, party_id: str, moment: Moment) -> bool:
    """Tell whether what is done for a party, or by a rule, needs no person."""
    standing = _standing(role, party_id, moment)
    return standing is None or standing.automatic


def _standing(role: ConductRole, party_id: str, moment: Moment) -> StandingChanged | None:
    """Return how a party stands, by what has come into effect."""
    known_by = moment.now_milliseconds - moment.service_level.standing.effect_delay_milliseconds
    history = moment.reference.standing_history(party_id, role)
    stood = [each for each in history if each.changed_at_milliseconds <= known_by]
    return stood[-1] if stood else None


def _is_at_limit(action: AutomaticAction, moment: Moment) -> bool:
    limit = moment.service_level.standing.hourly_actions
    if not limit:
        return False
    share = share_of(limit, moment.partitions, moment.origin.partition)
    names = [rule_name(action.rule_id)]
    if action.trademark_key:
        names.append(mark_name(action.trademark_key))
    if action.complainant_id:
        names.append(complainant_name(action.complainant_id))
    now = moment.now_milliseconds
    return any(acted_within_hour(moment.counted(name), now) >= share for name in names)
