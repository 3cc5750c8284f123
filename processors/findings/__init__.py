"""What is found of a complaint before rules decide on it."""
