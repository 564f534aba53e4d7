"""The report on paper: one PDF, set by Typst from a template and plain data."""
