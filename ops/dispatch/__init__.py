"""Commands that deliver to marketplaces, and those by which people look after it."""
