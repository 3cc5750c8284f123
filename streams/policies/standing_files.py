"""The policy of standing as a file: thresholds that differ from the built-in ones, in YAML."""

from pathlib import Path

import yaml

import processors.policies
from processors.policies.standing_policy import RESTRAINTS, StandingPolicy
from processors.restraint.action_counts import MAXIMUM_TIMES
from schemas.yaml_text import yaml_content

STEPS = (
    ("warning_unfounded", "suspension_unfounded"),
    ("warning_strikes", "restriction_strikes"),
    ("restriction_strikes", "closure_strikes"),
)
"""Thresholds of which the first is to be below the second, so that a warning comes first."""

PERCENTAGES = (
    *("upheld_percent", "countered_percent", "unfounded_percent", "second_look_percent"),
    *("rule_overturned_percent", "complainant_overturned_percent"),
    "strike_percent",
)
MAY_BE_NOTHING = (*PERCENTAGES, *RESTRAINTS, "effect_delay_milliseconds")
BUILT_IN_STANDING = Path(processors.policies.__path__[0]) / "standing" / "default.yaml"
"""What holds where no file is named."""


class StandingPolicyRefused(Exception):
    """A policy can't be used; the message says why."""


def load_standing_policy(path: Path) -> StandingPolicy:
    """Return the policy of a file; what it does not name is as built in.

    Errors: StandingPolicyRefused.
    """
    try:
        given = yaml_content(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise StandingPolicyRefused(f"{path}: {error}") from error
    if not isinstance(given, dict):
        raise StandingPolicyRefused(f"{path}: names and numbers are expected")
    unknown = sorted(str(name) for name in set(given) - set(StandingPolicy._fields))
    if unknown:
        raise StandingPolicyRefused(f"{path}: no such thresholds: {', '.join(unknown)}")
    for name, value in given.items():
        least = 0 if name in MAY_BE_NOTHING else 1
        if type(value) is not int or value < least:
            raise StandingPolicyRefused(f"{path}: {name} is to be a whole number from {least} on")
        if name in PERCENTAGES and value > 100:
            raise StandingPolicyRefused(f"{path}: {name} is more than 100")
    policy = StandingPolicy(**given)
    if policy.hourly_actions > MAXIMUM_TIMES:
        raise StandingPolicyRefused(f"{path}: hourly_actions is more than {MAXIMUM_TIMES}")
    for lower, higher in STEPS:
        if getattr(policy, lower) >= getattr(policy, higher):
            raise StandingPolicyRefused(f"{path}: {lower} is to be below {higher}")
    return policy
