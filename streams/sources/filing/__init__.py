"""The filing API: where parties and marketplaces hand in what becomes an event."""
