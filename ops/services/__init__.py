"""Services that run for good, one command a process."""
