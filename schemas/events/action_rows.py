"""How much was done of late without a person, by mark, rule, complainant and marketplace."""

from typing import Annotated, NamedTuple

from schemas.declaration import ALL_FIELDS, event
from schemas.fields import Many, Text, Timestamp, Whole
from schemas.topic_names import CASES_STATE


@event(CASES_STATE, identity=ALL_FIELDS, owner="key", key="")
class ActionCount(NamedTuple):
    """Actions of one mark, rule or complainant, or second looks of one marketplace, in one
    partition; one row of a worker's state."""

    name: Annotated[str, Text(2_300, personal="identifier")]
    """What is counted: mark, rule, complainant or looks, a colon, and its id."""
    acted_at_milliseconds: Many[Timestamp] = ()
    """When listings were taken away in the last hour that was looked at, UTC."""
    week: Whole = 0
    """Week that was counted last, by weeks since 1970."""
    week_count: Whole = 0
    """Second looks asked for in it."""
