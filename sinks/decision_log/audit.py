"""A log read whole: all entries and hashes lead to the root that was signed."""

from pathlib import Path

from sinks.decision_log.notes import Checkpoint, NoteInvalid, verified
from sinks.decision_log.tiles import CHECKPOINT, LEVELS_A_TILE, WIDTH, TileReader
from sinks.decision_log.tree import complete_root, leaf_hash, root_of


def audited(directory: Path, verifier: str) -> Checkpoint:
    """Return the checkpoint of a log that is whole.

    Errors: NoteInvalid, which says what is not as it was logged; OSError.
    """
    checkpoint = verified((directory / CHECKPOINT).read_text(encoding="utf-8"), verifier)
    reader, size = TileReader(directory, checkpoint.size), checkpoint.size
    for bundle in range(-(-size // WIDTH)):
        if list(map(leaf_hash, reader.entries(bundle))) != reader.hashes(0, bundle):
            begin = bundle * WIDTH
            raise NoteInvalid(f"entries from {begin:,} on are not those that were logged")
    level = 0
    while count := size >> LEVELS_A_TILE * level:
        for tile in range(-(-count // WIDTH)):
            hashes = reader.hashes(level, tile)
            if len(hashes) != min(WIDTH, count - tile * WIDTH):
                raise NoteInvalid(f"tile {tile:,} of level {level} lacks hashes, or has others")
            if len(hashes) == WIDTH and complete_root(hashes) != reader.node_at(
                LEVELS_A_TILE * (level + 1), tile
            ):
                raise NoteInvalid(f"hashes of tile {tile:,} of level {level} were changed")
        level += 1
    if root_of(reader.node_at, 0, size) != checkpoint.root:
        raise NoteInvalid("the hashes do not lead to the root that was signed")
    return checkpoint
