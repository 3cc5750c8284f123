"""Evidence: documents come in as the body itself, and go out only to be saved."""

import logging
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from schemas.handled_errors import note_handled
from sinks.evidence.media_types import EXTENSIONS
from sinks.evidence.vault import (
    EvidenceDamaged,
    EvidenceMissing,
    EvidenceRefused,
    EvidenceTooLarge,
    Received,
    Upload,
    VaultFull,
)
from streams.sources.filing.case_models import EvidenceReceipt
from streams.sources.filing.complaint_routes import FilingId
from streams.sources.filing.filings import timestamp
from streams.sources.filing.problems import (
    EVIDENCE_REFUSED,
    INSUFFICIENT_STORAGE,
    INTERNAL,
    MEDIA_TYPE_REFUSED,
    NOT_FOUND,
    TOO_LARGE,
    Problem,
    responses,
)
from streams.sources.filing.routes import ActsAs, GuardedRoute
from streams.sources.filing.services import Services, services_of
from streams.sources.filing.tokens import Caller

logger = logging.getLogger(__name__)

CHUNK_BYTES = 1 << 20
GENERIC = "application/octet-stream"
router = APIRouter(prefix="/v1", route_class=GuardedRoute, tags=["evidence"])
RETRY_AFTER_SECONDS = 600
_BINARY = {"schema": {"type": "string", "format": "binary"}}


@router.post(
    "/evidence",
    status_code=201,
    response_model=EvidenceReceipt,
    responses={
        **responses(TOO_LARGE, MEDIA_TYPE_REFUSED, EVIDENCE_REFUSED, INSUFFICIENT_STORAGE),
        200: {"model": EvidenceReceipt, "description": "The party had uploaded it before."},
    },
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": dict.fromkeys([*EXTENSIONS, GENERIC], _BINARY),
        }
    },
)
async def upload_evidence(
    request: Request,
    caller: Annotated[Caller, Depends(ActsAs("rights_holder", "agent", "notifier", "seller"))],
) -> JSONResponse:
    """Upload a document: an image, a PDF or plain text, of at most 20 MiB, as the body itself.

    What it is, is told by its bytes; a declared type must agree with them. A document is known by
    its content, so sending it again changes nothing.
    """
    declared = request.headers.get("content-type", GENERIC).partition(";")[0].strip().lower()
    return await keep_document(services_of(request), caller, declared, request.stream())


async def keep_document(
    services: Services, caller: Caller, declared: str, chunks: AsyncIterator[bytes]
) -> JSONResponse:
    """Keep a document that comes in chunks, declared as of a media type. Errors: Problem."""
    if declared not in (*EXTENSIONS, GENERIC):
        raise Problem(MEDIA_TYPE_REFUSED, f"Taken are: {', '.join(EXTENSIONS)}.")
    try:
        upload = await run_in_threadpool(services.vault.begin)
    except VaultFull as full:
        raise _no_room(full) from full
    try:
        await _receive(chunks, upload)
        received = await run_in_threadpool(upload.finish)
        if declared not in (received.media_type, GENERIC):
            raise EvidenceRefused(f"sent as {declared}, but it is {received.media_type}")
        return await run_in_threadpool(_keep, services, caller, received)
    except VaultFull as full:
        raise _no_room(full) from full
    except EvidenceTooLarge as refused:
        raise Problem(TOO_LARGE, f"It is {refused}.") from refused
    except EvidenceRefused as refused:
        raise Problem(EVIDENCE_REFUSED, f"It is {refused}.") from refused
    finally:
        # Not in a thread: it is to run when the request is cancelled, too, and takes no time.
        upload.close()


@router.get(
    "/evidence/{evidence_id}",
    response_class=Response,
    responses={
        **responses(NOT_FOUND),
        200: {
            "description": "The document, to be saved, not shown.",
            "content": dict.fromkeys(EXTENSIONS, _BINARY),
        },
    },
)
def read_evidence(
    request: Request,
    evidence_id: FilingId,
    caller: Annotated[
        Caller,
        Depends(ActsAs("rights_holder", "agent", "notifier", "seller", "reviewer", "operator")),
    ],
) -> Response:
    """Return a document to who uploaded it, to reviewers and to operators."""
    services = services_of(request)
    document = services.evidence.find(evidence_id)
    trusted = caller.role in ("reviewer", "operator")
    if document is None or not (trusted or document.party_id == caller.party_id):
        raise Problem(NOT_FOUND)
    try:
        content = services.vault.read(document.sha256)
    except (EvidenceMissing, EvidenceDamaged) as error:
        logger.error("a stored document is not as it was: %s", type(error).__name__)
        raise Problem(INTERNAL, "The document is damaged; tell the operator.") from error
    name = f"{document.evidence_id}.{EXTENSIONS[document.media_type]}"
    return Response(
        content,
        media_type=document.media_type,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


async def _receive(chunks: AsyncIterator[bytes], upload: Upload) -> None:
    waiting = bytearray()
    async for chunk in chunks:
        waiting += chunk
        if len(waiting) >= CHUNK_BYTES:
            await run_in_threadpool(upload.write, bytes(waiting))
            waiting.clear()
    await run_in_threadpool(upload.write, bytes(waiting))


def _no_room(full: VaultFull) -> Problem:
    note_handled("vault", full)
    return Problem(
        INSUFFICIENT_STORAGE,
        "The document was not taken; send it again later.",
        headers={"Retry-After": str(RETRY_AFTER_SECONDS)},
    )


def _keep(services: Services, caller: Caller, received: Received) -> JSONResponse:
    services.scanning.check(caller.party_id, received)
    document, created = services.evidence.keep(caller.party_id, received)
    receipt = EvidenceReceipt(
        evidence_id=document.evidence_id,
        sha256=document.sha256,
        size_bytes=document.size_bytes,
        media_type=document.media_type,
        expires_at=timestamp(document.expires_at_milliseconds),
    )
    location = {"Location": f"/v1/evidence/{document.evidence_id}"}
    return JSONResponse(receipt.model_dump(mode="json"), 201 if created else 200, location)
