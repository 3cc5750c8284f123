"""Figures of the transparency report for one period, computed from case histories.

Each thing counts in the period in which it happened: a notice when it was received, an action when
it was decided, an appeal when it was filed, its outcome when it was decided. Times are in hours.
"""

from collections.abc import Iterable
from statistics import median
from typing import Any, Literal, NamedTuple

from schemas.durations import HOUR_MILLISECONDS
from schemas.events.decisions import ComplaintDecided
from schemas.events.standings import SanctionParty
from sinks.statements.grounds import Right, is_illegal, keyword_of
from sinks.transparency_report.cases import Appealed, CaseHistory, Histories

CLOSING = ("take_down", "decline")


class Period(NamedTuple):
    """Begin, included, and end, not included, in milliseconds, UTC."""

    begin_milliseconds: int
    end_milliseconds: int

    def holds(self, milliseconds: int) -> bool:
        """Say whether a time is within."""
        return self.begin_milliseconds <= milliseconds < self.end_milliseconds


class NoticeFigures(NamedTuple):
    """Notices and what was done on them; hours are None without any action."""

    notices: int
    items: int
    on_law: int
    on_terms: int
    median_hours: float | None


class Accuracy(NamedTuple):
    """How automated decisions on notices held; shares are None where there is nothing to share.

    `error_rate` is reversed of all, `precision` what stayed of takedowns, `recall` the takedowns
    that stayed, of those and the refusals that were reversed.
    """

    automated: int
    not_automated: int
    reversed: int
    error_rate: float | None
    accuracy: float | None
    precision: float | None
    recall: float | None


class AppealFigures(NamedTuple):
    """Internal complaints: filed, upheld (the decision stood), reversed, and hours to decide."""

    filed: int
    upheld: int
    reversed: int
    median_hours: float | None


AppealScope = Literal["all", "removal", "no_action", "no_action_trusted_flagger"]


class Figures:
    """Figures of a period; histories are those of the service in the Union."""

    def __init__(self, histories: Histories, period: Period) -> None:
        self._histories = histories
        self.period = period
        self._cases = {
            name: case for name, case in histories.cases.items() if case.decisions and case.in_union
        }
        self.removals = [
            each
            for each in histories.removals.values()
            if period.holds(each.issued_at_milliseconds)
        ]
        self.sanctions = [
            each
            for each in histories.sanctions.values()
            if period.holds(each.issued_at_milliseconds)
        ]

    def notices(self, keyword: str | None, trusted_only: bool) -> NoticeFigures:
        """Return figures on notices of a keyword, or of all."""
        cases = {
            name: case
            for name, case in self._cases.items()
            if (keyword is None or keyword_of(case.first.ground) == keyword)
            and (not trusted_only or _trusted(case))
        }
        received = {
            name: case
            for name, case in cases.items()
            if self.period.holds(case.first.received_at_milliseconds)
        }
        taken = [each for each in map(_takedown, cases.values()) if self._within(each)]
        on_law = sum(is_illegal(_right(decision)) for decision in taken if decision)
        return NoticeFigures(
            notices=len({case.batch or name for name, case in received.items()}),
            items=len(received),
            on_law=on_law,
            on_terms=len(taken) - on_law,
            median_hours=_median_hours(self._action_times(taken)),
        )

    def sellers_sanctioned(self, *sanctions: str) -> list[SanctionParty]:
        """Return sanctions of sellers of these kinds."""
        return [s for s in self.sanctions if s.role == "seller" and s.sanction in sanctions]

    def measures(self, automated: bool, language: str | None = None) -> int:
        """Count measures decided solely by automated means, or not, on notices and by ourselves.

        In a language only those on notices count, since of others it is not known.
        """
        taken = [each for each in map(_takedown, self._cases.values()) if self._within(each)]
        counted = sum(
            _alone(decision) == automated
            for decision in taken
            if decision and language in (None, decision.listing_language)
        )
        return counted + (self.own_measures(automated) if language is None else 0)

    def own_measures(self, automated: bool) -> int:
        """Count measures of our own initiative that were decided so."""
        removed = sum(removal.automated == automated for removal in self.removals)
        sanctioned = self.sellers_sanctioned("restrict", "suspend", "close")
        return removed + (len(sanctioned) if automated else 0)

    def accuracy(self, trusted_only: bool = False, language: str | None = None) -> Accuracy:
        """Tell how the automated decisions of the period that closed a notice held since."""
        alone: list[tuple[CaseHistory, ComplaintDecided]] = []
        others = 0
        for case in self._cases.values():
            if trusted_only and not _trusted(case):
                continue
            closing = next((each for each in case.ordered if each.outcome in CLOSING), None)
            if closing is None or not self.period.holds(closing.decided_at_milliseconds):
                continue
            if language not in (None, closing.listing_language):
                continue
            if all(_alone(each) for each in case.ordered if _not_after(each, closing)):
                alone.append((case, closing))
            else:
                others += 1
        undone = [closing for case, closing in alone if case.reversed_by(closing)]
        wrong_takedowns = sum(closing.outcome == "take_down" for closing in undone)
        takedowns = sum(closing.outcome == "take_down" for _, closing in alone)
        right_takedowns = takedowns - wrong_takedowns
        missed = len(undone) - wrong_takedowns
        error_rate = _share(len(undone), len(alone))
        return Accuracy(
            automated=len(alone),
            not_automated=others,
            reversed=len(undone),
            error_rate=error_rate,
            accuracy=None if error_rate is None else 1 - error_rate,
            precision=_share(right_takedowns, takedowns),
            recall=_share(right_takedowns, right_takedowns + missed),
        )

    def appeals(self, scope: AppealScope) -> AppealFigures:
        """Return figures on internal complaints (Article 20) about one kind of decision."""
        chosen = [each for each in self._histories.appeals.values() if self._in_scope(each, scope)]
        filed = sum(self.period.holds(_filed_at(each)) for each in chosen)
        decided = [
            each.decided
            for each in chosen
            if each.decided and self.period.holds(each.decided.decided_at_milliseconds)
        ]
        hours = [
            (each.decided_at_milliseconds - each.filed_at_milliseconds) / HOUR_MILLISECONDS
            for each in decided
        ]
        granted = sum(each.granted for each in decided)
        return AppealFigures(filed, len(decided) - granted, granted, _median_hours(hours))

    def restrictions_on_appeal(self) -> int:
        """Count restrictions newly imposed since a complainant's appeal was granted."""
        return (
            self.appeals("no_action").reversed + self.appeals("no_action_trusted_flagger").reversed
        )

    def as_mapping(self) -> dict[str, Any]:
        """Return the main figures by name, for programs."""
        return {
            "notices": self.notices(None, False)._asdict(),
            "notices_of_trusted_flaggers": self.notices(None, True)._asdict(),
            "automated_decisions": self.accuracy()._asdict(),
            "own_initiative": len(self.removals)
            + len(self.sellers_sanctioned("restrict", "suspend", "close")),
            "appeals": self.appeals("all")._asdict(),
        }

    def _within(self, decision: ComplaintDecided | None) -> bool:
        return decision is not None and self.period.holds(decision.decided_at_milliseconds)

    def _action_times(self, taken: Iterable[ComplaintDecided | None]) -> list[float]:
        """Return hours from receipt to the marketplace's confirmation, or else to the decision."""
        hours = []
        for decision in taken:
            if decision is not None:
                known = self._histories.confirmed.get(decision.command_id or "")
                acted = decision.decided_at_milliseconds if known is None else known
                hours.append((acted - decision.received_at_milliseconds) / HOUR_MILLISECONDS)
        return hours

    def _in_scope(self, appeal: Appealed, scope: AppealScope) -> bool:
        known = appeal.decided or appeal.filed
        if known is None:
            return False
        if known.case_id in self._histories.detected:
            # Nobody had complained: it is about the removal, and the seller's.
            return scope in ("all", "removal")
        case = self._cases.get(known.case_id)
        if case is None:
            return False
        sellers = known.party_id in {each.seller_id for each in case.decisions.values()}
        if scope == "removal":
            return sellers
        if scope == "all":
            return True
        return not sellers and _trusted(case) == (scope == "no_action_trusted_flagger")


def _filed_at(appeal: Appealed) -> int:
    known = appeal.decided or appeal.filed
    return -1 if known is None else known.filed_at_milliseconds


def _takedown(case: CaseHistory) -> ComplaintDecided | None:
    return case.takedown


def _trusted(case: CaseHistory) -> bool:
    return any(each.trusted_flagger for each in case.decisions.values())


def _alone(decision: ComplaintDecided) -> bool:
    return decision.automated and decision.reviewer_id is None


def _not_after(decision: ComplaintDecided, closing: ComplaintDecided) -> bool:
    return decision.decision_number <= closing.decision_number


def _right(decision: ComplaintDecided) -> Right:
    office = (decision.capsule.trademark_key or "").partition(":")[0].strip().upper()
    return Right(decision.ground, office, decision.territory)


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _median_hours(hours: list[float]) -> float | None:
    return round(median(hours), 2) if hours else None
