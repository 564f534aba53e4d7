"""US Census Bureau: International Trade API, by Harmonized System code and partner."""
