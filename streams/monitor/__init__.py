"""The monitor: titles watched as listings change."""
