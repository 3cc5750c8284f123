"""Merkle trees as RFC 6962 hashes them: roots, and proofs of inclusion and consistency."""

from collections.abc import Callable, Sequence
from hashlib import sha256

NodeAt = Callable[[int, int], bytes]
"""Gives the hash of a complete subtree: of so many levels, and so many such before it."""


def leaf_hash(entry: bytes) -> bytes:
    """Return the hash of an entry."""
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of a node."""
    return sha256(b"\x01" + left + right).digest()


def complete_root(hashes: Sequence[bytes]) -> bytes:
    """Return the hash over as many nodes as a power of two."""
    level = list(hashes)
    while len(level) > 1:
        level = list(map(node_hash, level[::2], level[1::2]))
    return level[0]


def root_of(node_at: NodeAt, begin: int, end: int) -> bytes:
    """Return the hash over the leaves from one on and before another; over none as well."""
    size = end - begin
    if not size:
        return sha256().digest()
    level = size.bit_length() - 1
    if size == 1 << level:
        return node_at(level, begin >> level)
    middle = begin + _split(size)
    return node_hash(root_of(node_at, begin, middle), root_of(node_at, middle, end))


def inclusion_proof(node_at: NodeAt, index: int, size: int) -> list[bytes]:
    """Return the hashes that lead from a leaf to the root of a tree, the lowest first."""
    begin, end = 0, size
    path: list[bytes] = []
    while end - begin > 1:
        middle = begin + _split(end - begin)
        if index < middle:
            path.append(root_of(node_at, middle, end))
            end = middle
        else:
            path.append(root_of(node_at, begin, middle))
            begin = middle
    return path[::-1]


def consistency_proof(node_at: NodeAt, former: int, size: int) -> list[bytes]:
    """Return the hashes that show a tree to begin with a smaller one, which has a leaf at least."""
    begin, end = 0, size
    path: list[bytes] = []
    while former != end:
        middle = begin + _split(end - begin)
        if former <= middle:
            path.append(root_of(node_at, middle, end))
            end = middle
        else:
            path.append(root_of(node_at, begin, middle))
            begin = middle
    if begin:
        path.append(root_of(node_at, begin, end))
    return path[::-1]


def is_included(entry: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Tell whether an entry stands at an index of the tree with a root (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    place, last, found = index, size - 1, leaf_hash(entry)
    for each in proof:
        if not last:
            return False
        if place & 1 or place == last:
            found = node_hash(each, found)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            found = node_hash(found, each)
        place, last = place >> 1, last >> 1
    return not last and found == root


def is_consistent(
    former: int, size: int, proof: Sequence[bytes], former_root: bytes, root: bytes
) -> bool:
    """Tell whether a tree begins with a former one (RFC 9162, 2.1.4.2)."""
    if former == size:
        return not proof and former_root == root
    if not 0 < former < size or not proof:
        return False
    path = list(proof)
    if former & (former - 1) == 0:
        path.insert(0, former_root)
    place, last = former - 1, size - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    old = new = path[0]
    for each in path[1:]:
        if not last:
            return False
        if place & 1 or place == last:
            old, new = node_hash(each, old), node_hash(each, new)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            new = node_hash(new, each)
        place, last = place >> 1, last >> 1
    return not last and (old, new) == (former_root, root)


def _split(size: int) -> int:
    """Return the largest power of two below a size."""
    return 1 << (size - 1).bit_length() - 1
