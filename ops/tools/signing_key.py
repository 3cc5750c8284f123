"""Private keys of logs and witnesses, in files."""

import os
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from ops.errors import OperatorError


def signing_key(path: Path) -> Ed25519PrivateKey:
    """Return an Ed25519 key. Errors: OperatorError."""
    try:
        key = load_pem_private_key(path.read_bytes(), None)
    except (OSError, TypeError, ValueError) as error:
        raise OperatorError(f"{path} can't be read as a key: {error}") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise OperatorError(f"{path} is no Ed25519 key")
    return key


def make_key(path: Path) -> Ed25519PrivateKey:
    """Make a key, in a new file that only its owner may read. Errors: OperatorError."""
    private = Ed25519PrivateKey.generate()
    content = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
    except OSError as error:
        raise OperatorError(f"the key can't be written: {error}") from error
    return private
