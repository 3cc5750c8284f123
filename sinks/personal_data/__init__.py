"""All that the database holds of a person: given out, erased, and removed when its time is over."""
