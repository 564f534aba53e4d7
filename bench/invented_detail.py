"""Which detail rows could there be? Months of invented trade at full size, as ``ingest`` leaves them.

What is drawn is drawn once for a flow: which products are traded with which partners, how often, at which
size, and in which combinations of district, provision and origin. A month takes its rows from there at
another place, so that no two months are alike and writing them takes longer than inventing them. Keys are
unique, and few products, partners and districts make most of the rows, as in life.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa

from techbalance.sources.census_archive.rows import CODES, MEASURES, MODES, SYSTEMS
from tools.census_archives import Codes, official, sample

if TYPE_CHECKING:
    from numpy.typing import NDArray

VINTAGE: Final = dt.date(2026, 10, 31)
# Products times partners with imports in 2024: half of the 690,424 rows of 2024 and 2025.
PAIRS: Final = 345_000
# No partner trades in every product: China and Canada in three of four.
MOST_OF_A_PARTNER: Final = 0.75
# The largest partners by number of products; the others follow in a drawn order.
LARGEST: Final = ("5700", "1220", "4280", "2010", "4120", "5880", "4759", "4279", "5330", "5830", "5800")
PROVISIONS: Final = ("61", "10", "69", "18", "00", "19", "64", "79", "70", "17", "11", "62", "14", "13", "16")
SUBCODES: Final = ("0", "1", "2")
# Different combinations of district, provision and origin that rows of one product and partner may have.
COMBINATIONS: Final = {"import": 16_384, "export": 84}
MOST_ROWS_OF_A_PAIR: Final = {"import": 3_000, "export": 80}
# Sizes drawn once; every month reads them from another place.
POOL: Final = 1 << 22


@dataclass(frozen=True)
class Month:
    """One month of one flow that is to be invented."""

    flow: str
    year: int
    month: int
    rows: int
    modes: bool

    @property
    def period(self) -> str:
        """Year and month."""
        return f"{self.year}-{self.month:02d}"

    @property
    def source_id(self) -> str:
        """What stands for its archive."""
        return f"bench-{self.flow}-{self.period}"

    @property
    def place(self) -> int:
        """A number of its own, far from those of other months."""
        return (self.year * 12 + self.month) * 104_729


@dataclass(frozen=True)
class Template:
    """What all months of a flow share.

    Parameters
    ----------
    product, partner
        Number of the code, one per pair that is traded, in the order of archives.
    rate
        Rows a month, relative.
    chance
        Decides with the rate whether a pair has one row more in a month.
    start
        The first combination of a pair's rows.
    size
        Sixteenths of the usual value of a row.
    combinations
        By code of the flow, the numbers of its texts.
    texts
        By column, what the numbers stand for.
    values
        Usual values of rows, dollars.
    """

    product: NDArray[np.int32]
    partner: NDArray[np.int32]
    rate: NDArray[np.float64]
    chance: NDArray[np.float64]
    start: NDArray[np.int32]
    size: NDArray[np.int64]
    combinations: dict[str, NDArray[np.int32]]
    texts: dict[str, pa.Array]
    values: NDArray[np.int64]


def codes_of(flow: str) -> Codes:
    """The official lists where they are beside the checkout, else the sample."""
    folder = Path(__file__).resolve().parents[2] / "shared" / "data" / "codes"
    return official(flow, folder) if folder.is_dir() else sample(flow)


@lru_cache
def template(flow: str) -> Template:
    """Draw what all months of a flow share; the same on every machine."""
    draw = np.random.default_rng([7, flow == "import"])
    codes = codes_of(flow)
    pairs = _pairs(draw, len(codes.products), [row["cty_code"] for row in codes.countries])
    product, partner = np.divmod(pairs, len(codes.countries))
    count = len(pairs)
    kinds = COMBINATIONS[flow]
    return Template(
        product=product.astype(np.int32),
        partner=partner.astype(np.int32),
        rate=draw.lognormal(0.0, 1.6, count),
        chance=draw.random(count),
        start=(kinds * draw.random(count) ** 3).astype(np.int32),
        size=np.exp(draw.normal(3.0, 1.0, count)).astype(np.int64) + 1,
        combinations=_combinations(draw, flow, len(codes.districts), kinds),
        texts=_texts(flow, codes),
        values=np.exp(draw.normal(8.0, 2.0, POOL)).astype(np.int64) + 250,
    )


def _pairs(draw: np.random.Generator, products: int, partners: list[str]) -> NDArray[np.int64]:
    """Which products are traded with which partners, sorted."""
    order = [code for code in LARGEST if code in partners]
    order += list(draw.permutation([code for code in partners if code not in LARGEST]))
    weight = 1.0 / np.arange(2, len(order) + 2)
    most = MOST_OF_A_PARTNER * products
    low, high = 0.0, 1e9
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if np.minimum(middle * weight, most).sum() < PAIRS else (low, middle)
    number = np.minimum(low * weight, most).astype(np.int64)
    liked = draw.normal(0.0, 1.5, products)
    found = []
    for code, how_many in zip(order, number, strict=True):
        taken = np.argpartition(-(liked + draw.gumbel(size=products)), max(how_many - 1, 0))[:how_many]
        found.append(taken * len(partners) + partners.index(code))
    return np.sort(np.concatenate(found))


def _combinations(
    draw: np.random.Generator, flow: str, districts: int, count: int
) -> dict[str, NDArray[np.int32]]:
    """Different combinations of the codes beside product and partner, the usual ones first."""
    many = 40 * count
    first = _skewed(draw, districts, many)
    if flow == "export":
        drawn = np.stack([draw.random(many) < 0.2, first])
        names: tuple[str, ...] = ("df", "district")
    else:
        entry = np.where(draw.random(many) < 0.8, first, _skewed(draw, districts, many))
        codes = (_skewed(draw, len(SUBCODES), many), entry, first, _skewed(draw, len(PROVISIONS), many))
        drawn = np.stack(codes)
        names = ("cty_subco", "dist_entry", "dist_unlad", "rate_prov")
    _, places = np.unique(drawn, axis=1, return_index=True)
    kept = np.sort(places)[:count]
    return {name: row.astype(np.int32) for name, row in zip(names, drawn[:, kept], strict=True)}


def _skewed(draw: np.random.Generator, kinds: int, count: int) -> NDArray[np.int64]:
    """Numbers below ``kinds``, small ones more often."""
    return (kinds * draw.random(count) ** 2.5).astype(np.int64)


def _texts(flow: str, codes: Codes) -> dict[str, pa.Array]:
    districts = [row["district"] for row in codes.districts]
    texts = {
        "commodity": [row["commodity"] for row in codes.products],
        "cty_code": [row["cty_code"] for row in codes.countries],
        "group": [row["hitech"].zfill(2) for row in codes.products],
        "unit_1": [row["unit1"] or "X" for row in codes.products],
        "unit_2": [row["unit2"] for row in codes.products],
        "rate_prov": PROVISIONS,
        "cty_subco": SUBCODES,
    }
    texts |= dict.fromkeys(("dist_entry", "dist_unlad", "district"), districts)
    return {name: pa.array(some, pa.string()) for name, some in texts.items()}


# --- a month ----------------------------------------------------------------------------------------------


def detail(month: Month) -> pa.Table:
    """Invent the rows of a month: every column that an archive of the flow gives, in its order."""
    shared = template(month.flow)
    pair, nth = _rows_of_pairs(shared, month)
    count = len(pair)
    kinds = COMBINATIONS[month.flow]
    kind = (shared.start[pair] + nth + month.place % 7) % kinds
    if month.flow == "export":
        # As in its archives, domestic goods come first.
        order = np.argsort(shared.combinations["df"][kind], kind="stable")
        pair, kind = pair[order], kind[order]
    index = {name: of_kind[kind] for name, of_kind in shared.combinations.items()}
    index |= {"commodity": shared.product[pair], "cty_code": shared.partner[pair]}
    columns = {"flow": _same(month.flow, count), "system": _same(SYSTEMS[month.flow], count)}
    for code, name in CODES[month.flow].items():
        columns[name] = (
            pa.array(index[code] == 1) if code == "df" else _coded(index[code], shared.texts[code])
        )
    columns["period"] = _same(month.period, count)
    columns["year"] = pa.repeat(pa.scalar(month.year, pa.int16()), count)
    columns["month"] = pa.repeat(pa.scalar(month.month, pa.int8()), count)
    columns |= {name: pa.array(figures) for name, figures in _measures(shared, month, pair, index).items()}
    for name in ("unit_1", "unit_2", "group"):
        columns[name] = _of_product(index["commodity"], shared.texts[name])
    columns["match"] = _same("exact", count)
    columns["list_year"] = columns["year"]
    columns["vintage"] = pa.repeat(pa.scalar(VINTAGE), count)
    columns["source_id"] = _same(month.source_id, count)
    return pa.table(columns)


def _rows_of_pairs(shared: Template, month: Month) -> tuple[NDArray[np.intp], NDArray[np.int64]]:
    """The pair of each row, and which of the pair's rows it is."""
    most = MOST_ROWS_OF_A_PAIR[month.flow]
    expected = np.minimum(shared.rate * (month.rows / shared.rate.sum()), most)
    expected *= month.rows / expected.sum()
    rows = np.minimum((expected + np.roll(shared.chance, month.place)).astype(np.int64), most)
    pair = np.repeat(np.arange(len(rows)), rows)
    first = np.cumsum(rows) - rows
    return pair, np.arange(len(pair)) - first[pair]


def _measures(
    shared: Template, month: Month, pair: NDArray[np.intp], index: dict[str, NDArray[np.int32]]
) -> dict[str, NDArray[np.int64]]:
    """Figures that hang together: charges and quantities follow the value, duty the provision."""
    start = month.place % (POOL - len(pair))
    value = shared.values[start : start + len(pair)] * shared.size[pair] >> 4
    product = index["commodity"].astype(np.int64)
    price = product % 97 + 3
    found = {"cards": 1 + (value & 3), "air_val": np.where(value & 1, value, 0)}
    if month.flow == "export":
        found |= {"all_val": value, "qty_1": value // price, "qty_2": value // (price << 2)}
    else:
        charges = value * (product % 11 + 1) >> 7
        # Most goods are entered for consumption in the month in which they arrive.
        consumed = np.where(value & 15, value, 0)
        dutiable = np.where(index["rate_prov"] >= 2, consumed, 0)
        share = consumed * (product % 11 + 1) >> 7
        found |= {"gen_val": value, "gen_cif": value + charges, "gen_cha": charges}
        found |= {"con_val": consumed, "con_cif": consumed + share, "con_cha": share}
        for kind, what in (("gen", value), ("con", consumed)):
            found |= {f"{kind}_qy1": what // price, f"{kind}_qy2": what // (price << 2)}
        found |= {"dut_val": dutiable, "cal_dut": dutiable * (product % 25) // 100}
    sea = value - found["air_val"]
    found |= {"ves_val": sea, "cnt_val": sea - (sea >> 2)}
    for mode in ("air", "ves", "cnt"):
        moved = found[f"{mode}_val"]
        found |= {f"{mode}_wgt": moved // price, f"{mode}_cha": moved >> 6}
    return {
        name: found[code]
        for code, name in MEASURES.items()
        if code in found and (month.modes or not code.startswith(MODES))
    }


def _coded(index: NDArray[np.int32], texts: pa.Array) -> pa.DictionaryArray:
    return pa.DictionaryArray.from_arrays(index, texts)


def _of_product(product: NDArray[np.int32], texts: pa.Array) -> pa.DictionaryArray:
    encoded = texts.dictionary_encode()
    return _coded(encoded.indices.to_numpy()[product], encoded.dictionary)


def _same(text: str, count: int) -> pa.DictionaryArray:
    return _coded(np.zeros(count, np.int32), pa.array([text]))
