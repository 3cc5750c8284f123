"""What each right asks for, and what becomes of a complaint on it."""

from topology.driving import driven  # noqa: F401
