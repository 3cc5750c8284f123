"""Identifiers that are the same whenever and wherever they are made."""

from hashlib import sha256


def command_id(case_id: str, decision_number: int) -> str:
    """Give the id of the command that carries out a decision: 32 hexadecimal digits.

    One decision has one command, so a consumer drops any repeat of the id.
    """
    return hashed(case_id, str(decision_number))


def hashed(*parts: str) -> str:
    """Give an id that follows from its parts: 32 hexadecimal digits."""
    return sha256("\x00".join(parts).encode()).hexdigest()[:32]


def trademark_key(office: str, application_number: str) -> str:
    """Give the key of a registry record: office + ':' + application number."""
    return f"{office}:{application_number}"


def registry_reference(office: str, number_kind: str, number: str) -> str:
    """Give the name under which a complaint refers to the register.

    A mark has two such names, one for each of its numbers: 'US:application:85334015' and
    'US:registration:4281391'.
    """
    return f"{office}:{number_kind}:{number}"
