"""By which procedure a seller objects to a case's takedown."""

from processors.policies.service_level import ServiceLevel
from schemas.events.cases import Case

COPYRIGHT = "copyright_infringement"


def puts_back(case: Case, level: ServiceLevel) -> bool:
    """Tell whether an objection puts a listing back unless an action is told of."""
    if case.detection is not None:
        return False
    if level.objection:
        return level.objection == "put_back"
    return case.complaint.ground == COPYRIGHT
