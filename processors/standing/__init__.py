"""What a party's conduct leads to."""
