"""The SLA table: how complaints ended and how fast, beside the yardstick.

The yardstick is Alibaba's IPP of 2017: 96 % of complaints closed within 24 hours, of them 83 %
taken down and 17 % declined.
"""

from collections import Counter
from typing import Any

from schemas.events.decisions import ComplaintDecided
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
        """Share of closed cases that ended in a takedown; None without closed cases."""
        if not self._closed:
            return None
        ended = sum(closed.outcome == "take_down" for closed in self._closed.values())
        return ended / len(self._closed)

    def lines(self) -> list[str]:
        """Return the table as lines for people."""
        rows = [
            ("complaints", str(len(self._started)), ""),
            ("closed", str(len(self._closed)), ""),
            ("closed in time", _share(self.attainment), _share(YARDSTICK_ATTAINMENT)),
            ("of these taken down", _share(self.taken_down), _share(YARDSTICK_TAKEN_DOWN)),
            ("warnings, breaches", f"{len(self._warned)}, {len(self._breached)}", ""),
        ]
        lines = [f"{'':24}{'here':>10}{'IPP 2017':>12}"]
        lines += [f"{name:24}{here:>10}{yardstick:>12}".rstrip() for name, here, yardstick in rows]
        lines.append("")
        ends = Counter((d.outcome, ", ".join(d.reason_codes)) for d in self._latest.values())
        for (outcome, reasons), count in ends.most_common(MAXIMUM_REASONS):
            lines.append(f"{count:>6}  {outcome:24}{reasons}")
        return lines


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.1%}"
