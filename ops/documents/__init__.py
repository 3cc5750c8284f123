"""Documents that are generated from the code, and whether they are stale."""
