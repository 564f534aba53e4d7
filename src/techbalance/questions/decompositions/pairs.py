"""One flow as numbered product x partner pairs by year: what leaves the tables and enters the arithmetic."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from techbalance.models.decompositions import FEWEST_OBSERVATIONS, Cells, Items, outlying
from techbalance.models.validation import BoolArray, FloatArray, IntArray

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from techbalance.questions.decompositions.sources import Trade

    Labels = NDArray[np.object_]

NO_GROUP: Final = "-"


@dataclass(frozen=True)
class Pairs:
    """Product x partner pairs of one flow.

    Parameters
    ----------
    flow
        ``export`` or ``import``.
    product, partner
        Number of the product (in its group) and of the partner of each pair.
    labels
        Label of each pair by key: ``group``, ``product``, ``partner``.
    values
        Whole dollars of each pair, by year; 0 where the pair has no row in a year that is held.
    quantities, units
        Quantity and number of the unit, by year; NaN and -1 where not known. Empty where none are held.
    unit_names
        Name of each unit.
    held
        Whether the pair's partner is held, by year.
    """

    flow: str
    product: IntArray
    partner: IntArray
    labels: dict[str, Labels]
    values: dict[int, IntArray]
    quantities: dict[int, FloatArray]
    units: dict[int, IntArray]
    unit_names: tuple[str, ...]
    held: dict[int, BoolArray]

    def kept(self, years: Iterable[int]) -> BoolArray:
        """Pairs whose partner is held in all of these years."""
        kept = np.ones(self.product.size, dtype=np.bool_)
        for year in years:
            kept &= self.held[year]
        return kept

    def cells(self, start: int, end: int, kept: BoolArray) -> Cells:
        """The kept pairs in two years, for value decompositions."""
        return Cells(self.values[start][kept], self.values[end][kept], self.product[kept], self.partner[kept])

    def items(self, start: int, end: int, kept: BoolArray, apart: dict[int, BoolArray]) -> Items:
        """The kept pairs in two years with their quantities; ``apart`` are unit values set aside, by year."""
        size = int(kept.sum())
        if not self.quantities:
            unknown = np.zeros(size)
            quantities, same = (unknown, unknown), np.zeros(size, dtype=np.bool_)
        else:
            quantities = (self.quantities[start][kept], self.quantities[end][kept])
            same = (self.units[start] == self.units[end])[kept] & (self.units[start][kept] >= 0)
            same &= ~(apart[start] | apart[end])[kept]
        return Items(self.values[start][kept], self.values[end][kept], *quantities, same)

    def outliers(self, deviations: float) -> dict[int, BoolArray]:
        """Unit values that stand apart inside product x partner and unit, over every year that is read."""
        nothing = np.zeros(self.product.size, dtype=np.bool_)
        # In a series of fewer observations none stands apart.
        if not self.quantities or not deviations or len(self.values) < FEWEST_OBSERVATIONS:
            return dict.fromkeys(self.values, nothing)
        years = sorted(self.values)
        unit_value = np.concatenate([_unit_value(self, year) for year in years])
        pairs = np.arange(self.product.size)
        series = np.concatenate([pairs * len(self.unit_names) + self.units[year].clip(0) for year in years])
        _, codes = np.unique(series, return_inverse=True)
        found = outlying(unit_value, codes.astype(np.int64), deviations)
        return dict(zip(years, np.split(found, len(years)), strict=True))


def _unit_value(pairs: Pairs, year: int) -> FloatArray:
    quantity = pairs.quantities[year]
    known = (quantity > 0) & (pairs.units[year] >= 0)
    return np.divide(pairs.values[year], quantity, out=np.zeros(quantity.size), where=known)


def pairs_of(trade: Trade, flow: str, years: Sequence[int], families: dict[str, str] | None = None) -> Pairs:
    """Read one flow of several years into numbered pairs.

    Parameters
    ----------
    trade
        What is read.
    flow
        ``export`` or ``import``.
    years
        The years, all of them held.
    families
        Name of the family of each code that has one; codes of one family are one product.
    """
    found = trade.figures
    wanted = pc.and_(
        pc.equal(found["flow"], flow), pc.is_in(found["year"], pa.array(years, found["year"].type))
    )
    found = found.filter(wanted)
    value = found["value_usd"].to_numpy()
    group, groups = _codes(pc.fill_null(found["group"], NO_GROUP))
    product, products = _codes(found["product"])
    if families:
        heads = np.array([families.get(one, one) for one in products], dtype=object)
        products, moved = np.unique(heads.astype(str), return_inverse=True)
        products, product = products.astype(object), moved.astype(np.int64)[product]
    partner, partners = _codes(found["partner"])
    in_group = product * groups.size + group
    pair, place = np.unique(in_group * max(partners.size, 1) + partner, return_inverse=True)
    first = np.zeros(pair.size, dtype=np.int64)
    first[place] = np.arange(place.size)
    _, number = np.unique(in_group[first], return_inverse=True)
    year = found["year"].to_numpy()
    at = {one: year == one for one in years}
    held = {one: _partners_held(trade.held[flow, one], partner[first], partners) for one in years}
    numbers, units, names = _quantities(found, at, place, pair.size)
    return Pairs(
        flow,
        number.astype(np.int64),
        partner[first],
        {
            "group": groups[group[first]],
            "product": products[product[first]],
            "partner": partners[partner[first]],
        },
        {one: _placed(value[at[one]], place[at[one]], pair.size) for one in years},
        numbers,
        units,
        names,
        held,
    )


def _partners_held(known: frozenset[str] | None, of_pair: IntArray, partners: Labels) -> BoolArray:
    if known is None:
        return np.ones(of_pair.size, dtype=np.bool_)
    return np.array([label in known for label in partners], dtype=np.bool_)[of_pair]


def _placed(values: IntArray, place: IntArray, size: int) -> IntArray:
    array = np.zeros(size, dtype=np.int64)
    np.add.at(array, place, values)
    return array


def _quantities(
    found: pa.Table, at: dict[int, BoolArray], place: IntArray, size: int
) -> tuple[dict[int, FloatArray], dict[int, IntArray], tuple[str, ...]]:
    if "quantity" not in found.column_names:
        return {}, {}, ()
    amount = found["quantity"].to_numpy()
    code, names = _codes(pc.fill_null(found["unit"], ""))
    # A part without its quantity leaves the whole without one: the unit value would be too high.
    unknown = ~(amount > 0) | found["unit"].is_null().to_numpy()
    lacking = unknown & (found["value_usd"].to_numpy() > 0)
    quantities: dict[int, FloatArray] = {}
    units: dict[int, IntArray] = {}
    if unknown.all():
        return quantities, units, ()
    for year, rows in at.items():
        here = place[rows]
        total, bad = np.zeros(size), np.zeros(size, dtype=np.bool_)
        low, high = np.full(size, len(names), dtype=np.int64), np.full(size, -1, dtype=np.int64)
        np.add.at(total, here, np.where(unknown[rows], 0.0, amount[rows]))
        np.logical_or.at(bad, here, lacking[rows])
        np.minimum.at(low, here[~unknown[rows]], code[rows & ~unknown])
        np.maximum.at(high, here[~unknown[rows]], code[rows & ~unknown])
        usable = ~bad & (low == high)
        quantities[year] = np.where(usable, total, np.nan)
        units[year] = np.where(usable, high, -1)
    return quantities, units, tuple(str(name) for name in names)


def _codes(column: pa.ChunkedArray) -> tuple[IntArray, Labels]:
    """Number the texts of a column: the number of each row, and the text of each number."""
    coded = column.combine_chunks()
    if not pa.types.is_dictionary(coded.type):
        coded = coded.dictionary_encode()
    return coded.indices.to_numpy().astype(np.int64), coded.dictionary.to_numpy(zero_copy_only=False)
