"""Servers started locally, for the demo, the tests and the trials."""
