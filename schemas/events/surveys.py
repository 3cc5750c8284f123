"""How satisfied parties were."""

from typing import NamedTuple

from schemas.declaration import event
from schemas.events.parties import PartyRole
from schemas.fields import Identifier, Marketplace, PartyId, Timestamp, Whole
from schemas.topic_names import SURVEYS_EVENTS


@event(SURVEYS_EVENTS, identity=("survey_id",), owner="party")
class SurveyAnswered(NamedTuple):
    """A party told how satisfied it was with a case."""

    survey_id: Identifier
    """Id of the answer, unique for ever."""
    party_id: PartyId
    """Who answered; key of the record."""
    role: PartyRole
    """Its part in the case."""
    case_id: Identifier
    """Case concerned; the id of its complaint."""
    marketplace: Marketplace
    """Short name of the marketplace."""
    score: Whole
    """1, not at all satisfied, to 5, very."""
    answered_at_milliseconds: Timestamp
    """When, UTC."""
