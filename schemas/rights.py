"""Rights that complaints rest on, as data: what each asks for, and what it is called elsewhere.

The table is `schemas/rights.yaml`, which people without code read and correct.
"""

from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from importlib.resources import files
from types import MappingProxyType
from typing import Any, Literal, NamedTuple, get_args

from schemas.events.complaints import EvidenceKind, Ground
from schemas.events.private_texts import PrivateText
from schemas.private_texts import reads_as
from schemas.yaml_text import yaml_content

Right = Literal[
    "trademark",
    "copyright",
    "design",
    "patent",
    "utility_model",
    "geographical_indication",
    "trade_dress",
    "parallel_import",
    "court_order",
]
"""A kind of right, told by the ground of a complaint."""

VERSION_CHARACTERS = 12

Form = Literal["text", "date"]
Reach = Literal["national", "everywhere"]
"""Whether a right holds in each country for itself, or in all alike."""


class Element(NamedTuple):
    """Something that a complaint has to say beside its statement, in the countries named or all.

    `asks` says in a sentence what; `reason` is the code by which it is asked for when missing.
    """

    name: str
    reason: str
    asks: str
    source: str
    countries: frozenset[str] = frozenset()
    form: Form = "text"


class Law(NamedTuple):
    """A law by its name and where it can be read."""

    name: str
    address: str


class RightProfile(NamedTuple):
    """What a complaint on a right says and shows; `documents` by ground, none where none is needed.

    `keyword` is the right's in the DSA Transparency Database; `law` the Union's own on the right.
    `reach` tells whether a takedown reaches further than the countries in which the right holds.
    """

    right: Right
    description: str
    keyword: str
    law: Law | None
    reach: Reach
    elements: tuple[Element, ...]
    documents: Mapping[Ground, frozenset[EvidenceKind]]


@cache
def rights_version() -> str:
    """Return the version of the table: the start of its SHA-256."""
    return sha256(_text()).hexdigest()[:VERSION_CHARACTERS]


@cache
def rights() -> Mapping[Right, RightProfile]:
    """Return the profiles of all rights."""
    content: dict[Right, dict[str, Any]] = yaml_content(_text())
    return {right: _profile(right, content[right]) for right in get_args(Right)}


@cache
def rights_by_ground() -> Mapping[Ground, RightProfile]:
    """Return the profile of the right that each ground is about."""
    return {ground: each for each in rights().values() for ground in each.documents}


def right_of(ground: Ground) -> RightProfile:
    """Return the profile of the right that a ground is about."""
    return rights_by_ground()[ground]


def missing_elements_of(
    profile: RightProfile,
    said: Mapping[str, str],
    countries: frozenset[str],
    private: Mapping[str, PrivateText | None] = MappingProxyType({}),
) -> list[Element]:
    """Return what a right asks for and isn't said, in the countries for which it is asserted.

    What is said, and what stands in its place where it is private, are by the element's name.
    """
    return [
        each
        for each in profile.elements
        if (not each.countries or each.countries & countries)
        and not is_given(each, said.get(each.name, ""), private.get(each.name))
    ]


def is_given(element: Element, text: str, private: PrivateText | None = None) -> bool:
    """Tell whether a text says what an element asks for, as far as a machine can see."""
    return reads_as("date" if element.form == "date" else "words", text, private)


@cache
def _text() -> bytes:
    return files("schemas").joinpath("rights.yaml").read_bytes()


def _profile(right: Right, content: dict[str, Any]) -> RightProfile:
    documents = content["documents"]
    if set(documents) != set(content["grounds"]):
        raise ValueError(f"rights.yaml: {right}: documents of other grounds than its own")
    return RightProfile(
        right,
        content["description"],
        content["keyword"],
        Law(**content["law"]) if "law" in content else None,
        _reach(right, content["reach"]),
        tuple(_element(each) for each in content.get("elements", ())),
        {ground: frozenset(kinds) for ground, kinds in documents.items()},
    )


def _reach(right: Right, reach: Reach) -> Reach:
    if reach not in get_args(Reach):
        raise ValueError(f"rights.yaml: {right}: reach is {reach!r}, not national or everywhere")
    return reach


def _element(content: dict[str, Any]) -> Element:
    return Element(**{**content, "countries": frozenset(content.get("countries", ()))})
