"""Records to and from Kafka: clients, transactions, partitions and dead letters."""
