"""A sentence with a figure in it, read by rules: what is not understood is said, and nothing is guessed."""
