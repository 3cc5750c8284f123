"""Apache Kafka and the schema registry, started locally."""
