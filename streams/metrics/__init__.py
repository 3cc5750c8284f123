"""What is measured, declared once."""
