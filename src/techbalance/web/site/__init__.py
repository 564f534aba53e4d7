"""The pages as files that any host can serve."""
