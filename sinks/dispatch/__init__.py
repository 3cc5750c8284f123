"""Commands to marketplaces, by signed webhooks."""
