"""Which keys trade in a year, and how much in each month? Seeded; popular products and partners lead.

The keys of a year are fixed. A key is idle in some months: then its record carries the year to date only, and
before its first month it has no record, as in the official archives.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from techbalance.sources.census_archive.layouts import layout

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from .codes import Codes

    Ints = NDArray[np.int64]

LARGEST_MONTH = 8 * 10**13  # twelve of them still fit the fifteen digits of a field
TARIFF_PROGRAMMES = ("00", "01", "18", "27")
RATE_PROVISIONS = ("10", "11", "61", "64", "69")
NO_UNIT = ("", "X")


@dataclass(frozen=True)
class Keys:
    """Distinct keys of a year in the order of an archive; every column an index into its code list."""

    flow: str
    codes: Codes
    columns: dict[str, Ints]
    typical: NDArray[np.float64]
    mode: Ints

    def __len__(self) -> int:
        return len(self.typical)


def keys(flow: str, codes: Codes, rows: int, seed: int) -> Keys:
    """Draw the keys of a year: ``rows`` of them, or as many as the codes allow."""
    rng = np.random.default_rng([seed, 1])
    sizes = _sizes(flow, codes)
    wanted = min(rows, int(np.prod([float(size) for size in sizes.values()]) // 2) + 1)
    packed = np.empty(0, dtype=np.int64)
    while len(packed) < wanted:
        drawn = np.zeros(wanted * 2 + 64, dtype=np.int64)
        for size in sizes.values():
            drawn = drawn * size + _popular(rng, size, len(drawn))
        packed = np.unique(np.concatenate([packed, drawn]))
    packed = np.sort(rng.choice(packed, wanted, replace=False))
    columns = {}
    rest = packed
    for name, size in reversed(sizes.items()):
        rest, columns[name] = np.divmod(rest, size)
    typical = np.exp(rng.normal(10.0, 2.4, wanted))
    mode = rng.integers(0, 3, wanted)
    return Keys(flow=flow, codes=codes, columns=columns, typical=typical, mode=mode)


def _sizes(flow: str, codes: Codes) -> dict[str, int]:
    products, countries = len(codes.products), len(codes.countries)
    districts = len(codes.districts)
    if flow == "export":
        return {"df": 2, "commodity": products, "cty_code": countries, "district": districts}
    return {
        "commodity": products,
        "cty_code": countries,
        "cty_subco": len(TARIFF_PROGRAMMES),
        "dist_entry": districts,
        "dist_unlad": districts,
        "rate_prov": len(RATE_PROVISIONS),
    }


def _popular(rng: np.random.Generator, size: int, count: int) -> Ints:
    """Indexes whose frequency falls with a power of the rank; ranks are spread over the list."""
    ranks = np.minimum((size * rng.random(count) ** 2.5).astype(np.int64), size - 1)
    return np.random.default_rng(size).permutation(size)[ranks]


def month_values(of: Keys, seed: int, month: int, idle: float) -> Ints:
    """Figures of one month, one row per key and one column per measure of the layout; idle keys are zero."""
    rng = np.random.default_rng([seed, 2, month])
    value = np.exp(np.log(of.typical) + rng.normal(0.0, 0.4, len(of)))
    value = np.minimum(value, LARGEST_MONTH / 2).astype(np.int64) + 1
    value[rng.random(len(of)) < idle] = 0
    weight = value // rng.integers(2, 60, len(of))
    figures = {"cards": np.minimum(value // 20_000 + (value > 0), 9_999)}
    _by_mode(figures, of.mode, value, weight)
    first, second = (
        np.array([row[unit] not in NO_UNIT for row in of.codes.products])[of.columns["commodity"]]
        for unit in ("unit1", "unit2")
    )
    quantity = value // rng.integers(1, 900, len(of)) + (value > 0)
    if of.flow == "export":
        figures |= {"all_val": value, "qty_1": quantity * first, "qty_2": weight * second}
    else:
        _import_concepts(figures, rng, value, quantity * first, weight * second)
        for mode in ("air", "ves", "cnt"):
            figures[f"{mode}_cha"] = np.minimum(figures["gen_cha"], figures[f"{mode}_val"])
    measures = layout("IMP_DETL" if of.flow == "import" else "EXP_DETL").measures
    return np.stack([figures[name] for name in measures], axis=1)


def _by_mode(figures: dict[str, Ints], mode: Ints, value: Ints, weight: Ints) -> None:
    """By air, by vessel (half of it in containers), or by land, where no mode is given."""
    for name, chosen, part in (("air", mode == 0, 1), ("ves", mode == 1, 1), ("cnt", mode == 1, 2)):
        figures[f"{name}_val"] = value * chosen // part
        figures[f"{name}_wgt"] = weight * chosen // part


def _import_concepts(
    figures: dict[str, Ints], rng: np.random.Generator, value: Ints, first: Ints, second: Ints
) -> None:
    """General imports, imports for consumption (some goods stay in bonded warehouses), duty and charges."""
    entered = np.where(rng.random(len(value)) < 0.9, value, value // 2)
    dutiable = np.where(rng.random(len(value)) < 0.4, entered, 0)
    charges = value // rng.integers(15, 90, len(value))
    entered_charges = np.minimum(charges, entered)
    figures |= {
        "gen_val": value,
        "gen_cha": charges,
        "gen_cif": value + charges,
        "gen_qy1": first,
        "gen_qy2": second,
        "con_val": entered,
        "con_cha": entered_charges,
        "con_cif": entered + entered_charges,
        "con_qy1": np.where(entered < value, first // 2, first),
        "con_qy2": np.where(entered < value, second // 2, second),
        "dut_val": dutiable,
        "cal_dut": dutiable // 20,
    }
