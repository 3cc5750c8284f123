"""Proofs that need no network (C2SP tlog-proof): entry, index, path, and the checkpoint."""

from base64 import b64decode, b64encode
from typing import Final, NamedTuple

from sinks.decision_log.notes import Checkpoint, NoteInvalid, verified
from sinks.decision_log.tiles import TileReader
from sinks.decision_log.tree import inclusion_proof, is_included

_HEADER: Final = "c2sp.org/tlog-proof@v1"


class Proven(NamedTuple):
    """An entry that is in a log, and the checkpoint that covers it."""

    entry: bytes
    place: int
    checkpoint: Checkpoint


def proof_of(reader: TileReader, index: int, note: str) -> str:
    """Return the proof of an entry under a signed checkpoint of the reader's size; the entry itself
    is its extra data. Errors: OSError."""
    path = inclusion_proof(reader.node_at, index, reader.size)
    lines = [
        _HEADER,
        f"extra {_encoded(reader.entry(index))}",
        f"index {index}",
        *map(_encoded, path),
        "",
        note,
    ]
    return "\n".join(lines)


def proven(proof: str, verifier: str) -> Proven:
    """Return what a proof shows under a log's key. Errors: NoteInvalid where it shows nothing."""
    head, separator, note = proof.partition("\n\n")
    try:
        header, extra, index, *path = head.splitlines()
        entry = b64decode(extra.removeprefix("extra "), validate=True)
        place = int(index.removeprefix("index "))
        hashes = [b64decode(each, validate=True) for each in path]
    except ValueError as error:
        raise NoteInvalid("it is no proof of a log with its entry") from error
    if not separator or header != _HEADER:
        raise NoteInvalid("it is no proof of a log with its entry")
    checkpoint = verified(note, verifier)
    if not is_included(entry, place, checkpoint.size, hashes, checkpoint.root):
        raise NoteInvalid("the entry is not in the log that was signed")
    return Proven(entry, place, checkpoint)


def _encoded(content: bytes) -> str:
    return b64encode(content).decode()
