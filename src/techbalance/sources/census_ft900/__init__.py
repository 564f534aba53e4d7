"""US Census Bureau and BEA: the monthly release FT-900 and its historical tables."""
