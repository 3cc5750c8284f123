"""Texts of parties, encrypted by a key of each party: without its key nobody reads them."""
