"""What a detection asks for, told without reading a title."""

from processors.policies.standing_policy import REPEAT_STRIKES
from schemas.events.complaints import Ground
from schemas.events.detections import DetectedMark, MisuseDetected

GRAVITY = ("leave", "send_to_review", "block", "delist")
"""Outcomes, the gravest last."""


def ground_of(copying: str) -> Ground:
    """Return the ground of a title that is taken away, by its finding of copying."""
    return "counterfeit" if copying == "bound" else "trademark_infringement"


def gravest_of(detected: MisuseDetected) -> DetectedMark:
    """Return the mark on which a detection rests. Errors: ValueError where it has none."""
    return max(detected.marks, key=lambda mark: GRAVITY.index(mark.outcome))


def removal_when_upheld(detected: MisuseDetected) -> str:
    """Return what is commanded where a detection is upheld: block or delist.

    One that people are asked about is a delisting of a repeat offender, or of what came back.
    """
    if detected.outcome in ("block", "delist"):
        return detected.outcome
    repeat = detected.strikes >= REPEAT_STRIKES
    return "delist" if repeat or detected.resembles_listing_id else "block"
