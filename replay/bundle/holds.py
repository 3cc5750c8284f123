"""Bundles under legal hold: kept in the archive, where nothing expires that is no topic's file."""

from hashlib import sha256


def held_name(case_id: str) -> str:
    """Return where the archive keeps a case's bundle."""
    return f"held/{sha256(case_id.encode()).hexdigest()}.zip"
