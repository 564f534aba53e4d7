"""US Census Bureau: the monthly merchandise trade archives at ten digits."""
