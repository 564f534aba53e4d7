"""What do one year's products say about who supplies them?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from techbalance.charts import rows as answer
from techbalance.charts.findings.breakdowns import OTHERS, sums

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from techbalance.charts.rows import Row


@dataclass(frozen=True, slots=True)
class ProductFinding:
    """One year's largest products and who supplies them.

    Parameters
    ----------
    year
        The year.
    products
        The largest products: ``product``, ``name``, ``value_usd``, ``top_partner`` (name), ``top_share``.
    parts
        One row per product and part: ``product``, ``name``, ``partner``, ``partner_name``, ``value_usd``, its
        ``share`` of the product, ``start_usd`` (where it starts in the bar). Partners that are not named are
        one part, ``other``, the last.
    partners
        Names by code of the partners that are named, the largest first.
    total_usd
        The sum of all rows of the year.
    """

    year: int
    products: list[Row]
    parts: list[Row]
    partners: dict[str, str]
    total_usd: int


def find_products(
    listed: Sequence[Row], *, year: int, field: str, top: int, is_named: Callable[[str, float], bool]
) -> ProductFinding:
    """Arrange the largest products by supplier.

    Parameters
    ----------
    listed
        Rows by year, product and partner.
    year, field
        What is arranged.
    top
        How many products.
    is_named
        Whether a partner, given its code and its share of a product, is a part of its own.

    Raises
    ------
    NotCoveredError
        The year has no positive value.
    """
    of_year = [row for row in listed if row["year"] == year and row["partner"] not in answer.WHOLE]
    held = [row for row in of_year if row[field] is not None and row[field] > 0]
    if not held:
        raise answer.nothing("products", f"no value of {field} in {year}")
    totals = dict(list(sums(held, "product", field).items())[:top])
    shown = [row for row in held if row["product"] in totals]
    order = list(sums(shown, "partner", field))
    names = {row["partner"]: row["partner_name"] or row["partner"] for row in shown}
    products: list[Row] = []
    parts: list[Row] = []
    for code, total in totals.items():
        rows = [row for row in shown if row["product"] == code]
        by_partner = sums(rows, "partner", field)
        first = next(iter(by_partner))
        product = {"year": year, "product": code, "name": rows[0]["product_name"] or code, "value_usd": total}
        products.append({**product, "top_partner": names[first], "top_share": by_partner[first] / total})
        named = [key for key in order if key in by_partner and is_named(key, by_partner[key] / total)]
        parts += [
            {**product, **part} for part in _parts({key: by_partner[key] for key in named}, total, names)
        ]
    told = {part["partner"] for part in parts}
    partners = {code: names[code] for code in order if code in told}
    return ProductFinding(year, products, parts, partners, sum(row[field] for row in held))


def _parts(named: dict[str, int], total: int, names: dict[str, str]) -> list[Row]:
    """Lay the named partners of a product end to end, then what is left of its total."""
    parts: list[Row] = []
    start = 0
    for partner, usd in (*named.items(), (OTHERS, total - sum(named.values()))):
        if usd:
            parts.append(
                {
                    "partner": partner,
                    "partner_name": names.get(partner, "Others"),
                    "value_usd": usd,
                    "start_usd": start,
                    "share": usd / total,
                }
            )
        start += usd
    return parts
