"""What do rows of ``trade_detail`` look like? Their columns, and how a batch of numbers gets its names.

Codes travel as dictionaries: a code is written once for each batch and pointed to by number.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa

if TYPE_CHECKING:
    import datetime as dt

    from numpy.typing import NDArray

    from techbalance.sources.census_archive.books import Books
    from techbalance.sources.census_archive.detail import Rows

# Column of trade_detail, by the name of the code or the measure in the layouts.
CODES: Final = {
    "import": {
        "commodity": "product",
        "cty_code": "partner",
        "cty_subco": "subcode",
        "dist_entry": "district_entry",
        "dist_unlad": "district_unlading",
        "rate_prov": "rate_provision",
    },
    "export": {"df": "foreign", "commodity": "product", "cty_code": "partner", "district": "district_export"},
}
MEASURES: Final = {
    "cards": "cards",
    "gen_val": "general_usd",
    "gen_cif": "general_cif_usd",
    "gen_cha": "general_charges_usd",
    "gen_qy1": "general_qty_1",
    "gen_qy2": "general_qty_2",
    "con_val": "consumption_usd",
    "con_cif": "consumption_cif_usd",
    "con_cha": "consumption_charges_usd",
    "con_qy1": "consumption_qty_1",
    "con_qy2": "consumption_qty_2",
    "dut_val": "dutiable_usd",
    "cal_dut": "duty_usd",
    "all_val": "export_usd",
    "qty_1": "export_qty_1",
    "qty_2": "export_qty_2",
    "air_val": "air_usd",
    "air_wgt": "air_kg",
    "air_cha": "air_charges_usd",
    "ves_val": "vessel_usd",
    "ves_wgt": "vessel_kg",
    "ves_cha": "vessel_charges_usd",
    "cnt_val": "container_usd",
    "cnt_wgt": "container_kg",
    "cnt_cha": "container_charges_usd",
}
MODES: Final = ("air_", "ves_", "cnt_")
SYSTEMS: Final = {"import": "HTS", "export": "SCHEDULE_B"}


class Naming:
    """Give the rows of one archive their names.

    Parameters
    ----------
    books
        Codes of the archive.
    flow, period
        Of the archive; the period is year and month.
    modes
        Whether to keep what came by air, by vessel and in containers.
    stamp
        Columns that are the same in every row: ``vintage`` (a date), ``source_id``.
    """

    def __init__(
        self,
        books: Books,
        flow: str,
        period: tuple[int, int],
        *,
        modes: bool,
        stamp: dict[str, dt.date | str],
    ) -> None:
        year, month = period
        self.books, self.flow = books, flow
        self.measures = [
            (number, MEASURES[name])
            for number, name in enumerate(books.detail.measures)
            if modes or not name.startswith(MODES)
        ]
        self.fixed: dict[str, pa.Scalar] = {
            "flow": pa.scalar(flow),
            "system": pa.scalar(SYSTEMS[flow]),
            "period": pa.scalar(f"{year}-{month:02d}"),
            "year": pa.scalar(year, pa.int16()),
            "month": pa.scalar(month, pa.int8()),
            "match": pa.scalar("exact"),
            "list_year": pa.scalar(year, pa.int16()),
            **{name: pa.scalar(value) for name, value in stamp.items()},
        }
        self.products = pa.array(books.products)
        self.groups, self.group_of = _distinct(books.groups)
        self.units = [_distinct(units) for units in books.units]

    def batch(self, rows: Rows) -> pa.RecordBatch:
        """Make a batch of ``trade_detail``."""
        count = rows.codes.shape[1]
        index = dict(zip(rows.names, rows.codes, strict=True))
        columns = {name: _constant(self.fixed[name], count) for name in ("flow", "system")}
        for code, name in CODES[self.flow].items():
            columns[name] = self._codes(code, index[code], rows)
        columns |= {name: _constant(self.fixed[name], count) for name in ("period", "year", "month")}
        columns |= {name: pa.array(rows.values[number]) for number, name in self.measures}
        product = index["commodity"]
        for name, (texts, of_product) in zip(("unit_1", "unit_2"), self.units, strict=True):
            columns[name] = pa.DictionaryArray.from_arrays(of_product[product], texts)
        columns["group"] = pa.DictionaryArray.from_arrays(self.group_of[product], self.groups)
        rest = [name for name in self.fixed if name not in columns]
        columns |= {name: _constant(self.fixed[name], count) for name in rest}
        return pa.record_batch(columns)

    def _codes(self, code: str, index: NDArray[np.int32], rows: Rows) -> pa.Array:
        if code == "df":
            return pa.array(index == 1)
        if code == "commodity":
            # Archives are in the order of products, so a batch holds a stretch of the list.
            first, last = (int(index.min()), int(index.max())) if len(index) else (0, 0)
            return pa.DictionaryArray.from_arrays(index - first, self.products.slice(first, last - first + 1))
        seen = {"cty_subco": rows.subcodes, "rate_prov": rows.provisions}
        known = seen[code] if code in seen else self.books.known(code)
        return pa.DictionaryArray.from_arrays(index, pa.array(known, pa.string()))


def _distinct(texts: list[str]) -> tuple[pa.Array, NDArray[np.int32]]:
    """Distinct texts, and which of them each one is."""
    encoded = pa.array(texts, pa.string()).dictionary_encode()
    return encoded.dictionary, encoded.indices.to_numpy().astype(np.int32)


def _constant(value: pa.Scalar, count: int) -> pa.Array:
    if pa.types.is_string(value.type):
        indexes = pa.array(np.zeros(count, dtype=np.int32))
        return pa.DictionaryArray.from_arrays(indexes, pa.array([value.as_py()]))
    return pa.repeat(value, count)
