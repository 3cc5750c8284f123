"""A time stamp of a manifest by an authority (RFC 3161)."""

from typing import Final

import httpx
from cryptography.x509 import load_pem_x509_certificates
from rfc3161_client import (
    TimestampRequestBuilder,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)

from replay.log import ReplayError

TIMEOUT_SECONDS: Final = 30.0
"""Authorities are far away, and a bundle is made once."""
_QUERY: Final = {"Content-Type": "application/timestamp-query"}


def time_stamp(address: str, content: bytes, roots: bytes | None) -> bytes:
    """Return an authority's answer on some content, verified by certificates in PEM where they are
    given. Errors: ReplayError."""
    request = TimestampRequestBuilder().data(content).build()
    try:
        answer = httpx.post(
            address, content=request.as_bytes(), headers=_QUERY, timeout=TIMEOUT_SECONDS
        )
        answer.raise_for_status()
        response = decode_timestamp_response(answer.content)
        if roots is not None:
            builder = VerifierBuilder.from_request(request)
            for certificate in load_pem_x509_certificates(roots):
                builder = builder.add_root_certificate(certificate)
            builder.build().verify_message(response, content)
    except (httpx.HTTPError, ValueError, VerificationError) as error:
        raise ReplayError(f"{address} gives no time stamp that verifies: {error}") from error
    if response.status not in (0, 1):
        raise ReplayError(f"{address} gives no time stamp: {response.status_string}")
    return answer.content
