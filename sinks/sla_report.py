"""The SLA table: how complaints ended and how fast, beside the yardstick.

The yardstick is Alibaba's IPP of 2017: 96 % of complaints closed within 24 hours; of the listings
in those, 83 % were taken down. A case is closed when it is decided: whether the listing is gone is
another figure, of which nothing was told.
"""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from schemas.events.decisions import ComplaintDecided
from schemas.events.enforcement import EnforcementConfirmed
from schemas.events.sla import CaseClosed, SlaBreached, SlaClockStarted, SlaWarningRaised

YARDSTICK_ATTAINMENT = 0.96
YARDSTICK_TAKEN_DOWN = 0.83
MAXIMUM_REASONS = 30


class SlaReport:
    """Counts events by case, so that an event read twice counts once."""

    def __init__(self) -> None:
        self._started: set[str] = set()
        self._closed: dict[str, CaseClosed] = {}
        self._warned: set[str] = set()
        self._breached: set[str] = set()
        self._latest: dict[str, ComplaintDecided] = {}
        self._proved_in_time: set[str] = set()

    def add(self, event: Any) -> None:
        """Take in an event of decisions or of the SLA; others are ignored."""
        match event:
            case SlaClockStarted():
                self._started.add(event.case_id)
            case CaseClosed():
                known = self._closed.get(event.case_id)
                if known is None or known.decision_number < event.decision_number:
                    self._closed[event.case_id] = event
            case SlaWarningRaised():
                self._warned.add(event.case_id)
            case SlaBreached():
                self._breached.add(event.case_id)
            case EnforcementConfirmed() if proved_gone(event):
                if proved_in_time(event):
                    self._proved_in_time.add(event.case_id)
            case ComplaintDecided():
                latest = self._latest.get(event.case_id)
                if latest is None or latest.decision_number < event.decision_number:
                    self._latest[event.case_id] = event

    @property
    def attainment(self) -> float | None:
        """Share of all cases closed within their deadline; None without cases."""
        if not self._started:
            return None
        within = sum(closed.within_deadline for closed in self._closed.values())
        return within / len(self._started)

    @property
    def taken_down(self) -> float | None:
        """Share taken down of the listings in cases closed within their deadline, each listing
        once; None without any."""
        return listings_taken_down(self._closed.values())

    @property
    def proved_gone(self) -> float | None:
        """Share of cases closed by a takedown whose listing was shown to be gone within the case's
        deadline; None without any."""
        taken_down = {
            case_id for case_id, each in self._closed.items() if each.outcome == "take_down"
        }
        return len(taken_down & self._proved_in_time) / len(taken_down) if taken_down else None

    def lines(self) -> list[str]:
        """Return the table as lines for people."""
        rows = [
            ("complaints", str(len(self._started)), ""),
            ("closed", str(len(self._closed)), ""),
            ("closed in time", _share(self.attainment), _share(YARDSTICK_ATTAINMENT)),
            (
                "of their listings, taken down",
                _share(self.taken_down),
                _share(YARDSTICK_TAKEN_DOWN),
            ),
            ("proved gone in time", _share(self.proved_gone), ""),
            ("warnings, breaches", f"{len(self._warned)}, {len(self._breached)}", ""),
        ]
        lines = [f"{'':30}{'here':>10}{'IPP 2017':>12}"]
        lines += [f"{name:30}{here:>10}{yardstick:>12}".rstrip() for name, here, yardstick in rows]
        lines.append("")
        ends = Counter((d.outcome, ", ".join(d.reason_codes)) for d in self._latest.values())
        for (outcome, reasons), count in ends.most_common(MAXIMUM_REASONS):
            lines.append(f"{count:>6}  {outcome:24}{reasons}")
        return lines


def proved_gone(event: EnforcementConfirmed) -> bool:
    """Tell whether an event shows that a listing is gone."""
    return event.action == "take_down" and event.stage == "proved"


def proved_in_time(event: EnforcementConfirmed) -> bool:
    """Tell whether that was within the case's deadline, where it is told."""
    return event.confirmed_at_milliseconds <= event.deadline_at_milliseconds


def listings_taken_down(closings: Iterable[CaseClosed]) -> float | None:
    """Return the share taken down of the listings in cases closed in time, each listing once."""
    ends: dict[tuple[str, str], bool] = {}
    for closed in closings:
        if closed.within_deadline:
            listing = (closed.marketplace, closed.listing_id)
            ends[listing] = ends.get(listing, False) or closed.outcome == "take_down"
    return sum(ends.values()) / len(ends) if ends else None


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.1%}"
