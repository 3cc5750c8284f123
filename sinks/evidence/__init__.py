"""Evidence files, kept under their content's hash."""
