"""Decision rules as data."""
