"""Documents: what the record says, as one page that needs nothing else."""
