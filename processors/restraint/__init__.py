"""How much a machine may do by itself: limits, first actions, and a second look at a sample."""
