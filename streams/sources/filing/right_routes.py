"""Rights that complaints may rest on, with what each asks for."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, Field

from schemas.events.complaints import EvidenceKind, Ground
from schemas.rights import Right, rights
from streams.sources.filing.problems import responses
from streams.sources.filing.routes import ActsAs, GuardedRoute
from streams.sources.filing.tokens import Caller

router = APIRouter(prefix="/v1", route_class=GuardedRoute, tags=["complaints"])


class ElementAsked(BaseModel):
    """What is to be said under `claim`."""

    name: str
    asks: str
    reason_code: str = Field(description="Under which it is asked for when it is missing.")
    countries: list[str] = Field(description="Where it is asked for; everywhere when empty.")
    source: str = Field(description="The law that asks for it.")


class RightAsked(BaseModel):
    """A right, what may be alleged of it, and what is asked for."""

    right: Right
    description: str
    claim: list[ElementAsked]
    documents: dict[Ground, list[EvidenceKind]] = Field(
        description="By ground, the kinds of which one is asked for; none when empty."
    )


@router.get(
    "/rights",
    responses=responses(),
    summary="See what a complaint on each right asks for",
)
def read_rights(
    request: Request,
    caller: Annotated[
        Caller,
        Depends(ActsAs("rights_holder", "agent", "notifier", "seller", "reviewer", "operator")),
    ],
) -> list[RightAsked]:
    """Return all rights with the elements and documents that are asked for."""
    return [
        RightAsked(
            right=each.right,
            description=each.description,
            claim=[
                ElementAsked(
                    name=element.name,
                    asks=element.asks,
                    reason_code=element.reason,
                    countries=sorted(element.countries),
                    source=element.source,
                )
                for element in each.elements
            ],
            documents={ground: sorted(kinds) for ground, kinds in each.documents.items()},
        )
        for each in rights().values()
    ]
