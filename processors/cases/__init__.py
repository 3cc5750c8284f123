"""The life of a case: from complaint to decision, dispute and end."""
