"""A day of complaints through the real services, at a multiple of real speed."""
