"""A local PostgreSQL server for tests, demo and simulation."""
