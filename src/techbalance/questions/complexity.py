"""How complex is what countries export, and what lies near it? Answers ``complexity``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa

from techbalance.models.complexity import Complexity, complexity, density, proximity
from techbalance.questions.answer import Answer
from techbalance.questions.ladder.baskets import baskets_of, matrix_of, typed
from techbalance.questions.parameters.ladder import COMPLEXITY, ComplexityParams

if TYPE_CHECKING:
    from techbalance.models.validation import MaskedFloats
    from techbalance.questions.ladder.baskets import Baskets
    from techbalance.store.catalogue import Store

Row = dict[str, Any]

TYPES: Final = {
    "country": pa.string(),
    "country_name": pa.string(),
    "eci": pa.float64(),
    "eci_rank": pa.int64(),
    "diversity": pa.int64(),
    "product": pa.string(),
    "product_name": pa.string(),
    "pci": pa.float64(),
    "pci_rank": pa.int64(),
    "ubiquity": pa.int64(),
    "density": pa.float64(),
    "rca": pa.float64(),
    "is_specialised": pa.bool_(),
    "near": pa.string(),
    "near_name": pa.string(),
    "proximity": pa.float64(),
    "year": pa.int64(),
    "note": pa.string(),
}
COLUMNS: Final = {
    "country": COMPLEXITY.columns,
    "product": ("product", "product_name", "pci", "pci_rank", "ubiquity", "year", "note"),
    "density": (
        *("country", "product", "product_name", "density", "pci", "rca", "is_specialised", "year", "note"),
    ),
    "proximity": ("product", "near", "near_name", "proximity", "ubiquity", "year", "note"),
}
NOBODY: Final = "no_trade: no country is specialised in the product"
NOTHING: Final = "no_trade: the country is specialised in nothing"


def run(params: ComplexityParams, store: Store) -> Answer:
    """Answer ``complexity``: one row per year and country, product, or pair; the highest first."""
    found = baskets_of(params, store)
    years = found.asked_years(params.year)
    shown = None if params.country is None else found.labels(params.country)
    kept = found.in_years(years)
    rows: list[Row] = []
    notes = [*kept.notes, _convention(params)]
    for year in years:
        if year not in found.years:
            rows.append({"year": year, "note": found.why_empty})
            continue
        countries, products, values = matrix_of(found, year)
        of_year = complexity(values, countries, products, threshold=params.threshold, pci_scale=params.pci)
        notes += [f"{year}: {note.text}" for note in of_year.notes]
        rows += _ranked(_rows(params, found, of_year, shown), params, year)
    return Answer(
        COMPLEXITY, params, store, typed(rows, TYPES, list(COLUMNS[params.by])), tuple(notes), kept.lineage
    )


def _rows(
    params: ComplexityParams, found: Baskets, of_year: Complexity, shown: list[str] | None
) -> list[Row]:
    if params.by == "country":
        return _countries(found, of_year, shown)
    if params.by == "product":
        return [row for row in _products(found, of_year) if _is_asked(params, row["product"])]
    if params.by == "density":
        return _densities(params, found, of_year, shown or [])
    return _near(params, found, of_year)


def _is_asked(params: ComplexityParams, product: str) -> bool:
    return params.product is None or any(product.startswith(code) for code in params.product)


def _countries(found: Baskets, of_year: Complexity, shown: list[str] | None) -> list[Row]:
    ranks = _ranks(of_year.eci)
    diversity = of_year.specialisation.diversity.tolist()
    rows = []
    for place, label in enumerate(of_year.specialisation.countries):
        if shown is not None and label not in shown:
            continue
        why = of_year.reason or (None if diversity[place] else NOTHING)
        rows.append(
            {
                "country": label,
                "country_name": found.names.get(label),
                "eci": _plain(of_year.eci, place),
                "eci_rank": ranks[place],
                "diversity": diversity[place],
                "note": why,
            }
        )
    return rows


def _products(found: Baskets, of_year: Complexity) -> list[Row]:
    ranks = _ranks(of_year.pci)
    ubiquity = of_year.specialisation.ubiquity.tolist()
    return [
        {
            "product": code,
            "product_name": found.product_names.get(code),
            "pci": _plain(of_year.pci, place),
            "pci_rank": ranks[place],
            "ubiquity": ubiquity[place],
            "note": of_year.reason or (None if ubiquity[place] else NOBODY),
        }
        for place, code in enumerate(of_year.specialisation.products)
    ]


def _densities(params: ComplexityParams, found: Baskets, of_year: Complexity, shown: list[str]) -> list[Row]:
    of = of_year.specialisation
    near = density(of, self_term=not params.without_self)
    rows: list[Row] = []
    for label in shown:
        if label not in of.countries:
            rows.append({"country": label, "note": "no_trade: the country exports nothing in this year"})
            continue
        at = of.countries.index(label)
        for place, code in enumerate(of.products):
            if not _is_asked(params, code):
                continue
            value = _plain(near, (at, place))
            why = NOBODY if of.ubiquity[place] == 0 else "no_match: the product is near no other"
            rows.append(
                {
                    "country": label,
                    "product": code,
                    "product_name": found.product_names.get(code),
                    "density": value,
                    "pci": _plain(of_year.pci, place),
                    "rca": _plain(of.advantage, (at, place)),
                    "is_specialised": bool(of.is_specialised[at, place]),
                    "note": (why if value is None else None) or of_year.reason,
                }
            )
    return rows


def _near(params: ComplexityParams, found: Baskets, of_year: Complexity) -> list[Row]:
    shared = proximity(of_year.specialisation)
    ubiquity = dict(
        zip(of_year.specialisation.products, of_year.specialisation.ubiquity.tolist(), strict=True)
    )
    place = {code: index for index, code in enumerate(shared.products)}
    rows: list[Row] = []
    for code in of_year.specialisation.products:
        if not _is_asked(params, code):
            continue
        if code not in place:
            rows.append({"product": code, "note": NOBODY})
            continue
        values = shared.values[place[code]]
        order = np.argsort(-values, kind="stable")
        # The product itself is at 1, and is no neighbour.
        others = [one for one in order.tolist() if one != place[code]][: params.top]
        rows += [
            {
                "product": code,
                "near": shared.products[one],
                "near_name": found.product_names.get(shared.products[one]),
                "proximity": float(values[one]),
                "ubiquity": ubiquity[shared.products[one]],
            }
            for one in others
        ]
    return rows


def _ranked(rows: list[Row], params: ComplexityParams, year: int) -> list[Row]:
    """The first rows of a year: by complexity, or by nearness; nulls last, equals by label."""
    by = {"country": "eci", "product": "pci", "density": "density", "proximity": "proximity"}[params.by]
    if params.by != "proximity":
        rows.sort(
            key=lambda row: (
                row.get("country", "") if params.by == "density" else "",
                row.get(by) is None,
                -(row.get(by) or 0.0),
                str(row.get("country", "")),
                str(row.get("product", "")),
            )
        )
        of_country: dict[str, int] = {}
        kept = []
        for row in rows:
            key = row.get("country", "") if params.by == "density" else ""
            of_country[key] = of_country.get(key, 0) + 1
            if of_country[key] <= params.top:
                kept.append(row)
        rows = kept
    return [{**row, "year": year} for row in rows]


def _plain(values: MaskedFloats, place: int | tuple[int, int]) -> float | None:
    return None if np.ma.getmaskarray(values)[place] else float(values.data[place])


def _ranks(values: MaskedFloats) -> list[int | None]:
    """1 is the highest; equal values share the smaller rank; null where there is no value."""
    held = np.sort(values.compressed())
    above = held.size - np.searchsorted(held, values.data, side="right")
    return [
        None if hidden else int(rank) + 1
        for rank, hidden in zip(above, np.ma.getmaskarray(values), strict=True)
    ]


def _convention(params: ComplexityParams) -> str:
    scale = "mean ECI of its exporters" if params.pci == "average" else "that over the second eigenvalue"
    return (
        f"Specialised from a revealed advantage of {params.threshold:g}; ECI has mean 0 and standard "
        f"deviation 1 (ddof 0) and rises with diversity; PCI is the {scale}. A cell without a row "
        "counts as no exports."
    )
