"""Commands for those who run the pipeline."""
