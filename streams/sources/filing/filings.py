"""What is written of a request: the filing, its complaints, and its events as bytes."""

import json
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, Final, NamedTuple

from processors.identifiers import hashed
from schemas.events.complaints import ComplaintFiled
from schemas.events.desk import InquiryReceived
from sinks.database.outbox import OutboxRow
from sinks.private_texts.data_key import SealedTexts

TOLD_OF_REQUESTS: Final = ("ground",)
"""What lists say of a filing before it is a case."""


class Identity(NamedTuple):
    """By which a request is known again: who sent it, under which key, and what it says."""

    party_id: str
    idempotency_key: str
    fingerprint: bytes

    @property
    def filing_id(self) -> str:
        """Follows from the identity, so that a request sent again files nothing new."""
        return hashed("filing", self.party_id, self.idempotency_key, self.fingerprint.hex())


class Answer(NamedTuple):
    """A response: HTTP status and body; `replayed` where it was given before."""

    status: int
    body: dict[str, Any]
    replayed: bool = False


class Filing(NamedTuple):
    """All that one request leads to; written whole or not at all."""

    identity: Identity
    kind: str
    case_id: str | None
    request: dict[str, Any]
    answer: Answer
    records: tuple[OutboxRow, ...]
    received_at_milliseconds: int
    complaints: tuple[tuple[int, ComplaintFiled], ...] = ()
    evidence_ids: tuple[str, ...] = ()
    inquiry: tuple[InquiryReceived, str] | None = None
    """With the hash of its question."""
    private_texts: SealedTexts | None = None
    """Texts that neither the request nor the events hold."""
    request_sha256: str | None = None
    """Hash of the request as a private text, where `request` has none of its texts."""


def without_texts(filing: Filing, texts: SealedTexts) -> Filing:
    """Return a filing whose request is among its private texts.

    The id makes the request's text one of its own, so that it can be removed with the filing.
    """
    whole = {"filing_id": filing.identity.filing_id, "request": filing.request}
    sha256 = texts.keep(json.dumps(whole))
    told = {name: filing.request[name] for name in TOLD_OF_REQUESTS if name in filing.request}
    return filing._replace(request=told, request_sha256=sha256, private_texts=texts)


def fingerprint(method: str, path: str, body: Any) -> bytes:
    """Return a hash of what a request asks for; spaces and the order of members don't count."""
    canonical = json.dumps([method, path, body], sort_keys=True, separators=(",", ":"))
    return sha256(canonical.encode("utf-8")).digest()


def timestamp(milliseconds: int) -> str:
    """Return a time as RFC 3339, UTC."""
    moment = datetime.fromtimestamp(milliseconds / 1000, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
