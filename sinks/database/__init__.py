"""PostgreSQL: connections, migrations and merged rows."""
