"""The review desk: who decides what, and what is told of it."""
