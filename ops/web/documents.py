"""Documents that came with a form or before it, kept as the filing API keeps them."""

import json
from typing import Any

from anyio import from_thread
from starlette.datastructures import UploadFile

from ops.web.site import Visit
from streams.sources.filing.evidence_routes import keep_document

CHUNK_BYTES = 1 << 16


def documents_of(visit: Visit, kind: str) -> list[dict[str, Any]]:
    """Return a form's documents, those that were sent before it first. Errors: Problem."""
    pairs = [each.partition(":") for each in visit.form.get("evidence", [])]
    before = [{"evidence_id": one, "kind": said or kind} for one, _, said in pairs]
    return [*before, *kept_documents(visit, kind)]


def kept_documents(visit: Visit, kind: str) -> list[dict[str, Any]]:
    """Keep a form's documents; give them as filings name them. Errors: Problem."""
    return [_kept(visit, each, kind) for each in visit.files]


def _kept(visit: Visit, file: UploadFile, kind: str) -> dict[str, Any]:
    chunks = iter(lambda: file.file.read(CHUNK_BYTES), b"")
    declared = (file.content_type or "").partition(";")[0].strip().lower()

    async def keep() -> Any:
        return await keep_document(visit.services, visit.caller, declared, _all(chunks))

    response = from_thread.run(keep)
    return {"evidence_id": json.loads(bytes(response.body))["evidence_id"], "kind": kind}


async def _all(chunks: Any) -> Any:
    for chunk in chunks:
        yield chunk
