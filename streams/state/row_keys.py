"""Keys of rows, as in the changelog: a listing on a marketplace, a party, times that cases keep,
counts of actions.

A listing's key is a prefix, its id, a separator and the marketplace; no id has a control character
in it. Rows from before marketplaces were told apart have the bare listing id as key, and are split
when they are first touched.
"""

from typing import Final, NamedTuple

PARTY_PREFIX: Final = b"\x01party:"
LISTING_PREFIX: Final = b"\x02"
LEVEL_PREFIX: Final = b"\x03level:"
ACTION_PREFIX: Final = b"\x04action:"
SEPARATOR: Final = b"\x1f"
FIRST_PRINTABLE: Final = b" "


class ListingAddress(NamedTuple):
    """A listing: its id, and its marketplace, which is empty for a row that is still to be
    split."""

    listing_id: str
    marketplace: str


def listing_key(listing_id: bytes, marketplace: str) -> bytes:
    """Return the key of a listing's row; without a marketplace that of a row to be split."""
    if not marketplace:
        return listing_id
    return LISTING_PREFIX + listing_id + SEPARATOR + marketplace.encode()


def key_prefix(listing_id: bytes) -> bytes:
    """Return how the keys of all listings under an id begin, whatever their marketplace."""
    return LISTING_PREFIX + listing_id + SEPARATOR


def is_unsplit(key: bytes) -> bool:
    """Tell whether a row is a listing's from before marketplaces were told apart."""
    return key[:1] >= FIRST_PRINTABLE


def is_listing(key: bytes) -> bool:
    """Tell whether a row is a listing's, split or not."""
    return key.startswith(LISTING_PREFIX) or is_unsplit(key)


def level_key(policy_hash: str) -> bytes:
    """Return the key of the times that cases of a partition keep by a hash."""
    return LEVEL_PREFIX + policy_hash.encode()


def action_key(name: str) -> bytes:
    """Return the key of a count of what was done without a person."""
    return ACTION_PREFIX + name.encode()


def listing_id_of(key: bytes) -> bytes:
    """Return the listing id in a listing's key."""
    return key if is_unsplit(key) else key[1 : key.index(SEPARATOR)]


def address_of(key: bytes) -> ListingAddress:
    """Return the listing that a listing's key names."""
    if is_unsplit(key):
        return ListingAddress(key.decode(), "")
    listing_id, _, marketplace = key[1:].partition(SEPARATOR)
    return ListingAddress(listing_id.decode(), marketplace.decode())


def can_be_listing_id(key: bytes) -> bool:
    """Tell whether a record's key can name a listing: no row of another kind is meant by it."""
    return SEPARATOR not in key and not b"" < key[:1] < FIRST_PRINTABLE
