"""A transparency log of decisions: a Merkle tree in tiles, and signed checkpoints."""
