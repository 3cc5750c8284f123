"""Misuse of marks found in titles, and what is commanded on it."""

from collections.abc import Mapping
from typing import Any, NamedTuple


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

    @classmethod
    def from_avro(cls, datum: Mapping[str, Any]) -> "DetectedMark":
        """Make the value from a decoded Avro record."""
        return cls(
            datum["term"],
            tuple(datum["trademark_keys"]),
            datum["text"],
            datum["begin"],
            datum["end"],
            datum["trick"],
            datum["similarity"],
            datum["score"],
            dict(datum["parts"]),
            dict(datum["findings"]),
            datum["outcome"],
            datum["rule_id"],
        )

    def to_avro(self) -> dict[str, Any]:
        """Return the record as Avro encoders take it."""
        return self._asdict()


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

    @classmethod
    def from_avro(cls, datum: Mapping[str, Any]) -> "MisuseDetected":
        """Make the value from a decoded Avro record."""
        return cls(
            datum["detection_id"],
            datum["listing_id"],
            datum["marketplace"],
            datum["seller_id"],
            datum["listing_version"],
            datum["url"],
            datum["title"],
            datum["outcome"],
            tuple(datum["reason_codes"]),
            tuple(DetectedMark.from_avro(item) for item in datum["marks"]),
            datum["strikes"],
            datum["resembles_listing_id"],
            datum["resemblance"],
            datum["rule_set_hash"],
            datum["weights_version"],
            datum["matching_version"],
            datum["input_partition"],
            datum["input_offset"],
            datum["software_version"],
            datum["detected_at_milliseconds"],
        )

    def to_avro(self) -> dict[str, Any]:
        """Return the record as Avro encoders take it."""
        return {**self._asdict(), "marks": [item.to_avro() for item in self.marks]}


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

    @classmethod
    def from_avro(cls, datum: Mapping[str, Any]) -> "BlockListing":
        """Make the value from a decoded Avro record."""
        return cls(
            datum["command_id"],
            datum["detection_id"],
            datum["listing_id"],
            datum["marketplace"],
            datum["seller_id"],
            datum["listing_version"],
            datum["url"],
            datum["title"],
            datum["trademark_key"],
            datum["mark_text"],
            tuple(datum["reason_codes"]),
            datum["issued_at_milliseconds"],
            datum["automated"],
        )

    def to_avro(self) -> dict[str, Any]:
        """Return the record as Avro encoders take it."""
        return self._asdict()


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

    @classmethod
    def from_avro(cls, datum: Mapping[str, Any]) -> "DelistListing":
        """Make the value from a decoded Avro record."""
        return cls(
            datum["command_id"],
            datum["detection_id"],
            datum["listing_id"],
            datum["marketplace"],
            datum["seller_id"],
            datum["listing_version"],
            datum["url"],
            datum["title"],
            datum["trademark_key"],
            datum["mark_text"],
            tuple(datum["reason_codes"]),
            datum["issued_at_milliseconds"],
            datum["automated"],
        )

    def to_avro(self) -> dict[str, Any]:
        """Return the record as Avro encoders take it."""
        return self._asdict()


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

    @classmethod
    def from_avro(cls, datum: Mapping[str, Any]) -> "ReviewDetection":
        """Make the value from a decoded Avro record."""
        return cls(
            datum["command_id"],
            datum["detection_id"],
            datum["listing_id"],
            datum["marketplace"],
            datum["seller_id"],
            datum["listing_version"],
            tuple(datum["reason_codes"]),
            datum["issued_at_milliseconds"],
        )

    def to_avro(self) -> dict[str, Any]:
        """Return the record as Avro encoders take it."""
        return self._asdict()
