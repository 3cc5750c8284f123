"""The worker: the hot path from complaint to command."""
