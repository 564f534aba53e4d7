"""Is a stated figure true? A statement and the evaluated figures in, a verdict out."""
