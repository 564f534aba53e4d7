"""OECD: trade in value added and services trade, by SDMX."""
