"""Records that are valid Avro and hold what nobody would write, through the whole topology."""
