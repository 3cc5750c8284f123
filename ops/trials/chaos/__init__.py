"""Faults against the real pipeline, each followed by a comparison with what the log leads to."""
