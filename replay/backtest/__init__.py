"""What other rules would have made of the decisions in the archive."""
