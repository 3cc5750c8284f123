"""Errors as RFC 9457 problem details: what they are called, and how they are answered."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse

from streams.sources.filing.strict_json import JsonRefused

MEDIA_TYPE = "application/problem+json"
MAXIMUM_ERRORS = 100
PREFIX = "urn:ip-takedown-streams:problem:"


class ProblemKind(NamedTuple):
    """A kind of error: the end of its URN, its HTTP status, and its title."""

    name: str
    status: int
    title: str

    @property
    def type(self) -> str:
        """The URI that RFC 9457 calls `type`."""
        return PREFIX + self.name


MALFORMED = ProblemKind("malformed-request", 400, "The request cannot be read")
KEY_MISSING = ProblemKind("idempotency-key-missing", 400, "Idempotency-Key is missing")
UNAUTHENTICATED = ProblemKind("unauthenticated", 401, "No valid token was given")
FORBIDDEN = ProblemKind("forbidden", 403, "The token does not allow this")
NOT_FOUND = ProblemKind("not-found", 404, "There is no such thing, or not for this party")
METHOD_NOT_ALLOWED = ProblemKind("method-not-allowed", 405, "The method is not allowed here")
TIMED_OUT = ProblemKind("request-timed-out", 408, "The request came too slowly")
KEY_IN_USE = ProblemKind("idempotency-key-in-use", 409, "A request with this key is under way")
SELLER_UNKNOWN = ProblemKind("seller-unknown", 409, "Whose listing it is, is not known yet")
TOO_LARGE = ProblemKind("content-too-large", 413, "The request is too large")
MEDIA_TYPE_REFUSED = ProblemKind("unsupported-media-type", 415, "The media type is not taken")
INVALID = ProblemKind("invalid-request", 422, "The request is incomplete or invalid")
KEY_REUSED = ProblemKind("idempotency-key-reused", 422, "The key was used for another request")
EVIDENCE_REFUSED = ProblemKind("evidence-refused", 422, "The document is not taken as evidence")
QUOTA_EXCEEDED = ProblemKind("quota-exceeded", 429, "Too many requests")
INTERNAL = ProblemKind("internal-error", 500, "The request failed here")
UNAVAILABLE = ProblemKind("unavailable", 503, "The service cannot take requests now")
INSUFFICIENT_STORAGE = ProblemKind("insufficient-storage", 507, "There is no room for documents")

KINDS: tuple[ProblemKind, ...] = (
    MALFORMED, KEY_MISSING, UNAUTHENTICATED, FORBIDDEN, NOT_FOUND, METHOD_NOT_ALLOWED, TIMED_OUT,
    KEY_IN_USE, SELLER_UNKNOWN, TOO_LARGE, MEDIA_TYPE_REFUSED, INVALID, KEY_REUSED,
    EVIDENCE_REFUSED, QUOTA_EXCEEDED, INTERNAL, UNAVAILABLE, INSUFFICIENT_STORAGE,
)  # fmt: skip


class FieldError(BaseModel):
    """One thing that is wrong or missing in a request."""

    pointer: str = Field(
        description="Where in the body: a JSON Pointer in fragment form.",
        examples=["#/statement"],
    )
    code: str = Field(
        description="What is wrong, as a word; a missing element has its reason code.",
        examples=["statement_missing"],
    )
    detail: str = Field(description="What is asked for.")


class ProblemDetails(BaseModel):
    """Problem details (RFC 9457)."""

    type: str = Field(description="URN of the kind of problem.", examples=[INVALID.type])
    title: str = Field(description="The kind of problem, for people.", examples=[INVALID.title])
    status: int = Field(description="The HTTP status.", examples=[INVALID.status])
    detail: str = Field(default="", description="What happened this time.")
    instance: str = Field(default="", description="This request; tell it when asking about it.")
    errors: list[FieldError] = Field(default=[], description="All that is wrong, at once.")


class Problem(HTTPException):
    """A request cannot be done; `errors` tell what in it is wrong."""

    def __init__(
        self,
        kind: ProblemKind,
        detail: str = "",
        errors: Sequence[FieldError] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(kind.status, detail, headers)
        self.kind = kind
        self.errors = tuple(errors)


class MalformedBody(Problem):
    """A body is not JSON as it is taken here."""

    def __init__(self, refused: JsonRefused) -> None:
        super().__init__(MALFORMED, str(refused))


def answer(problem: Problem, request_id: str) -> JSONResponse:
    """Return the response that tells of a problem; the request's id stands in the log too."""
    content: dict[str, Any] = {
        "type": problem.kind.type,
        "title": problem.kind.title,
        "status": problem.kind.status,
        "instance": f"urn:request:{request_id}",
    }
    if problem.detail:
        content["detail"] = problem.detail
    if problem.errors:
        content["errors"] = [error.model_dump() for error in problem.errors]
    return JSONResponse(
        content, problem.kind.status, headers=problem.headers, media_type=MEDIA_TYPE
    )


def responses(*kinds: ProblemKind) -> dict[int | str, dict[str, Any]]:
    """Describe problems for OpenAPI, those that any request may meet among them."""
    by_status: dict[int | str, list[ProblemKind]] = {}
    for kind in (*kinds, *ALWAYS):
        found = by_status.setdefault(kind.status, [])
        if kind not in found:
            found.append(kind)
    return {status: _described(found) for status, found in sorted(by_status.items())}


ALWAYS = (MALFORMED, UNAUTHENTICATED, FORBIDDEN, TIMED_OUT, QUOTA_EXCEEDED, INTERNAL, UNAVAILABLE)


def _described(kinds: list[ProblemKind]) -> dict[str, Any]:
    examples = {
        kind.name: {"value": {"type": kind.type, "title": kind.title, "status": kind.status}}
        for kind in kinds
    }
    return {
        "description": "; ".join(kind.title for kind in kinds),
        "content": {
            MEDIA_TYPE: {
                "schema": {"$ref": "#/components/schemas/ProblemDetails"},
                "examples": examples,
            }
        },
    }
