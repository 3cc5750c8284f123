"""Notices and counter-notices for Lumen, the public archive of takedown requests."""
