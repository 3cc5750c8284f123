"""Notices to parties by e-mail and webhook, as each of them chose."""
