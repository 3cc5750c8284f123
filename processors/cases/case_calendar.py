"""By whose days the times of a case are counted."""

from processors.policies.business_calendar import Calendar
from processors.step import Moment
from schemas.events.cases import Case


def calendar_of(case: Case, moment: Moment) -> Calendar:
    """Return the calendar of a case: that of its territory, in the version that it keeps."""
    return Calendar(moment.levels.of_case(case).calendar, (case.complaint.territory,))
