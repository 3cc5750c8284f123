"""How satisfied parties were."""

from typing import NamedTuple

from schemas.declaration import event
from schemas.events.parties import PartyRole
from schemas.topic_names import SURVEYS_EVENTS


@event(SURVEYS_EVENTS, identity=("survey_id",), owner="party")
class SurveyAnswered(NamedTuple):
    """A party told how satisfied it was with a case. Fields: schemas/avro."""

    survey_id: str
    party_id: str
    role: PartyRole
    case_id: str
    marketplace: str
    score: int
    answered_at_milliseconds: int
