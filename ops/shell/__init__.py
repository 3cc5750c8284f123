"""What services share: clock, signals, metrics and health, database, parts that run in threads."""
