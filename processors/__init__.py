"""Decisions as pure functions: no clock, input or output, randomness, logging or Kafka."""
