"""Which definition of high technology does a figure of the World Bank follow?

The indicator TX.VAL.TECH.CD was based on SITC until 2018 and is based on another list of products since; the
levels of 2007 to 2016 differ by some ten per cent. The vintage of December 2025 repeats that of August 2018.
Figures of two definitions are two series: a difference between them is no revision, and years of one do not
continue the other. Neither is the list of Advanced Technology Products (ATP) of the United States.
"""

from __future__ import annotations

from typing import Final

# Sources in the record that follow the older definition; all others follow the present one.
SITC_SOURCES: Final = frozenset({"worldbank-hightech-2018-08-01", "worldbank-hightech-2025-12-17"})
SITC: Final = "World Bank high technology, SITC-based definition of 2018"
PRESENT: Final = "World Bank high technology, present definition"
