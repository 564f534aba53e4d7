"""US Census Bureau: International Trade API, by technology group and partner."""
