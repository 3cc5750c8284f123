"""How offices name themselves, number marks and let rights run out."""
