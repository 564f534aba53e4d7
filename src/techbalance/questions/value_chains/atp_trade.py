"""What is known of trade in Advanced Technology Products (ATP) that a table can be asked about?

For some years products and partners are held, for most only two totals; what is not known stays a range.
"""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from techbalance.classifications.industries import industries_of_class, technology_industries
from techbalance.errors import NotCoveredError, SchemaError
from techbalance.models.value_added.industry_mix import IndustryWeights
from techbalance.questions.answer import Lineage
from techbalance.questions.parameters.texts import Years
from techbalance.questions.products import Products
from techbalance.questions.published import Published
from techbalance.store import outside

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping

    from techbalance.models.value_added.industry_mix import FlowKind
    from techbalance.questions.value_chains.tables import SolvedTable
    from techbalance.store.catalogue import Store

CLASSES_FILE: Final = "lists/hs2007_oecd_tech_class.csv"
WEIGHT_COLUMNS: Final = ("flow", "industry", "low", "high", "source")
FLOWS: Final[tuple[FlowKind, ...]] = ("export", "import")
# Prefixes of a product code that are tried in turn: subheading, heading, chapter.
PREFIXES: Final = (6, 4, 2)


@dataclass(frozen=True)
class Mix:
    """Shares of industries in a flow, and who says so.

    Parameters
    ----------
    weights
        Lowest and highest share of each industry.
    source
        What they rest on, in words.
    """

    weights: IndustryWeights
    source: str


@dataclass(frozen=True)
class AtpTrade:
    """ATP trade of the United States in one year, in millions of dollars.

    Parameters
    ----------
    year
        Calendar year.
    totals
        Exports and imports as published.
    imports
        Imports by country of the table, with the industries they come from; empty where only totals are held.
    mixes
        Industries of exports and imports as a whole.
    lineage
        The stored rows they come from.
    """

    year: int
    totals: dict[FlowKind, float]
    imports: dict[str, tuple[float, Mix]]
    mixes: dict[FlowKind, Mix]
    lineage: tuple[Lineage, ...]

    @property
    def itemised(self) -> float:
        """Imports held by partner."""
        return sum(value for value, _ in self.imports.values())


def atp_trade(
    store: Store, solved: SolvedTable, year: int, day: dt.date | None, weights_file: str | None
) -> AtpTrade:
    """Read the ATP trade of a year, fitted to the countries and industries of a table.

    Raises
    ------
    NotCoveredError
        The year's ATP totals are not held.
    SchemaError, ModelInputError
        The user's weights are wrong.
    """
    published = Published(store, "atp", "year", day)
    rows = store.fetch_rows(published.complete(Years(year, year)))
    if not rows or rows[0]["exports_usd"] is None or rows[0]["imports_usd"] is None:
        why = rows[0]["note"] if rows else "not_covered"
        raise NotCoveredError(
            f"exports and imports of ATP are not held for {year}: {why}",
            remedy="Choose another year with --trade-year",
        )
    totals: dict[FlowKind, float] = {
        "export": rows[0]["exports_usd"] / 1e6,
        "import": rows[0]["imports_usd"] / 1e6,
    }
    unknown = _unknown(solved)
    brought = {} if weights_file is None else read_weights(store, weights_file, solved)
    lineage = [Lineage("headline", published.lineage(Years(year, year)), "balance = exports - imports")]
    products = Products(store, day, Years(year, year))
    imports: dict[str, tuple[float, Mix]] = {}
    if year in products.years_held() and solved.rest is not None:
        imports, stored = _by_partner(products, solved, store, brought.get("import"))
        lineage.append(stored)
    mixes = {flow: brought.get(flow, unknown) for flow in FLOWS}
    return AtpTrade(year, totals, imports, mixes, tuple(lineage))


def _unknown(solved: SolvedTable) -> Mix:
    industries = technology_industries(solved.table.industries)
    if not industries:
        raise NotCoveredError(
            f"the industries of {solved.table.name} are of no classification this program knows",
            where=", ".join(solved.table.industries[:5]),
            remedy="Bring shares of industries with --weights FILE",
        )
    return Mix(
        IndustryWeights.unknown(industries), f"shares of {', '.join(industries)} unknown, each from 0 to 1"
    )


def _by_partner(
    products: Products, solved: SolvedTable, store: Store, brought: Mix | None
) -> tuple[dict[str, tuple[float, Mix]], Lineage]:
    """Imports by country of the table, each with the industries of its products."""
    trade = products.rows()
    sums = trade.group_by("partner", heading=trade["product"].substr(0, PREFIXES[0])).aggregate(
        usd=trade.general_usd.sum()
    )
    values: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for row in store.fetch_rows(sums):
        country = solved.code(row["partner"]) or str(solved.rest)
        values[country][row["heading"]] += row["usd"] / 1e6
    makers = None if brought else _makers(store, solved)
    found = {
        country: (sum(by_heading.values()), brought or _mix(by_heading, makers, solved))
        for country, by_heading in values.items()
    }
    return found, Lineage("trade", trade, "imports by partner = sum of products")


def _makers(store: Store, solved: SolvedTable) -> dict[str, frozenset[str]] | None:
    """Industries of the table by product code of two, four and six digits; None without the user's file."""
    path = outside.folder(store) / CLASSES_FILE
    if not path.is_file():
        return None
    lines = list(_csv_rows(outside.read_bytes(path), path, ("hs6_2007", "isic3")))
    by_class = {
        isic3: industries_of_class(isic3, solved.table.industries)
        for isic3 in {row["isic3"] for row in lines}
    }
    makers: dict[str, frozenset[str]] = {}
    for row in lines:
        for length in PREFIXES:
            code = row["hs6_2007"][:length]
            makers[code] = makers.get(code, frozenset()) | by_class[row["isic3"]]
    return makers


def _mix(
    by_heading: Mapping[str, float], makers: dict[str, frozenset[str]] | None, solved: SolvedTable
) -> Mix:
    """Measure the shares of industries: what one industry makes counts for it, the rest for any that may."""
    unknown = _unknown(solved)
    if makers is None:
        return unknown
    sure: dict[str, float] = defaultdict(float)
    perhaps: dict[str, float] = defaultdict(float)
    for heading, value in by_heading.items():
        made_by = _maker(heading, makers) or frozenset(unknown.weights.shares)
        for industry in made_by:
            (sure if len(made_by) == 1 else perhaps)[industry] += value
    total = sum(by_heading.values())
    shares = {
        industry: (sure[industry] / total, min(1.0, (sure[industry] + perhaps[industry]) / total))
        for industry in sorted({*sure, *perhaps})
    }
    return Mix(
        IndustryWeights(shares), f"industries of the products imported, after {Path(CLASSES_FILE).name}"
    )


def _maker(heading: str, makers: dict[str, frozenset[str]]) -> frozenset[str]:
    """Industries that may make a product: those of the longest known prefix of its code."""
    return next((makers[heading[:n]] for n in PREFIXES if makers.get(heading[:n])), frozenset())


def read_weights(store: Store, file: str, solved: SolvedTable) -> dict[FlowKind, Mix]:
    """Read the user's own shares of industries.

    Raises
    ------
    SchemaError
        A column is missing, a flow or industry unknown, a share no number, a source missing.
    ModelInputError
        Shares that no true shares could satisfy.
    """
    path = outside.find(store, file, file, what="shares of industries")
    shares: dict[FlowKind, dict[str, tuple[float, float]]] = {"export": {}, "import": {}}
    sources: dict[FlowKind, list[str]] = {"export": [], "import": []}
    for line, row in enumerate(_csv_rows(outside.read_bytes(path), path, WEIGHT_COLUMNS), start=2):
        where = f"{path.name}, line {line}"
        if row["flow"] not in FLOWS:
            raise SchemaError(f"flow is {row['flow']!r}", where=where, remedy="Write export or import")
        flow: FlowKind = "export" if row["flow"] == "export" else "import"
        if row["industry"] not in solved.table.industries:
            known = ", ".join(solved.table.industries)
            raise SchemaError(
                f"{solved.table.name} has no industry {row['industry']!r}",
                where=where,
                remedy=f"It has {known}",
            )
        if row["industry"] in shares[flow]:
            raise SchemaError(f"{flow}s of {row['industry']} are given twice", where=where)
        if not row["source"].strip():
            raise SchemaError("the source is empty", where=where, remedy="Say where the range comes from")
        try:
            shares[flow][row["industry"]] = float(row["low"]), float(row["high"])
        except ValueError as wrong:
            raise SchemaError(
                f"{row['low']!r} to {row['high']!r} is no range of numbers", where=where
            ) from wrong
        sources[flow].append(row["source"].strip())
    return {
        flow: Mix(IndustryWeights(given), "; ".join(dict.fromkeys(sources[flow])))
        for flow, given in shares.items()
        if given
    }


def _csv_rows(data: bytes, path: Path, needs: Iterable[str]) -> list[dict[str, str]]:
    reader = csv.DictReader(io.StringIO(data.decode("utf-8-sig", errors="replace")))
    if missing := [name for name in needs if name not in (reader.fieldnames or ())]:
        raise SchemaError(
            f"the file lacks {', '.join(missing)}", where=path.name, remedy=f"It needs {', '.join(needs)}"
        )
    return [{name: value or "" for name, value in row.items() if name} for row in reader]
