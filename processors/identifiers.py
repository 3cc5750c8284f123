"""Identifiers that are the same whenever and wherever they are made."""

from hashlib import sha256

from processors.registers.references import formed_reference, registry_reference
from schemas.events.complaints import ComplaintFiled
from schemas.events.trademarks import TrademarkRecorded


def command_id(case_id: str, decision_number: int) -> str:
    """Return the id of the command that carries out a decision: 32 hexadecimal digits.

    One decision has one command, so a consumer drops any repeat of the id.
    """
    return hashed(case_id, str(decision_number))


def hashed(*parts: str) -> str:
    """Return an id that follows from its parts: 32 hexadecimal digits."""
    return sha256("\x00".join(parts).encode()).hexdigest()[:32]


def trademark_key(office: str, application_number: str) -> str:
    """Return the key of a registry record: office + ':' + application number."""
    return f"{office}:{application_number}"


def reference_of(complaint: ComplaintFiled) -> str:
    """Return the name under which the complaint refers to the register, in its form."""
    return formed_reference(
        registry_reference(
            complaint.trademark_office, complaint.trademark_number_kind, complaint.trademark_number
        )
    )


def key_of(trademark: TrademarkRecorded | None) -> str | None:
    """Return the key of a registry record, if there is one."""
    if trademark is None:
        return None
    return trademark_key(trademark.office, trademark.application_number)
