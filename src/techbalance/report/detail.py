"""Of which years is ten-digit trade held? The newest two are what the report compares."""

from __future__ import annotations

from typing import TYPE_CHECKING

from techbalance.errors import NotCoveredError

if TYPE_CHECKING:
    from techbalance.report.inquiry import Inquiry


def product_years(inquiry: Inquiry) -> tuple[int, int]:
    """Return the newest two years in a row of which ten-digit imports are held.

    Raises
    ------
    NotCoveredError
        There are no two such years.
    """
    rebuilt = inquiry.ask("reconcile", flow="import").rows()
    held = {row["year"] for row in rebuilt if row["rebuilt_usd"] is not None}
    pairs = [(year - 1, year) for year in sorted(held) if year - 1 in held]
    if not pairs:
        raise NotCoveredError(
            "the report compares two years of ten-digit imports, and no two in a row are held",
            where=f"held: {', '.join(str(year) for year in sorted(held)) or 'none'}",
            remedy="Ingest the imports of two full years",
        )
    return pairs[-1]
