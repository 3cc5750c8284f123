"""A party's key, and how texts are encrypted by it: AES-256-GCM, a nonce of its own each time."""

import hashlib
import os
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES: Final = 32
SECRET_BYTES: Final = 2 * KEY_BYTES
"""A data key, and after it the salt of its hashes."""
_NONCE_BYTES: Final = 12


class TextDamaged(Exception):
    """A stored text, or its key, is not what was stored."""


class DataKey:
    """A party's key, and the salt of its hashes, which goes with it."""

    def __init__(self, key_id: str, secret: bytes) -> None:
        self.key_id = key_id
        self._cipher = AESGCM(secret[:KEY_BYTES])
        self._salt = secret[KEY_BYTES:]

    def hash(self, text: bytes) -> str:
        """Return the salted hash of a text, which tells nothing of it without the salt."""
        return hashlib.sha256(self._salt + text).hexdigest()

    def seal(self, text: bytes, sha256: str) -> bytes:
        """Encrypt a text, for this hash only."""
        return sealed(self._cipher, text, sha256.encode())

    def open(self, ciphertext: bytes, sha256: str) -> bytes:
        """Decrypt a text. Errors: TextDamaged."""
        return opened(self._cipher, ciphertext, sha256.encode())


class SealedTexts:
    """Texts of one party that are to be stored, each once, by their hashes."""

    def __init__(self, key: DataKey) -> None:
        self.key_id = key.key_id
        self.ciphertexts: dict[str, bytes] = {}
        self._key = key

    def keep(self, text: str) -> str:
        """Encrypt a text, and return its hash."""
        plain = text.encode()
        sha256 = self._key.hash(plain)
        if sha256 not in self.ciphertexts:
            self.ciphertexts[sha256] = self._key.seal(plain, sha256)
        return sha256


def sealed(cipher: AESGCM, plain: bytes, bound_to: bytes) -> bytes:
    """Encrypt bytes for one place: elsewhere they don't open."""
    nonce = os.urandom(_NONCE_BYTES)
    return nonce + cipher.encrypt(nonce, plain, bound_to)


def opened(cipher: AESGCM, ciphertext: bytes, bound_to: bytes) -> bytes:
    """Decrypt bytes in their place. Errors: TextDamaged."""
    try:
        return cipher.decrypt(ciphertext[:_NONCE_BYTES], ciphertext[_NONCE_BYTES:], bound_to)
    except (InvalidTag, ValueError) as error:
        raise TextDamaged from error
