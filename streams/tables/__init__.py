"""Topics that a process holds whole."""
