"""Yearly trade of one partner and of the supplier avoided: the file of partners that is held, or a panel."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import zlib
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np

from techbalance.errors import NotCoveredError, SchemaError
from techbalance.store import outside
from techbalance.store.panels import open_panel

if TYPE_CHECKING:
    from collections.abc import Callable

    from techbalance.models.validation import FloatArray
    from techbalance.questions.parameters.texts import Years
    from techbalance.store.catalogue import Store

FILE: Final = "trade/us_hs6_annual_CHN_MEX_VNM_TWN.csv.gz"
FIELDS: Final = ("ref_year", "partner_iso", "flow_code", "classification_code", "cmd_code", "primary_value")
Flow = dict[int, dict[str, float]]


@dataclass(frozen=True)
class Bilateral:
    """Flows by year and product; every product has a figure in every year.

    Parameters
    ----------
    years, products
        Labels of the rows and columns.
    sales, avoided
        Sales to us of the partner, and of the supplier avoided, US dollars.
    purchases
        What the partner bought from the supplier avoided; None where not held.
    notes
        What must be known to read it.
    """

    years: tuple[int, ...]
    products: tuple[str, ...]
    sales: FloatArray
    avoided: FloatArray
    purchases: FloatArray | None
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Sides:
    """Who sells to whom: ISO3 codes of the partner, the supplier avoided, and the reporter."""

    partner: str
    avoided: str
    reporter: str


def from_held_file(
    store: Store, sides: Sides, years: Years | None, wanted: Callable[[str], bool]
) -> Bilateral:
    """Read imports of the United States from two partners out of the held file of six-digit products.

    A year of a partner is held whole, so a product without a row in it was not traded.

    Raises
    ------
    NotCoveredError
        The file, a partner or a year is not held; what is, is named.
    SchemaError
        The file has another layout.
    """
    partner, avoided = sides.partner, sides.avoided
    path = outside.find(store, FILE, what="imports by six-digit product")
    data = outside.read_bytes(path)
    flows, editions = _read(data, str(path))
    for code in (partner, avoided):
        if code not in flows:
            raise NotCoveredError(
                f"imports from {code} by six-digit product are not held",
                where=f"{path.name} has {', '.join(sorted(flows))}",
                remedy="Choose one of these, or bring a panel of world trade",
            )
    shared = sorted(set(flows[partner]) & set(flows[avoided]))
    span = _span(shared, {year: editions[partner, year] for year in shared}, years, path.name)
    notes = [
        f"From {path.name}, SHA-256 {hashlib.sha256(data).hexdigest()[:16]}: imports of the United States.",
        f"not_covered: what {partner} bought from {avoided} is not held, so the test is one-sided; "
        "a panel with these flows makes it whole.",
    ]
    used = sorted({editions[partner, year] for year in span})
    if len(used) > 1:
        notes.append(
            f"Codes of several editions ({', '.join(used)}) are compared by number: a product that moved to "
            "another code looks like one lost and one gained."
        )
    products = tuple(
        sorted(
            code
            for code in {code for one in (partner, avoided) for year in span for code in flows[one][year]}
            if wanted(code)
        )
    )
    sales, theirs = (
        np.array([[flows[one][year].get(code, 0.0) for code in products] for year in span])
        for one in (partner, avoided)
    )
    return Bilateral(tuple(span), products, sales, theirs, None, tuple(notes))


def _read(data: bytes, name: str) -> tuple[dict[str, Flow], dict[tuple[str, int], str]]:
    try:
        text = gzip.decompress(data).decode("utf-8")
    except (OSError, EOFError, zlib.error, UnicodeDecodeError) as wrong:
        raise SchemaError("the file cannot be unpacked", where=name) from wrong
    reader = csv.reader(io.StringIO(text))
    heads = next(reader, [])
    if missing := [field for field in FIELDS if field not in heads]:
        raise SchemaError(f"the file lacks the column {missing[0]!r}", where=name)
    year_at, partner_at, flow_at, edition_at, code_at, value_at = (heads.index(field) for field in FIELDS)
    flows: dict[str, Flow] = {}
    editions: dict[tuple[str, int], str] = {}
    for row in reader:
        if row[flow_at] != "M":
            continue
        partner, year, code = row[partner_at], int(row[year_at]), row[code_at]
        products = flows.setdefault(partner, {}).setdefault(year, {})
        products[code] = products.get(code, 0.0) + float(row[value_at])
        editions[partner, year] = row[edition_at]
    return flows, editions


def _span(shared: list[int], editions: dict[int, str], years: Years | None, name: str) -> list[int]:
    """The years asked for, all of them held; else the newest run of years of one edition of the codes."""
    if years is not None:
        span = list(range(years.start, years.end + 1))
        if missing := [year for year in span if year not in editions]:
            raise NotCoveredError(
                f"both partners are not held for {', '.join(map(str, missing))}",
                where=f"{name} has both for {', '.join(map(str, shared)) or 'no year'}",
                remedy="Choose a span without a gap",
            )
        return span
    runs: list[list[int]] = [[year] for year in shared[:1]]
    for before, year in pairwise(shared):
        if year == before + 1 and editions[year] == editions[before]:
            runs[-1].append(year)
        else:
            runs.append([year])
    long = [run for run in runs if len(run) > 1]
    if not long:
        raise NotCoveredError("no two years in a row are held for both partners", where=name)
    return long[-1]


def from_panel(
    store: Store, name: str, sides: Sides, years: Years | None, wanted: Callable[[str], bool]
) -> Bilateral:
    """Read the three flows out of a panel of world trade.

    Returns
    -------
    Bilateral
        The flows of products with a figure in every year of all three; a note counts the others.

    Raises
    ------
    NotCoveredError
        The panel holds none of a flow, fewer than two years, or no product whole.
    """
    panel = open_panel(store, name)
    if years is not None:
        panel = panel.filter(panel.year.between(years.start, years.end))
    roles = {
        "sales": (sides.partner, sides.reporter),
        "avoided": (sides.avoided, sides.reporter),
        "purchases": (sides.avoided, sides.partner),
    }
    flows: dict[str, Flow] = {}
    for role, (seller, buyer) in roles.items():
        rows = panel.filter(panel.exporter == seller, panel.importer == buyer)
        sums = rows.group_by("year", "product").aggregate(usd=rows.value_usd.sum())
        flow: Flow = {}
        for row in store.fetch_rows(sums):
            if wanted(row["product"]):
                flow.setdefault(row["year"], {})[row["product"]] = row["usd"]
        if not flow:
            raise NotCoveredError(
                f"the panel holds no exports of {seller} to {buyer}", where=name, remedy="Add these rows"
            )
        flows[role] = flow
    every = {year for flow in flows.values() for year in flow}
    asked = range(years.start, years.end + 1) if years else range(min(every), max(every) + 1)
    gaps = [year for year in asked if any(year not in flow for flow in flows.values())]
    if gaps or len(asked) < 2:
        raise NotCoveredError(
            f"the panel does not hold all three flows in {', '.join(map(str, gaps)) or 'two years'}",
            where=name,
            remedy="Choose a span in which it does",
        )
    found = {code for flow in flows.values() for year in asked for code in flow[year]}
    cells = [flow[year] for flow in flows.values() for year in asked]
    whole = sorted(code for code in found if all(code in cell for cell in cells))
    if not whole:
        raise NotCoveredError(
            "no product has a figure in every year of all three flows", where=name, remedy="Write zeros as 0"
        )
    sales, theirs, bought = (
        np.array([[flows[role][year][code] for code in whole] for year in asked]) for role in roles
    )
    left = len(found) - len(whole)
    notes = (f"From the panel {name}; {left:,} products without a figure in every year are left out.",)
    return Bilateral(tuple(asked), tuple(whole), sales, theirs, bought, notes)
