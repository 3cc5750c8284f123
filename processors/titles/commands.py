"""Commands that carry out a detection, and the strike that goes with them."""

from hashlib import sha256

from processors.titles.misuse import ground_of
from schemas.events.conduct import ConductRecorded
from schemas.events.detections import (
    BlockListing,
    DelistListing,
    DetectedMark,
    MisuseDetected,
    ReviewDetection,
)


def review_of(detected: MisuseDetected, now_milliseconds: int) -> ReviewDetection:
    """Return the command that asks reviewers to judge a detection."""
    return ReviewDetection(
        identifier(detected.detection_id, "send_to_review"),
        detected.detection_id,
        detected.listing_id,
        detected.marketplace,
        detected.seller_id,
        detected.listing_version,
        detected.reason_codes,
        now_milliseconds,
    )


def removal_of(
    detected: MisuseDetected,
    gravest: DetectedMark,
    outcome: str,
    reason_codes: tuple[str, ...],
    now_milliseconds: int,
    automated: bool,
) -> BlockListing | DelistListing:
    """Return the command that blocks or delists for the gravest of a detection's marks."""
    kind = DelistListing if outcome == "delist" else BlockListing
    return kind(
        identifier(detected.detection_id, outcome),
        detected.detection_id,
        detected.listing_id,
        detected.marketplace,
        detected.seller_id,
        detected.listing_version,
        detected.url,
        detected.title,
        gravest.trademark_keys[0] if gravest.trademark_keys else None,
        gravest.term or None,
        reason_codes,
        now_milliseconds,
        automated,
    )


def strike_of(detected: MisuseDetected, gravest: DetectedMark) -> ConductRecorded:
    """Return the strike for a listing blocked or delisted, however often that is commanded."""
    ground = ground_of(gravest.findings.get("copying", "absent"))
    return ConductRecorded(
        conduct_id=identifier(detected.detection_id, "seller", "strike"),
        party_id=detected.seller_id,
        role="seller",
        kind="strike",
        ground=ground,
        manifest=ground == "counterfeit",
        case_id=detected.detection_id,
        listing_id=detected.listing_id,
        marketplace=detected.marketplace,
        occurred_at_milliseconds=detected.detected_at_milliseconds,
    )


def identifier(*parts: str) -> str:
    """Return an id that is the same whenever and wherever it is made: 32 hexadecimal digits."""
    return sha256("\0".join(parts).encode()).hexdigest()[:32]
