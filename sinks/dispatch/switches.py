"""Which deliveries people halted: switches of ip.switches.state as a table, and those of a file.

`all` and `marketplace:` hold back every command. `rule:`, `complainant:` and `seller:` hold back
restrictive ones only: what gives a listing back undoes the harm that such a switch is thrown for.
"""

from collections.abc import Mapping
from typing import Protocol

from schemas.events.switches import DispatchSwitched

ALL = "all"
PREFIXES = ("marketplace", "rule", "complainant", "seller")


class Switchable(Protocol):
    """What decides whether a switch holds for a delivery."""

    @property
    def marketplace(self) -> str:
        """Marketplace that it goes to."""

    @property
    def restrictive(self) -> bool:
        """Whether it takes something from a party."""

    @property
    def rule_id(self) -> str:
        """Rule that decided, or nothing."""

    @property
    def complainant_id(self) -> str:
        """Who complained, or nothing."""

    @property
    def seller_id(self) -> str:
        """Seller concerned, or nothing."""


class ScopeInvalid(Exception):
    """A scope is not one that switches know."""


def check_scope(scope: str) -> str:
    """Return a scope back if it is `all` or a prefix and an id. Errors: ScopeInvalid."""
    prefix, _, name = scope.partition(":")
    if scope != ALL and (prefix not in PREFIXES or not name):
        raise ScopeInvalid(
            f"{scope!r} is no scope: all, or {', '.join(f'{each}:ID' for each in PREFIXES)}"
        )
    return scope


class Switches:
    """The last switch of each scope. Whole tables are swapped, so threads may read it freely.
    Each of the two sources is written by one thread.

    Until the topic was read to its end, and while it can't be seen, everything is halted.
    """

    def __init__(self) -> None:
        self._thrown: frozenset[str] = frozenset()
        self._in_file: frozenset[str] = frozenset()
        self._halted: frozenset[str] = frozenset()
        self._in_sight = False

    @property
    def halted_scopes(self) -> frozenset[str]:
        """Scopes that are halted."""
        return self._halted

    @property
    def in_sight(self) -> bool:
        """Whether the switches are known as they stand."""
        return self._in_sight

    def see(self, in_sight: bool) -> None:
        """Tell whether the switches can be seen."""
        self._in_sight = in_sight

    def apply(self, switches: Mapping[str, DispatchSwitched | None]) -> None:
        """Take in switches by scope; None where a scope was forgotten."""
        halted = {scope for scope, switch in switches.items() if switch and switch.halted}
        self._thrown = (self._thrown - switches.keys()) | halted
        self._halted = self._thrown | self._in_file

    def halt_by_file(self, scopes: frozenset[str]) -> None:
        """Take in the scopes that a file halts now, whatever was thrown."""
        self._in_file = scopes
        self._halted = self._thrown | self._in_file

    def halts_marketplace(self, marketplace: str) -> bool:
        """Tell whether nothing at all may go to a marketplace now."""
        return (
            not self._in_sight
            or ALL in self._halted
            or (f"marketplace:{marketplace}" in self._halted)
        )

    def halting(self, delivery: Switchable) -> str | None:
        """Return the narrow scope that halts a delivery, or None."""
        if not delivery.restrictive or not self._halted:
            return None
        scopes = (
            f"rule:{delivery.rule_id}",
            f"complainant:{delivery.complainant_id}",
            f"seller:{delivery.seller_id}",
        )
        return next((scope for scope in scopes if scope in self._halted), None)
