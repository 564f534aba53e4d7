"""What ships: the small official record as Parquet, with the provenance of every table."""
