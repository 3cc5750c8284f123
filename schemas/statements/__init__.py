"""Statements of reasons: what is said of a decision, and in which words."""
