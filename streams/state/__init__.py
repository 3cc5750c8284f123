"""Rows, indexes and timers of a worker, and how they come back."""
