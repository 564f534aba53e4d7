"""OECD: charges for the use of intellectual property, and trade in value added, by SDMX."""
