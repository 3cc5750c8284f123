"""Keys of parties, and who wraps them."""

from typing import NamedTuple, Protocol

from sinks.private_texts.data_key import DataKey


class WrappedKey(NamedTuple):
    """A party's data key, encrypted; nothing of it is left once it was erased."""

    key_id: str
    party_id: str
    wrapping_key: str
    wrapped: bytes | None


class KeyErased(Exception):
    """The party's key was erased."""


class KeyWrapper(Protocol):
    """Makes and opens data keys: keys from a file, or a key management service."""

    @property
    def newest(self) -> str:
        """Name of the key by which new data keys are wrapped."""

    def new_key(self, party_id: str) -> WrappedKey:
        """Make a data key for a party. Errors: SinkUnavailable."""

    def open(self, key: WrappedKey) -> DataKey:
        """Unwrap a data key. Errors: KeyErased, TextDamaged, SinkUnusable, SinkUnavailable."""

    def rewrap(self, key: WrappedKey) -> WrappedKey:
        """Wrap a data key by the newest key. Errors: as `open`."""
