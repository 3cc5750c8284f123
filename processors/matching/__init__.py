"""Text folding and matching of marks in listing text."""
