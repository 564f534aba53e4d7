"""Where are figures kept, and which revision is read? The only code that opens data files or engines."""
