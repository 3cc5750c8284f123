"""The Grafana dashboard, generated from declared panels."""
