"""What is held, to choose from: which vintages, and which years down to the product?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from techbalance.questions.published import Published

if TYPE_CHECKING:
    from techbalance.web.pages.page import Asker


def vintages(asker: Asker) -> tuple[tuple[str, str], ...]:
    """List the vintages of the yearly balance, the newest first, as values of a field and words."""

    def listed() -> tuple[tuple[str, str], ...]:
        held = Published(asker.store, "atp", "year").revisions()
        days = asker.store.fetch(held.select("vintage").distinct())["vintage"].to_pylist()
        return tuple((day.isoformat(), f"{day:%B %Y}") for day in sorted(days, reverse=True))

    return asker.once("vintages", listed)


def partners(asker: Asker) -> tuple[tuple[str, str], ...]:
    """List the suppliers of the newest year by name, as values of a field and words."""

    def listed() -> tuple[tuple[str, str], ...]:
        rows = asker.ask("rank", by="partner", flow="import", year=max(detailed_years(asker))).rows()
        named = {row["partner"]: row["partner_name"] for row in rows}
        return tuple(sorted(named.items(), key=lambda one: one[1]))

    return asker.once("partners", listed)


def detailed_years(asker: Asker) -> frozenset[int]:
    """List the years of which ten-digit trade is held."""

    def listed() -> frozenset[int]:
        rows = asker.ask("reconcile", flow="import").rows()
        return frozenset(row["year"] for row in rows if row["rebuilt_usd"] is not None)

    return asker.once("detailed years", listed)
