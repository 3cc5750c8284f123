"""Complaints as they are filed."""

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

TrademarkNumberKind = Literal["application", "registration"]
"""Which of a mark's two numbers is given."""

Ground = Literal[
    "counterfeit", "trademark_infringement", "keyword_misuse", "other", "copyright_infringement"
]
"""What the complainant says is wrong."""

EvidenceKind = Literal[
    "registration_certificate",
    "letter_of_authorisation",
    "test_buy",
    "comparison",
    "photo",
    "declaration",
    "other",
]
"""What the document is."""


class Evidence(NamedTuple):
    """One document or fact filed in support of a complaint. Fields: schemas/avro."""

    evidence_id: str
    kind: EvidenceKind
    sha256: str | None

    @classmethod
    def from_avro(cls, datum: Mapping[str, Any]) -> "Evidence":
        """Make the value from a decoded Avro record."""
        return cls(
            datum["evidence_id"],
            datum["kind"],
            datum["sha256"],
        )

    def to_avro(self) -> dict[str, Any]:
        """Return the record as Avro encoders take it."""
        return self._asdict()


class ComplaintFiled(NamedTuple):
    """A rights holder, or its agent, filed a complaint against one listing (DSA Article 16(2);
    DMCA 512(c)(3)(A)). Fields: schemas/avro."""

    complaint_id: str
    listing_id: str
    marketplace: str
    complainant_id: str
    rights_holder_id: str
    trademark_office: str
    trademark_number: str
    trademark_number_kind: TrademarkNumberKind
    ground: Ground
    territory: str
    statement: str
    good_faith_declared: bool
    signature: str
    contact_email: str
    evidence: tuple[Evidence, ...]
    filed_at_milliseconds: int
    language: str = ""
    batch_id: str | None = None

    @classmethod
    def from_avro(cls, datum: Mapping[str, Any]) -> "ComplaintFiled":
        """Make the value from a decoded Avro record."""
        return cls(
            datum["complaint_id"],
            datum["listing_id"],
            datum["marketplace"],
            datum["complainant_id"],
            datum["rights_holder_id"],
            datum["trademark_office"],
            datum["trademark_number"],
            datum["trademark_number_kind"],
            datum["ground"],
            datum["territory"],
            datum["statement"],
            datum["good_faith_declared"],
            datum["signature"],
            datum["contact_email"],
            tuple(Evidence.from_avro(item) for item in datum["evidence"]),
            datum["filed_at_milliseconds"],
            datum["language"],
            datum["batch_id"],
        )

    def to_avro(self) -> dict[str, Any]:
        """Return the record as Avro encoders take it."""
        return {
            "complaint_id": self.complaint_id,
            "listing_id": self.listing_id,
            "marketplace": self.marketplace,
            "complainant_id": self.complainant_id,
            "rights_holder_id": self.rights_holder_id,
            "trademark_office": self.trademark_office,
            "trademark_number": self.trademark_number,
            "trademark_number_kind": self.trademark_number_kind,
            "ground": self.ground,
            "territory": self.territory,
            "statement": self.statement,
            "good_faith_declared": self.good_faith_declared,
            "signature": self.signature,
            "contact_email": self.contact_email,
            "evidence": [item.to_avro() for item in self.evidence],
            "filed_at_milliseconds": self.filed_at_milliseconds,
            "language": self.language,
            "batch_id": self.batch_id,
        }


class ClarificationProvided(NamedTuple):
    """The complainant added to a complaint what was asked for; what is null stays as it was.
    Fields: schemas/avro."""

    clarification_id: str
    case_id: str
    listing_id: str
    complainant_id: str
    statement: str | None
    good_faith_declared: bool | None
    signature: str | None
    contact_email: str | None
    trademark_office: str | None
    trademark_number: str | None
    trademark_number_kind: str | None
    territory: str | None
    evidence: tuple[Evidence, ...]
    provided_at_milliseconds: int
    marketplace: str = ""

    @classmethod
    def from_avro(cls, datum: Mapping[str, Any]) -> "ClarificationProvided":
        """Make the value from a decoded Avro record."""
        return cls(
            datum["clarification_id"],
            datum["case_id"],
            datum["listing_id"],
            datum["complainant_id"],
            datum["statement"],
            datum["good_faith_declared"],
            datum["signature"],
            datum["contact_email"],
            datum["trademark_office"],
            datum["trademark_number"],
            datum["trademark_number_kind"],
            datum["territory"],
            tuple(Evidence.from_avro(item) for item in datum["evidence"]),
            datum["provided_at_milliseconds"],
            datum["marketplace"],
        )

    def to_avro(self) -> dict[str, Any]:
        """Return the record as Avro encoders take it."""
        return {
            **self._asdict(),
            "evidence": [item.to_avro() for item in self.evidence],
        }


class ComplaintRetracted(NamedTuple):
    """The complainant took a complaint back. Fields: schemas/avro."""

    retraction_id: str
    case_id: str
    listing_id: str
    complainant_id: str
    explanation: str
    retracted_at_milliseconds: int
    marketplace: str = ""

    @classmethod
    def from_avro(cls, datum: Mapping[str, Any]) -> "ComplaintRetracted":
        """Make the value from a decoded Avro record."""
        return cls(
            datum["retraction_id"],
            datum["case_id"],
            datum["listing_id"],
            datum["complainant_id"],
            datum["explanation"],
            datum["retracted_at_milliseconds"],
            datum["marketplace"],
        )

    def to_avro(self) -> dict[str, Any]:
        """Return the record as Avro encoders take it."""
        return self._asdict()
