"""Every topic as Parquet files, each record once, to be asked by SQL and replayed."""
