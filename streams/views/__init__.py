"""Live views on Faust: figures of what was decided, and their pages."""
