"""Product lists: how one is named and read, which trade is on it, and how much of it is held."""
