"""Rules and standing policies, as files and as records."""
