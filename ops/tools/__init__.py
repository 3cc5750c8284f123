"""Commands that do one job and end."""
