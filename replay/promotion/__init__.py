"""A candidate rule set on its way to decide: what it has to show, and what is on record of it."""
