"""Statements of reasons for the DSA Transparency Database (DSA Articles 17 and 24(5))."""
