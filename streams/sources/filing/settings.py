"""Limits of the filing API; each has a bound that holds whatever a client sends."""

from typing import NamedTuple

from schemas.durations import DAY_MILLISECONDS
from streams.sources.filing.rate_limits import Rate

MAXIMUM_LISTINGS = 300
"""Listings in one complaint: as many as Alibaba's IPP takes for one document."""


class FilingSettings(NamedTuple):
    """How the API is bounded; times in milliseconds or seconds, as their names say."""

    maximum_body_bytes: int = 1 << 20
    maximum_evidence_bytes: int = 20 << 20
    maximum_evidence_for_complaint: int = 50
    maximum_idle_evidence: int = 500
    maximum_idle_evidence_bytes: int = 1 << 30
    maximum_party_evidence_bytes: int = 20 << 30
    key_lifetime_milliseconds: int = 7 * DAY_MILLISECONDS
    idle_evidence_lifetime_milliseconds: int = 7 * DAY_MILLISECONDS
    retention_milliseconds: int = 400 * DAY_MILLISECONDS
    inquiry_answer_business_days: int = 2
    filing_rate: Rate = Rate("filing", 60, 2.0)
    reading_rate: Rate = Rate("reading", 300, 20.0)
    upload_rate: Rate = Rate("upload", 60, 1.0)
    request_seconds: float = 30.0
    body_seconds: float = 10.0
    body_bytes_per_second: int = 16 << 10

    def rate_of(self, method: str, path: str) -> Rate:
        """Return the rate that a request counts against."""
        if method == "GET":
            return self.reading_rate
        return self.upload_rate if path == "/v1/evidence" else self.filing_rate
