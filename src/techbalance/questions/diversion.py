"""Does a partner sell us more of what it buys from the supplier we avoid? Answers ``diversion``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa

from techbalance.errors import ParameterError
from techbalance.models.diversion import DiversionTest, PartnerTrade, trade_diversion
from techbalance.questions.answer import Answer
from techbalance.questions.parameters.dependence import DIVERSION, DiversionParams
from techbalance.questions.supply.bilateral import Bilateral, Sides, from_held_file, from_panel
from techbalance.questions.supply.trade import chosen_suppliers, labels_of

if TYPE_CHECKING:
    from techbalance.questions.parameters.texts import PartnerRef
    from techbalance.store.catalogue import Store

SCHEMA: Final = pa.schema(
    [
        ("level", pa.string()),
        ("product", pa.string()),
        ("lag", pa.int16()),
        ("sales_change_usd", pa.int64()),
        ("avoided_change_usd", pa.int64()),
        ("purchases_change_usd", pa.int64()),
        ("is_pattern", pa.bool_()),
        ("passed_on_usd", pa.int64()),
        ("passed_on_share", pa.float64()),
        ("correlation", pa.float64()),
        ("p_value", pa.float64()),
        ("period", pa.string()),
        ("note", pa.string()),
    ]
)
ONE_SIDED: Final = "not_covered: what the partner bought from the supplier avoided is not held"
REASONS: Final = {
    "degenerate": "degenerate: sales or purchases do not change, so nothing can move together",
    "one_observation": "one_observation: fewer than three products",
}
Row = dict[str, Any]


def run(params: DiversionParams, store: Store) -> Answer:
    """Answer ``diversion``: the whole, and the products in which most can have been passed on.

    With the partner's purchases from the supplier avoided (a panel) one block of rows per lag, each with the
    rank test; without them the two changes that are held, and null for the rest.

    Raises
    ------
    ParameterError
        Partner and supplier avoided are the same, or one is not a single country.
    NotCoveredError
        A flow or a year is not held.
    """
    sides = Sides(
        _one(store, params.partner, "partner"),
        _one(store, params.avoided, "avoided"),
        _one(store, params.reporter, "reporter"),
    )
    if len({sides.partner, sides.avoided, sides.reporter}) < 3:
        raise ParameterError(
            "partner, avoided and reporter have to be three countries",
            where=f"given {sides.partner}, {sides.avoided}, {sides.reporter}",
        )

    def wanted(code: str) -> bool:
        return params.product is None or any(code.startswith(head) for head in params.product)

    if params.panel is None:
        trade = from_held_file(store, sides, params.year, wanted)
        rows = _one_sided_rows(trade, params.top)
    else:
        trade = from_panel(store, params.panel, sides, params.year, wanted)
        rows = _tested_rows(trade, params)
    notes = (
        f"Sales of {sides.partner} and of {sides.avoided} to {sides.reporter}, {trade.years[0]} to "
        f"{trade.years[-1]}. Moving together is no proof: the figures bound what can have been passed on.",
        *trade.notes,
    )
    return Answer(DIVERSION, params, store, pa.Table.from_pylist(rows, schema=SCHEMA), notes)


def _one(store: Store, ref: PartnerRef | str, what: str) -> str:
    """ISO3 code of a single country, the United States too.

    Raises
    ------
    ParameterError
        An area, or several countries.
    UnknownCodeError
        Nobody knows it.
    """
    names = [ref] if isinstance(ref, str) else list(ref)
    labels = labels_of(store, chosen_suppliers(store, names, frozenset()))
    if len(labels) != 1:
        raise ParameterError(f"{what}: one country is needed", where=f"given {ref}")
    return labels.pop()


def _one_sided_rows(trade: Bilateral, top: int) -> list[Row]:
    sales, avoided = trade.sales[-1] - trade.sales[0], trade.avoided[-1] - trade.avoided[0]
    at_most = np.where((sales > 0) & (avoided < 0), np.minimum(sales, -avoided), 0.0)
    period = f"{trade.years[0]}:{trade.years[-1]}"
    whole = {
        "level": "all",
        "sales_change_usd": round(float(sales.sum())),
        "avoided_change_usd": round(float(avoided.sum())),
        "period": period,
        "note": ONE_SIDED,
    }
    order = sorted(np.flatnonzero(at_most > 0).tolist(), key=lambda one: (-at_most[one], trade.products[one]))
    return [whole] + [
        {
            "level": "product",
            "product": trade.products[place],
            "sales_change_usd": round(float(sales[place])),
            "avoided_change_usd": round(float(avoided[place])),
            "period": period,
            "note": ONE_SIDED,
        }
        for place in order[:top]
    ]


def _tested_rows(trade: Bilateral, params: DiversionParams) -> list[Row]:
    if trade.purchases is None:
        return _one_sided_rows(trade, params.top)
    found = trade_diversion(
        PartnerTrade(
            tuple(str(year) for year in trade.years),
            trade.products,
            trade.sales,
            trade.purchases,
            trade.avoided,
        ),
        lags=params.lags.values,
        seed=params.seed,
    )
    period = f"{found.from_period}:{found.to_period}"
    rows = []
    for place, lag in enumerate(found.lags):
        passed = found.passed_on_usd[place]
        rows.append({**_whole(found, place), "lag": lag, "period": period})
        order = sorted(
            np.flatnonzero(passed > 0).tolist(), key=lambda one: (-passed[one], trade.products[one])
        )
        rows += [{**_product(found, place, one), "lag": lag, "period": period} for one in order[: params.top]]
    return rows


def _whole(found: DiversionTest, place: int) -> Row:
    reason = found.reason[place]
    masked = {
        name: None if np.ma.getmaskarray(values)[place] else float(values[place])
        for name, values in (
            ("passed_on_share", found.passed_on_share),
            ("correlation", found.correlation),
            ("p_value", found.p_value),
        )
    }
    return {
        "level": "all",
        "sales_change_usd": round(float(found.sales_change_usd.sum())),
        "avoided_change_usd": round(float(found.avoided_change_usd.sum())),
        "purchases_change_usd": round(float(found.purchases_change_usd[place].sum())),
        "passed_on_usd": round(float(found.passed_on_usd[place].sum())),
        "is_pattern": bool(found.is_diversion_pattern[place].any()),
        **masked,
        "note": REASONS[reason] if reason else None,
    }


def _product(found: DiversionTest, place: int, one: int) -> Row:
    return {
        "level": "product",
        "product": found.products[one],
        "sales_change_usd": round(float(found.sales_change_usd[one])),
        "avoided_change_usd": round(float(found.avoided_change_usd[one])),
        "purchases_change_usd": round(float(found.purchases_change_usd[place, one])),
        "passed_on_usd": round(float(found.passed_on_usd[place, one])),
        "is_pattern": bool(found.is_diversion_pattern[place, one]),
    }
