"""Make monthly archives in the official layout: real codes, invented figures that add up to their controls.

``python -m tools.census_archives --out FOLDER --flow import --months 2024-01:2024-03 --rows 500000``
"""

from .archive import Plan, archive_bytes, archive_name, write_archive, write_archives
from .codes import Codes, official, sample

__all__ = [
    "Codes",
    "Plan",
    "archive_bytes",
    "archive_name",
    "official",
    "sample",
    "write_archive",
    "write_archives",
]
