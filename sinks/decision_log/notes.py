"""Checkpoints of a log as signed notes (C2SP tlog-checkpoint and signed-note), with Ed25519."""

from base64 import b64decode, b64encode
from collections.abc import Iterator
from hashlib import sha256
from typing import Final, NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

ED25519: Final = b"\x01"
"""How most keys sign."""
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
    return signed_note(checkpoint.text, checkpoint.origin, key)


def signed_note(text: str, name: str, key: Ed25519PrivateKey) -> str:
    """Return a text with the signature of a key's holder, under its name."""
    public = key.public_key().public_bytes_raw()
    return f"{text}\n{signature_line(name, key_id(name, public) + key.sign(text.encode()))}"


def signature_line(name: str, signature: bytes) -> str:
    """Return a signature as it stands below a note."""
    return f"{_DASH}{name} {b64encode(signature).decode()}\n"


def verified(note: str, verifier: str) -> Checkpoint:
    """Return the checkpoint of a note that the holder of a key signed; others may have, too.

    Errors: NoteInvalid.
    """
    name, public = public_key(verifier)
    text = text_of(note)
    if not any(is_by(public, text.encode(), each) for each in signatures_of(note, name, public)):
        raise NoteInvalid(f"{name} did not sign it")
    try:
        origin, size, root = text.splitlines()[:3]
        checkpoint = Checkpoint(origin, int(size), b64decode(root, validate=True))
    except ValueError as error:
        raise NoteInvalid("it is no checkpoint") from error
    if checkpoint.text != text or origin != name:
        raise NoteInvalid(f"it is no checkpoint of {name}")
    return checkpoint


def verifier_of(name: str, key: Ed25519PublicKey, kind: bytes = ED25519) -> str:
    """Return a key as signed notes name it: name, id and public part, after how it signs."""
    public = key.public_bytes_raw()
    encoded = b64encode(kind + public).decode()
    return f"{name}+{key_id(name, public, kind).hex()}+{encoded}"


def public_key(verifier: str, kind: bytes = ED25519) -> tuple[str, bytes]:
    """Return the name and public part of a key that signs in a way. Errors: NoteInvalid."""
    try:
        name, given_id, encoded = verifier.strip().split("+", 2)
        given = b64decode(encoded, validate=True)
    except ValueError as error:
        raise NoteInvalid("the key is of another form than NAME+ID+KEY") from error
    if given[:1] != kind or key_id(name, given[1:], kind).hex() != given_id:
        raise NoteInvalid("the key is not what its id says")
    return name, given[1:]


def key_id(name: str, public: bytes, kind: bytes = ED25519) -> bytes:
    """Return the bytes with which a key's signatures begin."""
    return sha256(name.encode() + b"\n" + kind + public).digest()[:4]


def text_of(note: str) -> str:
    """Return what is signed of a note."""
    return note.rpartition("\n\n")[0] + "\n"


def signatures_of(note: str, name: str, public: bytes, kind: bytes = ED25519) -> Iterator[bytes]:
    """Yield the signatures below a note that are said to be by a key, without the key's id."""
    begin = key_id(name, public, kind)
    for line in note.rpartition("\n\n")[2].splitlines():
        if line.startswith(f"{_DASH}{name} "):
            try:
                given = b64decode(line.rpartition(" ")[2], validate=True)
            except ValueError:
                continue
            if given.startswith(begin):
                yield given[len(begin) :]


def is_by(public: bytes, text: bytes, signature: bytes) -> bool:
    """Tell whether a signature of a text is by the holder of a key."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, text)
    except (InvalidSignature, ValueError):
        return False
    return True
