"""Where events come from: filings, the review desk and registers."""
