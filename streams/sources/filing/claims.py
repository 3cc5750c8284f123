"""What a complaint says of its right, checked against the right's profile field by field.

Each check raises what pydantic tells beside all else that is wrong in a request.
"""

from collections.abc import Mapping

from pydantic_core import PydanticCustomError

from processors.findings.territories import countries_of
from schemas.events.complaints import Ground, Particular
from schemas.rights import Right, RightProfile, missing_elements_of, right_of, rights
from streams.sources.filing.problems import FieldError

CLAIM_ERROR = "claim"
"""Type of an error that holds those of a claim's elements."""


def ground_of(right: Right | None, ground: Ground | None) -> Ground:
    """Return the ground that is told, or that is the right's only one. Errors: ValueError."""
    if ground is not None:
        meant = right_of(ground).right
        if right not in (None, meant):
            told = f"{ground} is alleged of the right {meant}"
            raise PydanticCustomError("right_mismatch", "{told}", {"told": told})
        return ground
    if right is None:
        named = "name a right, such as " + ", ".join(rights())
        raise PydanticCustomError("right_missing", "{told}", {"told": named})
    grounds = list(rights()[right].documents)
    if len(grounds) > 1:
        said = "say what is wrong: " + " or ".join(grounds)
        raise PydanticCustomError("ground_missing", "{told}", {"told": said})
    return grounds[0]


def check_claim(profile: RightProfile, territory: str, claim: Mapping[str, str]) -> None:
    """Check what is said of a right. Errors: PydanticCustomError with all that is wrong."""
    countries = countries_of(territory)
    known = {each.name: each for each in profile.elements}
    told = f"For {profile.right} is asked: {', '.join(known) or 'nothing more'}."
    errors = [_error(name, "unknown_element", told) for name in claim if name not in known]
    errors += [
        _error(each.name, each.reason, each.asks)
        for each in missing_elements_of(profile, claim, countries)
    ]
    if errors:
        raise PydanticCustomError(CLAIM_ERROR, "elements are missing", {"errors": errors})


def particulars_of(claim: Mapping[str, str]) -> tuple[Particular, ...]:
    """Return what is said of a right as events carry it."""
    return tuple(Particular(name, text) for name, text in sorted(claim.items()))


def _error(name: str, code: str, detail: str) -> FieldError:
    return FieldError(pointer=f"#/claim/{name}", code=code, detail=detail)
