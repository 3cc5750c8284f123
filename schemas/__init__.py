"""Events, commands and state: their schemas, topics and encoding."""
