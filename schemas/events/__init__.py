"""The events of all topics, one module a family."""
