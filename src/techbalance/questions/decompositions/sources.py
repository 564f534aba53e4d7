"""Which trade is split? The record's and the store's, a file of the data folder, or a panel a user brings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from techbalance.classifications.partners import WORLD
from techbalance.errors import CheckError, NotCoveredError
from techbalance.questions.decompositions import files, stored
from techbalance.questions.supply.trade import WORLD_CODES, chosen_suppliers, labels_of, reporter_codes

if TYPE_CHECKING:
    import datetime as dt

    from ibis import Table

    from techbalance.questions.answer import Lineage
    from techbalance.questions.parameters.change import ChangeParams
    from techbalance.questions.products import Products
    from techbalance.store.catalogue import Store

HS6, HTS10 = files.HS6, files.HTS10
FLOW_NAMES: Final = ("export", "import")
KEYS: Final = ("year", "flow", "group", "product", "partner")


@dataclass(frozen=True)
class Trade:
    """Trade by year, flow, product and partner.

    Parameters
    ----------
    store
        What is read.
    figures
        One row per ``KEYS`` or finer: ``value_usd`` (whole dollars; ``group`` is null where there is none)
        and, where wanted and held, ``quantity`` and ``unit``.
    held
        Partners held of each flow and year, by label; None for all of them. A partner that is held and has no
        row traded nothing; one that is not held is unknown.
    products
        The stored products behind it; None for a file.
    world
        Sales of all sellers to each buyer (``seller``, ``partner``: the buyer), where a panel has them.
    notes
        What has to be known to read it.
    """

    store: Store
    figures: pa.Table
    held: dict[tuple[str, int], frozenset[str] | None]
    products: Products | None = None
    world: Table | None = None
    notes: tuple[str, ...] = ()

    @property
    def everyone(self) -> bool:
        """Whether every partner is held in every year."""
        return all(partners is None for partners in self.held.values())

    @property
    def years(self) -> dict[str, tuple[int, ...]]:
        """Years held of each flow."""
        return {name: tuple(sorted(year for flow, year in self.held if flow == name)) for name in FLOW_NAMES}

    @property
    def quantities(self) -> bool:
        """Whether quantities were read."""
        return "quantity" in self.figures.column_names

    def why_missing(self, flow: str, years: tuple[int, ...]) -> str:
        """Why years of a flow cannot be compared: what is held, or since when."""
        if self.products is not None:
            for year, why in self.products.open_years(flow).items():
                if year in years:
                    return f"{year}: {why}"
            if not self.held:
                return self.products.why_nothing("product and partner")
        held = self.years[flow]
        if not held:
            return f"not_covered: no {flow}s by product and partner are held"
        missing = " and ".join(str(year) for year in years if year not in held)
        span = str(held[0]) if len(held) == 1 else f"{held[0]} to {held[-1]}"
        return f"not_covered: {flow}s by product and partner are held for {span}, not for {missing}"

    def vintages(self, flow: str) -> dict[int, dt.date]:
        """Vintage of each year of a flow; none for a file."""
        return {} if self.products is None else stored.vintages(self.products, flow)

    def lineage(self, flows: tuple[str, ...], years: tuple[int, ...], formula: str) -> tuple[Lineage, ...]:
        """Stored rows behind the figures; a file is named in the answer's inputs instead."""
        return () if self.products is None else stored.lineage(self.products, flows, years, formula)


def trade_of(params: ChangeParams, store: Store) -> Trade:
    """Read the trade a decomposition is about; with prices every year, by which outliers are told.

    Raises
    ------
    UnknownCodeError, ParameterError
        A partner or reporter nobody knows.
    NotCoveredError, SchemaError, CheckError
        A file is not there, has another layout, or holds sums of countries among the partners.
    """
    priced = is_priced(params)
    if params.panel is None:
        return _of_store(params, store, priced=priced)
    reporter = reporter_codes(store, params.reporter)
    members = None
    if params.partner is not None:
        members = labels_of(store, chosen_suppliers(store, params.partner, frozenset(reporter)))
    wanted = files.Wanted(
        None if priced else (params.from_.start, params.to.start), params.product, members, priced=priced
    )
    if params.panel in (HS6, HTS10) and params.reporter != "USA":
        raise NotCoveredError(
            f"the file {params.panel} holds trade of the United States only", remedy="Leave reporter out"
        )
    if params.panel == HS6:
        read = files.hs6(store, wanted, range(params.from_.start, params.to.start + 1))
    elif params.panel == HTS10:
        read = files.hts10(store, wanted)
    else:
        read = files.panel(store, params.panel, reporter, wanted)
    figures, held, notes, world = read.figures, read.held, read.notes, read.world
    _check(store, figures, params.panel)
    return Trade(store, figures, held, world=world, notes=notes)


def _of_store(params: ChangeParams, store: Store, *, priced: bool) -> Trade:
    products = stored.products(params, store)
    span = None if priced else (params.from_.start, params.to.start)
    figures = stored.figures(products, span, priced=priced)
    _check(store, figures, "trade")
    return Trade(store, figures, stored.held(products), products)


def is_priced(params: ChangeParams) -> bool:
    """Whether the way needs quantities."""
    own = params.how == "constant-dollars" and params.deflator == "fisher"
    return own or params.how == "price-quantity"


def _check(store: Store, figures: pa.Table, name: str) -> None:
    """Refuse values below zero and sums of countries among the partners."""
    values = figures["value_usd"].to_numpy()
    if values.size and values.min() < 0:
        row: dict[str, Any] = figures.slice(int(values.argmin()), 1).to_pylist()[0]
        where = ", ".join(str(row[key]) for key in KEYS if row[key] is not None)
        raise CheckError("a value of trade is below zero", where=f"{name}: {where}: {row['value_usd']}")
    areas = store.fetch(store.table("areas").select("area").distinct())["area"].to_pylist()
    partners = set(pc.unique(figures["partner"]).to_pylist())
    if strange := sorted(partners & (WORLD_CODES | {WORLD} | set(areas))):
        raise CheckError(
            f"{strange[0]} is a sum of countries and stands among the partners",
            where=name,
            remedy="Keep countries only, or everything is counted twice",
        )


def without_partners(params: ChangeParams) -> ChangeParams:
    """The same question of every partner: shares in a market are of all that is sold there."""
    return params.model_copy(update={"partner": None})
