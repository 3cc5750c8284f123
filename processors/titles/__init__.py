"""The watch over titles of listings as they change."""
