"""Witnesses: others who sign a log's checkpoints, each only while the log goes on as they saw it.

A log that shows one history to one and another to others finds no witness for both
(C2SP tlog-witness; signatures as in tlog-cosignature).
"""

from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sinks.decision_log.notes import (
    Checkpoint,
    NoteInvalid,
    is_by,
    key_id,
    public_key,
    signature_line,
    signatures_of,
    text_of,
)
from sinks.decision_log.tiles import TileReader
from sinks.decision_log.tree import consistency_proof, is_consistent

WITNESS: Final = b"\x04"
"""How witnesses sign: with the time."""
_TIME_BYTES: Final = 8


def cosignature(note: str, name: str, key: Ed25519PrivateKey, seconds: int) -> str:
    """Return a witness's signature of a checkpoint, which it has verified, at a time."""
    signature = key.sign(_signed(text_of(note), seconds))
    begin = key_id(name, key.public_key().public_bytes_raw(), WITNESS)
    return signature_line(name, begin + seconds.to_bytes(_TIME_BYTES, "big") + signature)


def witnessed_at(note: str, verifier: str) -> int:
    """Return when a witness signed a checkpoint, in seconds. Errors: NoteInvalid."""
    name, public = public_key(verifier, WITNESS)
    for each in signatures_of(note, name, public, WITNESS):
        seconds = int.from_bytes(each[:_TIME_BYTES], "big")
        if is_by(public, _signed(text_of(note), seconds), each[_TIME_BYTES:]):
            return seconds
    raise NoteInvalid(f"{name} did not witness it")


def goes_on(reader: TileReader, now: Checkpoint, former: Checkpoint) -> bool:
    """Tell whether a log, as it is shown, begins with what a former checkpoint of it says.

    Errors: OSError.
    """
    if former.size > now.size:
        return False
    if former.size in (0, now.size):
        return not former.size or former.root == now.root
    proof = consistency_proof(reader.node_at, former.size, now.size)
    return is_consistent(former.size, now.size, proof, former.root, now.root)


def _signed(text: str, seconds: int) -> bytes:
    return f"cosignature/v1\ntime {seconds}\n{text}".encode()
