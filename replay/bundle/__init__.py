"""Evidence bundles: all on which a case was decided, in one file that proves itself."""
