"""Cases as rows in PostgreSQL, for those who work on them."""
