"""Who sells what to the market, how do buyers and sellers react, and what does policy change?

Everything is one row per (product, supplier), as in a table of trade.
"""

from __future__ import annotations

from collections import Counter
from copy import copy
from dataclasses import dataclass, field, fields
from functools import lru_cache
from typing import TYPE_CHECKING, Final, Literal, NamedTuple, get_args

import numpy as np

from techbalance.errors import ModelInputError, UnknownCodeError
from techbalance.models.validation import BoolArray, FloatArray, IntArray, frozen, numbers, refuse_where

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

Valuation = Literal["consumer", "customs"]
VALUATIONS: Final[tuple[Valuation, ...]] = get_args(Valuation)
RentTo = Literal["importer", "exporter"]
RENT_TO: Final[tuple[RentTo, ...]] = get_args(RentTo)


@dataclass(frozen=True, eq=False)
class Market:
    """Base values and elasticities, one row per (product, supplier).

    Parameters
    ----------
    product, supplier
        Labels of each row; a pair may occur once.
    value_usd
        Base value, US dollars, not negative. A zero stays zero under every policy.
    sigma
        Elasticity of substitution among the suppliers of a product, 0 or above, the same in all rows of a
        product; 1 is the Cobb-Douglas limit.
    demand_elasticity
        Price elasticity of demand for the product as a whole, below 0, the same in all rows of a product.
    supply_elasticity
        Of each supplier, 0 or above; infinity for a constant price.
    valuation
        What ``value_usd`` is: ``consumer`` (tariff included) or ``customs`` (before tariff).
    home
        True for the variety made at home: no tariff, and its producers' surplus counts as national.

    Attributes
    ----------
    products
        Distinct product labels in order of first appearance.
    row_product
        Position of each row's product in ``products``.
    rows
        Labels of the rows, for messages.

    Raises
    ------
    ModelInputError
        A pair twice; a negative value; a product without any value; sigma negative or different inside a
        product; a demand elasticity not below 0; a supply elasticity below 0; sigma and a supply elasticity
        both 0.
    """

    product: tuple[str, ...]
    supplier: tuple[str, ...]
    value_usd: FloatArray
    sigma: FloatArray
    demand_elasticity: FloatArray
    supply_elasticity: FloatArray
    valuation: Valuation = "consumer"
    home: BoolArray = field(default_factory=lambda: np.zeros((), dtype=np.bool_))
    products: tuple[str, ...] = field(init=False)
    row_product: IntArray = field(init=False)
    rows: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        labels = _labels(tuple(self.product), tuple(self.supplier))
        rows = labels.rows
        if self.valuation not in VALUATIONS:
            raise UnknownCodeError.among("valuation", self.valuation, VALUATIONS)
        home = np.array(np.broadcast_to(np.asarray(self.home, dtype=np.bool_), (len(rows),)))
        home.setflags(write=False)
        for name, made in (
            ("product", labels.product),
            ("supplier", labels.supplier),
            ("home", home),
            ("products", labels.products),
            ("row_product", labels.row_product),
            ("rows", rows),
        ):
            object.__setattr__(self, name, made)
        self._set_values(self.value_usd)
        self._set_elasticities(self.sigma, self.demand_elasticity, self.supply_elasticity)

    def _set_values(self, given: ArrayLike) -> None:
        value = numbers("value_usd", given, (self.rows,))
        refuse_where(value < 0, "value_usd", "must not be negative", (self.rows,), values=value)
        empty = np.bincount(self.row_product, weights=value) <= 0
        must = "must be positive for some supplier of each product"
        refuse_where(empty, "value_usd", must, (self.products,))
        object.__setattr__(self, "value_usd", value)

    def _set_elasticities(self, sigma: ArrayLike, demand: ArrayLike, supply: ArrayLike) -> None:
        axes = (self.rows,)
        substitution = numbers("sigma", sigma, axes)
        refuse_where(substitution < 0, "sigma", "must not be negative", axes, values=substitution)
        demanded = numbers("demand_elasticity", demand, axes)
        refuse_where(demanded >= 0, "demand_elasticity", "must be below 0", axes, values=demanded)
        supplied = numbers("supply_elasticity", supply, axes, allow_infinite=True)
        refuse_where(supplied < 0, "supply_elasticity", "must not be negative", axes, values=supplied)
        stuck = (substitution == 0) & (supplied == 0)
        refuse_where(stuck, "supply_elasticity", "must be above 0 where sigma is 0", axes)
        for name, values in (("sigma", substitution), ("demand_elasticity", demanded)):
            one = np.empty(len(self.products))
            one[self.row_product] = values
            differs = values != one[self.row_product]
            refuse_where(
                differs, name, "must be the same for all suppliers of a product", axes, values=values
            )
            object.__setattr__(self, name, values)
        object.__setattr__(self, "supply_elasticity", supplied)

    def with_elasticities(
        self,
        *,
        sigma: ArrayLike | None = None,
        demand_elasticity: ArrayLike | None = None,
        supply_elasticity: ArrayLike | None = None,
    ) -> Market:
        """Return the same market with other elasticities, checked; quick, as labels and values are shared.

        Raises
        ------
        ModelInputError
            As for a new market.
        """
        other = copy(self)
        other._set_elasticities(
            self.sigma if sigma is None else sigma,
            self.demand_elasticity if demand_elasticity is None else demand_elasticity,
            self.supply_elasticity if supply_elasticity is None else supply_elasticity,
        )
        return other

    def side_by_side(self, value_usd: FloatArray) -> Market:
        """Return copies of this market as one, whose products have nothing to do with each other's.

        Solved together, each comes out as it would alone. Labels repeat from copy to copy.

        Parameters
        ----------
        value_usd
            [copy, row], base values.

        Raises
        ------
        ModelInputError
            A value that is negative or no number, or a product without any value.
        """
        copies = len(value_usd)
        other = copy(self)
        offsets = np.arange(copies)[:, None] * len(self.products)
        for name in ("product", "supplier", "products", "rows"):
            object.__setattr__(other, name, getattr(self, name) * copies)
        object.__setattr__(other, "row_product", (offsets + self.row_product).ravel())
        for name in ("home", "sigma", "demand_elasticity", "supply_elasticity"):
            object.__setattr__(other, name, np.tile(getattr(self, name), copies))
        other._set_values(value_usd.ravel())
        return other


class _Labels(NamedTuple):
    """The labels of a market's rows, and which product each row is of."""

    product: tuple[str, ...]
    supplier: tuple[str, ...]
    products: tuple[str, ...]
    row_product: IntArray
    rows: tuple[str, ...]


# Draws differ in elasticities, seldom in labels.
@lru_cache(maxsize=8)
def _labels(product: tuple[str, ...], supplier: tuple[str, ...]) -> _Labels:
    if len(product) != len(supplier) or not len(product):
        raise ModelInputError(
            f"product and supplier must have one label per row, and at least one row; got {len(product)} "
            f"and {len(supplier)}",
            where="fields product and supplier",
        )
    rows = tuple(f"{one} from {other}" for one, other in zip(product, supplier, strict=True))
    if len(set(rows)) != len(rows):
        twice, _ = Counter(rows).most_common(1)[0]
        raise ModelInputError(
            f"{twice} is there twice", where="fields product and supplier", remedy="Add its rows up first"
        )
    positions: dict[str, int] = {}
    row_product = np.array([positions.setdefault(str(name), len(positions)) for name in product], np.int64)
    row_product.setflags(write=False)
    names = tuple(str(label) for label in product), tuple(str(label) for label in supplier)
    return _Labels(*names, tuple(positions), row_product, rows)


@dataclass(frozen=True, eq=False)
class Policy:
    """What changes, one value per row of the market or one for all.

    Parameters
    ----------
    tariff_base, tariff_new
        Ad valorem rates on the supplier's price, above -1; 0 for the home variety.
    subsidy_base, subsidy_new
        Ad valorem rates paid to the producer on top of the market price, above -1.
    supply_shift
        New quantity offered over old at each price, above 0; 1.2 is a fifth more capacity. Must be 1 where
        supply is infinitely elastic, where it would change nothing.
    cost_hat
        New cost of a unit over old, above 0.
    quota_ratio
        Largest quantity over base quantity, above 0; infinity for none. A ban is a small number: buyers with
        a constant elasticity pay any price for the last unit.
    quota_rent_to
        Who keeps the gap between the buyers' price and the supplier's price with tariff: ``importer`` or
        ``exporter``. The tariff is charged on the supplier's price without the rent.
    """

    tariff_base: FloatArray = field(default_factory=lambda: np.zeros(()))
    tariff_new: FloatArray | None = None
    subsidy_base: FloatArray = field(default_factory=lambda: np.zeros(()))
    subsidy_new: FloatArray | None = None
    supply_shift: FloatArray = field(default_factory=lambda: np.ones(()))
    cost_hat: FloatArray = field(default_factory=lambda: np.ones(()))
    quota_ratio: FloatArray = field(default_factory=lambda: np.full((), np.inf))
    quota_rent_to: RentTo = "importer"

    def side_by_side(self, copies: int) -> Policy:
        """Return the policy for as many copies of its market (``Market.side_by_side``)."""
        other = copy(self)
        for name in (one.name for one in fields(self)):
            values = getattr(self, name)
            if isinstance(values, np.ndarray) and values.size > 1:
                object.__setattr__(other, name, np.tile(values, copies))
        return other

    def against(self, market: Market) -> Levers:
        """Return the policy spread over the rows of ``market``.

        Raises
        ------
        ModelInputError
            A rate at or below -1; a tariff on the home variety; a shift, cost or quota not above 0; a shift
            of an infinitely elastic supply; a quota where supply or substitution has no elasticity.
        UnknownCodeError
            ``quota_rent_to`` is neither.
        """
        if self.quota_rent_to not in RENT_TO:
            raise UnknownCodeError.among("owner of the quota rent", self.quota_rent_to, RENT_TO)
        rows = market.rows
        rates: dict[str, FloatArray] = {}
        for name in ("tariff_base", "tariff_new", "subsidy_base", "subsidy_new"):
            given = getattr(self, name)
            if given is None:
                given = rates[name.replace("new", "base")]
            rates[name] = numbers(name, given, (rows,))
            refuse_where(
                rates[name] <= -1, name, "must be above -1 (a rate above -100 %)", (rows,), values=rates[name]
            )
        for name in ("tariff_base", "tariff_new"):
            foreign_only = market.home & (rates[name] != 0)
            refuse_where(foreign_only, name, "must be 0 for the home variety", (rows,), values=rates[name])
        hats: dict[str, FloatArray] = {}
        for name in ("supply_shift", "cost_hat", "quota_ratio"):
            hats[name] = numbers(name, getattr(self, name), (rows,), allow_infinite=name == "quota_ratio")
            refuse_where(hats[name] <= 0, name, "must be above 0", (rows,), values=hats[name])
        refuse_where(
            np.isinf(market.supply_elasticity) & (hats["supply_shift"] != 1),
            "supply_shift",
            "must be 1 where supply is infinitely elastic",
            (rows,),
            values=hats["supply_shift"],
            remedy="Use cost_hat, or a finite supply_elasticity",
        )
        stuck = np.isfinite(hats["quota_ratio"]) & ((market.supply_elasticity == 0) | (market.sigma == 0))
        refuse_where(stuck, "quota_ratio", "needs sigma and supply_elasticity above 0", (rows,))
        return Levers(**rates, **hats, rent_stays=self.quota_rent_to == "importer")


@dataclass(frozen=True, eq=False)
class Levers:
    """A policy spread over the rows of a market; fields as in ``Policy``."""

    tariff_base: FloatArray
    tariff_new: FloatArray
    subsidy_base: FloatArray
    subsidy_new: FloatArray
    supply_shift: FloatArray
    cost_hat: FloatArray
    quota_ratio: FloatArray
    rent_stays: bool


def add_home_variety(
    market: Market,
    share: ArrayLike,
    *,
    supply_elasticity: ArrayLike,
    tariff_base: ArrayLike = 0.0,
    label: str = "home",
) -> Market:
    """Add the variety made at home, whose value trade data do not hold, from an assumed share of spending.

    Parameters
    ----------
    market
        Imports only.
    share
        Home's part of what buyers spend at base, tariff included, in [0, 1); one for all or one per product
        of ``market.products``. An assumption: print it, and vary it. Products with share 0 get no home row.
    supply_elasticity
        Of home producers, one for all or one per product.
    tariff_base
        Base rates of the rows of ``market``, needed to compare where ``valuation`` is ``customs``.
    label
        Supplier label of the new rows.

    Returns
    -------
    Market
        The rows of ``market``, then one home row per product.

    Raises
    ------
    ModelInputError
        A share outside [0, 1), or a market that has home rows already.
    """
    part = numbers("share", share, (market.products,))
    value = home_value(market, part[None, :], tariff_base=tariff_base)[0]
    supply = numbers("supply_elasticity", supply_elasticity, (market.products,), allow_infinite=True)
    added = np.flatnonzero(part > 0)
    _, first_row = np.unique(market.row_product, return_index=True)
    return Market(
        product=market.product + tuple(market.products[place] for place in added),
        supplier=market.supplier + (label,) * added.size,
        value_usd=np.append(market.value_usd, value[added]),
        sigma=np.append(market.sigma, market.sigma[first_row][added]),
        demand_elasticity=np.append(market.demand_elasticity, market.demand_elasticity[first_row][added]),
        supply_elasticity=np.append(market.supply_elasticity, supply[added]),
        valuation=market.valuation,
        home=np.append(market.home, np.ones(added.size, dtype=np.bool_)),
    )


def home_value(market: Market, shares: FloatArray, *, tariff_base: ArrayLike = 0.0) -> FloatArray:
    """Return what is made at home, under several assumptions about its part of spending.

    Parameters
    ----------
    market
        Imports only.
    shares
        [assumption, product], as in ``add_home_variety``.
    tariff_base
        As in ``add_home_variety``.

    Returns
    -------
    numpy.ndarray
        [assumption, product], base value in US dollars; 0 where the share is 0.

    Raises
    ------
    ModelInputError
        A share outside [0, 1), or a market that has home rows already.
    """
    refuse_where(market.home, "home", "is true already: the market has its home variety", (market.rows,))
    outside = (shares < 0) | (shares >= 1)
    worst = int(outside.any(axis=1).argmax())
    refuse_where(outside[worst], "share", "must be in [0, 1)", (market.products,), values=shares[worst])
    paid = market.value_usd
    if market.valuation == "customs":
        paid = frozen(paid * (1.0 + numbers("tariff_base", tariff_base, (market.rows,))))
    spent = np.bincount(market.row_product, weights=paid)
    return np.asarray(spent * shares / (1.0 - shares), dtype=np.float64)
