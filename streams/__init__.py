"""The pipeline on Apache Kafka, and the same pipeline without a broker."""
