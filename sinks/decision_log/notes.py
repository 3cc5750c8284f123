"""Checkpoints of a log as signed notes (C2SP tlog-checkpoint and signed-note), with Ed25519."""

from base64 import b64decode, b64encode
from collections.abc import Iterable
from hashlib import sha256
from typing import Final, NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

_ED25519: Final = b"\x01"
_DASH: Final = "\u2014 "


class NoteInvalid(Exception):
    """A note is of another form, or nobody who is known signed it."""


class Checkpoint(NamedTuple):
    """How many entries a log has, and the root of its tree."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        """What is signed."""
        return f"{self.origin}\n{self.size}\n{b64encode(self.root).decode()}\n"


def signed(checkpoint: Checkpoint, key: Ed25519PrivateKey) -> str:
    """Return a checkpoint with the signature of its log."""
    public = key.public_key().public_bytes_raw()
    signature = _key_id(checkpoint.origin, public) + key.sign(checkpoint.text.encode())
    return f"{checkpoint.text}\n{_DASH}{checkpoint.origin} {b64encode(signature).decode()}\n"


def verified(note: str, verifier: str) -> Checkpoint:
    """Return the checkpoint of a note that the holder of a key signed; others may have, too.

    Errors: NoteInvalid.
    """
    name, public = _public_key(verifier)
    text, separator, signatures = note.rpartition("\n\n")
    text += "\n"
    key_id = _key_id(name, public)
    if not separator or not any(
        _is_by(public, text.encode(), given[len(key_id) :])
        for given in _signatures(signatures.splitlines(), name)
        if given.startswith(key_id)
    ):
        raise NoteInvalid(f"{name} did not sign it")
    try:
        origin, size, root = text.splitlines()[:3]
        checkpoint = Checkpoint(origin, int(size), b64decode(root, validate=True))
    except ValueError as error:
        raise NoteInvalid("it is no checkpoint") from error
    if checkpoint.text != text or origin != name:
        raise NoteInvalid(f"it is no checkpoint of {name}")
    return checkpoint


def verifier_of(name: str, key: Ed25519PublicKey) -> str:
    """Return a key as signed notes name it: name, id and public part."""
    public = key.public_bytes_raw()
    return f"{name}+{_key_id(name, public).hex()}+{b64encode(_ED25519 + public).decode()}"


def _public_key(verifier: str) -> tuple[str, bytes]:
    try:
        name, key_id, encoded = verifier.strip().split("+", 2)
        given = b64decode(encoded, validate=True)
    except ValueError as error:
        raise NoteInvalid("the key is of another form than NAME+ID+KEY") from error
    if given[:1] != _ED25519 or _key_id(name, given[1:]).hex() != key_id:
        raise NoteInvalid("the key is not what its id says")
    return name, given[1:]


def _key_id(name: str, public: bytes) -> bytes:
    return sha256(name.encode() + b"\n" + _ED25519 + public).digest()[:4]


def _signatures(lines: Iterable[str], name: str) -> Iterable[bytes]:
    for line in lines:
        if line.startswith(f"{_DASH}{name} "):
            try:
                yield b64decode(line.rpartition(" ")[2], validate=True)
            except ValueError:
                continue


def _is_by(public: bytes, text: bytes, signature: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, text)
    except (InvalidSignature, ValueError):
        return False
    return True
