"""What is made of decisions outside Kafka."""
