"""What is sent to public databases: a queue in PostgreSQL, and one sender for each of them."""
