"""Misuse of marks found in titles, and what is commanded on it."""

from typing import NamedTuple

from schemas.declaration import event
from schemas.topic_names import DETECTIONS_EVENTS, REVIEWS_COMMANDS, TAKEDOWNS_COMMANDS


class DetectedMark(NamedTuple):
    """One mark in the title. Fields: schemas/avro."""

    term: str
    trademark_keys: tuple[str, ...]
    text: str
    begin: int
    end: int
    trick: str
    similarity: float
    score: float
    parts: dict[str, float]
    findings: dict[str, str]
    outcome: str
    rule_id: str


@event(DETECTIONS_EVENTS, identity=("detection_id",), owner="listing", made_by=("monitor",))
class MisuseDetected(NamedTuple):
    """A title was found to misuse marks, or to repeat what was taken down. Fields: schemas/avro."""

    detection_id: str
    listing_id: str
    marketplace: str
    seller_id: str
    listing_version: int
    url: str
    title: str
    outcome: str
    reason_codes: tuple[str, ...]
    marks: tuple[DetectedMark, ...]
    strikes: int
    resembles_listing_id: str | None
    resemblance: float | None
    rule_set_hash: str
    weights_version: str
    matching_version: str
    input_partition: int
    input_offset: int
    software_version: str
    detected_at_milliseconds: int


@event(TAKEDOWNS_COMMANDS, identity=("command_id",), owner="listing", made_by=("monitor",))
class BlockListing(NamedTuple):
    """The marketplace is told not to show this version of a listing. Fields: schemas/avro."""

    command_id: str
    detection_id: str
    listing_id: str
    marketplace: str
    seller_id: str
    listing_version: int
    url: str
    title: str
    trademark_key: str | None
    mark_text: str | None
    reason_codes: tuple[str, ...]
    issued_at_milliseconds: int
    automated: bool = True


@event(TAKEDOWNS_COMMANDS, identity=("command_id",), owner="listing", made_by=("monitor",))
class DelistListing(NamedTuple):
    """The marketplace is told to remove a listing. Fields: schemas/avro."""

    command_id: str
    detection_id: str
    listing_id: str
    marketplace: str
    seller_id: str
    listing_version: int
    url: str
    title: str
    trademark_key: str | None
    mark_text: str | None
    reason_codes: tuple[str, ...]
    issued_at_milliseconds: int
    automated: bool = True


@event(REVIEWS_COMMANDS, identity=("command_id",), owner="listing", made_by=("monitor",))
class ReviewDetection(NamedTuple):
    """The review team is asked to judge a detection. Fields: schemas/avro."""

    command_id: str
    detection_id: str
    listing_id: str
    marketplace: str
    seller_id: str
    listing_version: int
    reason_codes: tuple[str, ...]
    issued_at_milliseconds: int
