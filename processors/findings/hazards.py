"""Which listings offer goods that endanger people where they are counterfeit.

What is found brings a case before people sooner (`hazards.yaml`). A person says whether it is so,
with the reason `dangerous_product`.
"""

from functools import cache
from importlib.resources import files
from typing import Final

from processors.matching.folding import fold, is_unspaced
from schemas.events.complaints import ComplaintFiled
from schemas.events.listings import ListingChanged
from schemas.yaml_text import yaml_content

CLAIMED: Final = frozenset({"counterfeit"})
"""Grounds that say that goods are not of their maker, whose care for safety they then lack."""


def hazard_of(complaint: ComplaintFiled, listing: ListingChanged | None) -> str | None:
    """Return what goods complained of may endanger people as, or None."""
    if listing is None or complaint.ground not in CLAIMED:
        return None
    said = f" {fold(listing.category)} {fold(listing.title)} "
    return next((name for name, words in _hazards() if any(word in said for word in words)), None)


@cache
def _hazards() -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return what to look for, with spaces about what is written with them."""
    text = files("processors.findings").joinpath("hazards.yaml").read_text(encoding="utf-8")
    return tuple(
        (name, tuple(_wanted(fold(word)) for line in lines for word in line))
        for name, lines in yaml_content(text).items()
    )


def _wanted(folded: str) -> str:
    return folded if is_unspaced(folded) else f" {folded} "
