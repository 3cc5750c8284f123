"""Tables of the DSA transparency report (Implementing Regulation (EU) 2024/2835)."""
