"""One module per section of the report: each asks its questions and returns a frozen section."""
