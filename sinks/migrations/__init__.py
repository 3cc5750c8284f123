"""Versions of the database, one file each; alembic brings a database from any to the newest."""
