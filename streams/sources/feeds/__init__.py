"""Listings and parties that come in as files, for who has no stream of them."""
