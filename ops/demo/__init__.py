"""The main job once, from register files and listing titles to commands and the SLA table."""
