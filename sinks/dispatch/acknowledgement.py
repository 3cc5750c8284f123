"""A marketplace's acknowledgement in its answer to a command: read, and given an id."""

import json
from hashlib import sha256
from typing import Literal, NamedTuple

RESULTS = frozenset({"executed", "refused", "failed"})
MAXIMUM_DETAIL_CHARACTERS = 2_000


class Acknowledgement(NamedTuple):
    """What a marketplace says that it did about a command, and its words on it."""

    result: Literal["executed", "refused", "failed"]
    detail: str


def read_acknowledgement(body: bytes) -> Acknowledgement | None:
    """Read `{"result": "executed" | "refused" | "failed", "detail": …}`; None for anything else.

    What is no acknowledgement is no error: a receiver need not answer with a body.
    """
    try:
        given = json.loads(body)
    except (ValueError, RecursionError):
        return None
    if not isinstance(given, dict) or not _known(given.get("result")):
        return None
    detail = given.get("detail")
    text = detail if isinstance(detail, str) else ""
    # Lone surrogates and NUL are JSON, but neither UTF-8 nor text of PostgreSQL's.
    clean = text.encode("utf-8", "replace").decode().replace("\x00", "\ufffd")
    return Acknowledgement(given["result"], clean[:MAXIMUM_DETAIL_CHARACTERS])


def acknowledgement_id(command_id: str, result: str) -> str:
    """Return an id that follows from command and result: a repeat is the same acknowledgement."""
    return sha256(f"{command_id}\x00{result}".encode()).hexdigest()[:32]


def _known(result: object) -> bool:
    return isinstance(result, str) and result in RESULTS
