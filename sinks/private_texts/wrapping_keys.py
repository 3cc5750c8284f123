"""Keys from a file that wrap the keys of parties."""

import base64
import binascii
import os
from pathlib import Path
from uuid import uuid4

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from sinks.contract import SinkUnusable
from sinks.private_texts.contract import KeyErased, WrappedKey
from sinks.private_texts.data_key import KEY_BYTES, SECRET_BYTES, DataKey, opened, sealed


class WrappingKeys:
    """Keys by their names; the last one wraps new data keys."""

    def __init__(self, keys: dict[str, bytes]) -> None:
        self._ciphers = {name: AESGCM(key) for name, key in keys.items()}
        self.newest = list(keys)[-1]

    def new_key(self, party_id: str) -> WrappedKey:
        """Make a data key for a party."""
        return self._wrap(str(uuid4()), party_id, os.urandom(SECRET_BYTES))

    def open(self, key: WrappedKey) -> DataKey:
        """Unwrap a data key. Errors: KeyErased, TextDamaged, SinkUnusable."""
        return DataKey(key.key_id, self._secret(key))

    def rewrap(self, key: WrappedKey) -> WrappedKey:
        """Wrap a data key by the newest key. Errors: KeyErased, TextDamaged, SinkUnusable."""
        return self._wrap(key.key_id, key.party_id, self._secret(key))

    def _wrap(self, key_id: str, party_id: str, secret: bytes) -> WrappedKey:
        wrapped = sealed(self._ciphers[self.newest], secret, _bound_to(key_id, party_id))
        return WrappedKey(key_id, party_id, self.newest, wrapped)

    def _secret(self, key: WrappedKey) -> bytes:
        if key.wrapped is None:
            raise KeyErased
        cipher = self._ciphers.get(key.wrapping_key)
        if cipher is None:
            raise SinkUnusable(f"the file of wrapping keys has no {key.wrapping_key!r}")
        return opened(cipher, key.wrapped, _bound_to(key.key_id, key.party_id))


def read_wrapping_keys(path: Path) -> WrappingKeys:
    """Read a file of lines `NAME KEY`, a key being 32 bytes in Base64. Errors: SinkUnusable."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise SinkUnusable(f"the file of wrapping keys can't be read: {path}") from error
    keys: dict[str, bytes] = {}
    for number, line in enumerate(lines, 1):
        words = line.split()
        if not words:
            continue
        # Messages tell the line's number only: its words may be a key.
        if len(words) != 2 or words[0] in keys:
            raise SinkUnusable(f"{path}, line {number}: not a new name and a key")
        keys[words[0]] = _decoded(words[1], f"{path}, line {number}")
    if not keys:
        raise SinkUnusable(f"{path} has no wrapping key")
    return WrappingKeys(keys)


def new_line(name: str) -> str:
    """Return a line of such a file, with a new key."""
    return f"{name} {base64.b64encode(os.urandom(KEY_BYTES)).decode()}\n"


def _decoded(word: str, where: str) -> bytes:
    try:
        key = base64.b64decode(word, validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != KEY_BYTES:
        raise SinkUnusable(f"{where}: a key is {KEY_BYTES} bytes in Base64")
    return key


def _bound_to(key_id: str, party_id: str) -> bytes:
    return f"{key_id} {party_id}".encode()
