"""Which faults a seed has, and when one happens."""

from random import Random
from typing import Final

RATES: Final = {
    "append_aborted": 0.02,
    "offsets_aborted": 0.02,
    "commit_aborted": 0.03,
    "commit_lost": 0.03,
    "commit_unanswered": 0.04,
    "commit_retriable": 0.05,
    "abort_unanswered": 0.1,
    "init_unanswered": 0.05,
    "consumer_error": 0.01,
    "placing_refused": 0.1,
    "offsets_unknown": 0.1,
    "ends_unknown": 0.05,
    "killed_at_step": 0.01,
    "frozen_at_step": 0.01,
}
"""How often each happens where it can, in a seed that has it."""

SHARE_OF_SEEDS = 0.6
"""A seed has each fault with this chance: alone, a fault meets what others would hide."""

STRONGEST = 3.0


class Faults:
    """The faults of one run."""

    def __init__(self, chance: Random, enabled: bool = True) -> None:
        self.chance = chance
        self.active = enabled
        self.rates = {
            name: rate * chance.uniform(0.5, STRONGEST)
            for name, rate in RATES.items()
            if chance.random() < SHARE_OF_SEEDS
        }

    def happens(self, name: str) -> bool:
        """Tell whether a fault happens now."""
        rate = self.rates.get(name, 0.0)
        return self.active and rate > 0.0 and self.chance.random() < rate
