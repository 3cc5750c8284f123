"""Fields that several requests have, and the reason code of an element that is missing.

A wrong element is told with all others at once, under the reason code by which the pipeline would
ask for it. Elements: DSA Article 16(2), DMCA 512(c)(3)(A) and 512(g)(3).
"""

import re
from collections.abc import Iterable
from typing import Annotated, Any

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from processors.findings.completeness import MINIMUM_STATEMENT_CHARACTERS
from processors.findings.territories import CODES
from processors.matching.places import territories_near, territory_named
from processors.nearest import nearest
from schemas import fields as declared
from schemas.declared_fields import filed_maximum
from schemas.events.complaints import EvidenceKind, Particulars, ParticularText
from schemas.events.complaints import EvidenceList as DeclaredEvidence
from streams.sources.filing.claims import CLAIM_ERROR
from streams.sources.filing.problems import FieldError

MAXIMUM_NAME_CHARACTERS = 100
MAXIMUM_DETAIL_CHARACTERS = 500
_TEXT = r"^[^\x00-\x08\x0B\x0C\x0E-\x1F\x7F]*$"
_LINE = r"^[^\x00-\x1F\x7F]*$"
_NUMBER = r"^[^\x00-\x1F\x7F]*[0-9\uFF10-\uFF19\u0660-\u0669\u06F0-\u06F9][^\x00-\x1F\x7F]*$"
ID = r"^[A-Za-z0-9._:~-]+$"
_TIME = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)", re.ASCII)
_WORD = re.compile(r"'([^']*)'")
_EMAIL = r"^[^@\s\x00-\x1F\x7F]{1,64}@[^@\s.\x00-\x1F\x7F]+(\.[^@\s.\x00-\x1F\x7F]+)+$"


class Request(BaseModel):
    """A body: members that are not known are refused, and no type is guessed."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


def _substantial(text: str) -> str:
    if len(text.strip()) < MINIMUM_STATEMENT_CHARACTERS:
        raise ValueError(f"at least {MINIMUM_STATEMENT_CHARACTERS} characters are asked for")
    return text


def _as_text(time: Any) -> str:
    """Return a time that came as text; numbers are none. Errors: PydanticCustomError."""
    if isinstance(time, str) and _TIME.fullmatch(time):
        return time
    raise PydanticCustomError("time_invalid", "a time is wanted, such as 2026-11-27T09:00:00Z")


def _code_of(country: Any) -> Any:
    """Return the code of a country that is named otherwise. Errors: PydanticCustomError."""
    if not isinstance(country, str) or len(country) > MAXIMUM_NAME_CHARACTERS:
        return country
    code = country.strip().upper()
    found = code if code in CODES else territory_named(country)
    if not found:
        told = "no country has this code or name"
        if country.strip():
            told += f"; the nearest are {', '.join(territories_near(country))}"
        raise PydanticCustomError("territory_invalid", "{told}", {"told": told})
    return found


def _given(text: str) -> str:
    if not text.strip():
        raise ValueError("it is empty")
    return text


def _declared(declared: bool) -> bool:
    if not declared:
        raise ValueError("the declaration is to be made: true")
    return declared


Identifier = Annotated[
    str, Field(min_length=1, max_length=filed_maximum(declared.Identifier), pattern=ID)
]
Marketplace = Annotated[
    str, Field(min_length=1, max_length=filed_maximum(declared.Marketplace), pattern=ID)
]
TrademarkNumber = Annotated[
    str,
    Field(
        min_length=1,
        max_length=filed_maximum(declared.TrademarkNumber),
        pattern=_NUMBER,
        examples=["018229012"],
        description="As it is written: signs, spaces and words beside the digits are understood.",
    ),
]
Country = Annotated[
    str,
    Field(
        pattern=f"^({'|'.join(sorted(CODES))})$",
        description="ISO 3166-1 alpha-2 code; also UK, EL, and unions: EU, BX, OA, AP. Codes of "
        "three letters and names in many languages are understood too.",
        examples=["DE"],
    ),
    BeforeValidator(_code_of),
]
Language = Annotated[
    str, Field(pattern=r"^([a-z]{2})?$", description="ISO 639-1 code, or empty.", examples=["de"])
]
Statement = Annotated[
    str,
    Field(
        min_length=MINIMUM_STATEMENT_CHARACTERS,
        max_length=filed_maximum(declared.Statement),
        pattern=_TEXT,
    ),
    AfterValidator(_substantial),
]
Line = Annotated[str, Field(pattern=_LINE), AfterValidator(_given)]
Day = Annotated[
    str,
    Field(
        pattern=r"^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$",
        description="ISO 8601.",
        examples=["2026-11-27"],
    ),
]
Time = Annotated[
    AwareDatetime,
    # Bodies are read without guesses, and a time comes as text.
    Field(strict=False, description="RFC 3339.", examples=["2026-11-27T09:00:00Z"]),
    BeforeValidator(_as_text),
]
Explanation = Annotated[str, Field(max_length=filed_maximum(declared.Statement), pattern=_TEXT)]
Signature = Annotated[
    str,
    Field(min_length=1, max_length=filed_maximum(declared.Signature), pattern=_LINE),
    AfterValidator(_given),
]
Email = Annotated[
    str,
    Field(
        max_length=filed_maximum(declared.EmailAddress),
        pattern=_EMAIL,
        examples=["ip@brand.example"],
    ),
]
Metric = Annotated[bool, AfterValidator(_declared), Field(json_schema_extra={"const": True})]


class EvidenceReference(Request):
    """A document that was uploaded before."""

    evidence_id: Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
    kind: EvidenceKind = Field(description="What the document is.")


EvidenceList = Annotated[
    list[EvidenceReference],
    Field(
        default_factory=list,
        max_length=filed_maximum(DeclaredEvidence),
        description="Documents uploaded.",
    ),
]

Claim = Annotated[
    dict[
        Annotated[str, Field(pattern=r"^[a-z_]{1,40}$")],
        Annotated[str, Field(max_length=filed_maximum(ParticularText), pattern=_TEXT)],
    ],
    Field(
        default_factory=dict,
        validate_default=True,
        max_length=filed_maximum(Particulars),
        description="What the right asks for beside the statement, by element: see /v1/rights.",
        examples=[{"work": "The photograph 'Harbour at dawn'."}],
    ),
]

_ELEMENTS = {
    "statement": "statement_missing",
    "signature": "signature_missing",
    "contact": "contact_missing",
    "trademark": "trademark_missing",
    "territory": "territory_invalid",
    "listings": "listing_missing",
    "declarations": "declaration_missing",
    "declarations/good_faith": "good_faith_not_declared",
    "declarations/accuracy_and_authority": "accuracy_not_declared",
    "declarations/perjury": "perjury_not_declared",
    "declarations/jurisdiction": "jurisdiction_not_consented",
}


def field_errors(errors: Iterable[Any]) -> list[FieldError]:
    """Return pydantic's errors as they are told, without what was sent."""
    told: list[FieldError] = []
    for each in errors:
        told += each["ctx"]["errors"] if each["type"] == CLAIM_ERROR else [_field_error(each)]
    return told


def _field_error(error: Any) -> FieldError:
    # The name of a member that nobody asked for is the sender's.
    place = [str(part)[:MAXIMUM_NAME_CHARACTERS] for part in error["loc"] if part != "body"]
    path = "/".join(place)
    code = _ELEMENTS.get(path) or _ELEMENTS.get(place[0] if place else "")
    too_long = error["type"] in ("string_too_long", "too_long", "extra_forbidden")
    told = "".join("/" + part.replace("~", "~0").replace("/", "~1") for part in place)
    return FieldError(
        pointer="#" + told,
        code=error["type"] if code is None or too_long else code,
        detail=_said_of(error)[:MAXIMUM_DETAIL_CHARACTERS],
    )


def _said_of(error: Any) -> str:
    """Return what is wrong; of a word that is none of some, which of them are nearest."""
    if error["type"] == "literal_error" and isinstance(error["input"], str):
        words = _WORD.findall(error["ctx"]["expected"])
        near = nearest(error["input"][:MAXIMUM_NAME_CHARACTERS], words)
        return f"no such word is known here; the nearest are {', '.join(near)}"
    return str(error["msg"].removeprefix("Value error, "))
