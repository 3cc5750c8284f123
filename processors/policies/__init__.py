"""Settings by which steps count time and standing."""
