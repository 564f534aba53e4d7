"""US Census Bureau: the monthly merchandise trade archives at ten digits."""

from techbalance.sources.census_archive.archive import Archive, open_archive

__all__ = ["Archive", "open_archive"]
