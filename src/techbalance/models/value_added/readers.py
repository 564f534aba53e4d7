"""How do the bytes of a published table become a balanced one?

Readers take bytes and open no path. Publishers change their layout with each release, so whatever is not
exactly as described here is refused, with the row or column named.
"""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa
import pyarrow.csv as arrow_csv

from techbalance.errors import SchemaError
from techbalance.models.value_added.balance import TABLE_LIMIT, PublishedTable, balance_table
from techbalance.models.value_added.table import Array, InterCountryTable, Sector, sectors_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

NPZ_ARRAYS: Final = ("inter", "final", "output", "countries", "industries")
# OECD tables, editions 2016 to 2025: what the columns and rows beside the industries are called.
FINAL_USES: Final = frozenset(
    {"HFCE", "NPISH", "NPS", "GGFC", "GFCF", "INVNT", "INV", "DPABR", "DIRP", "P33", "FD", "DISC"}
)
OUTPUT_COLUMNS: Final = frozenset({"OUT", "TOTAL"})
OUTPUT_ROWS: Final = frozenset({"OUT", "OUTPUT"})
VALUE_ADDED_ROWS: Final = frozenset({"VA", "VALU"})
TAX_ROW: Final = re.compile(r"^(TLS|TAXSUB|[A-Z0-9]{3}_TAXSUB)$")
COUNTRY_LABEL: Final = re.compile(r"^([A-Z0-9]{3})_(.+)$")
# The extended tables split producers of two countries; the parts share the country's final demand.
PARTS_OF: Final = {"CN1": "CHN", "CN2": "CHN", "MX1": "MEX", "MX2": "MEX", "MX3": "MEX"}


def read_wiod_npz(data: bytes, *, name: str, unit: str = "million US dollars") -> InterCountryTable:
    """Read a table kept as NumPy arrays: ``inter``, ``final``, ``output``, ``countries``, ``industries``.

    Parameters
    ----------
    data
        Bytes of an ``.npz`` file; rows and columns country by country, final demand one column a country.
    name, unit
        What answers call the table and its unit.

    Returns
    -------
    InterCountryTable
        Balanced. Arrays of integers are taken as rounded to one unit, floats as not rounded.

    Raises
    ------
    SchemaError
        Not such a file, or an array is missing.
    ModelInputError
        The table does not add up; the row is named.
    """
    try:
        with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
            held = {key: arrays[key] for key in arrays.files}
    except (ValueError, OSError, EOFError, zipfile.BadZipFile) as error:
        raise SchemaError(
            "these bytes are not a NumPy archive of plain arrays", where=name, remedy="Give an .npz file"
        ) from error
    if missing := [key for key in NPZ_ARRAYS if key not in held]:
        raise SchemaError(
            f"the archive lacks {', '.join(missing)}",
            where=f"{name}, holds {', '.join(sorted(held))}",
            remedy=f"An archive needs {', '.join(NPZ_ARRAYS)}",
        )
    whole = all(np.issubdtype(held[key].dtype, np.integer) for key in ("inter", "final", "output"))
    return balance_table(
        PublishedTable(
            name=name,
            unit=unit,
            sectors=sectors_of(
                [str(country) for country in held["countries"]],
                [str(industry) for industry in held["industries"]],
            ),
            intermediate=held["inter"],
            final=held["final"],
            output=held["output"],
            printed_unit=1.0 if whole else 0.0,
        )
    )


def read_oecd_csv(data: bytes, *, name: str, printed_unit: float = 0.0) -> InterCountryTable:
    """Read one year of the OECD inter-country input-output tables in the publisher's CSV layout.

    Parameters
    ----------
    data
        Bytes of the CSV: one header line; rows ``AUS_01T02`` and so on, then taxes (``TLS`` or
        ``AUS_TAXSUB``), value added (``VA`` or ``VALU``) and output (``OUT`` or ``OUTPUT``); columns the same
        industries in the same order, then final uses ``AUS_HFCE`` and so on, then the total (``OUT`` or
        ``TOTAL``). Million US dollars.
    name
        What answers call the table, for example ``OECD ICIO 2023, year 2018``.
    printed_unit
        Last printed digit of the file, if it was rounded.

    Returns
    -------
    InterCountryTable
        Balanced. In the extended tables the parts of China (``CN1``, ``CN2``) and Mexico (``MX1``, ``MX2``)
        stay apart as variants of the country's industries, which is the split of processing trade.

    Raises
    ------
    SchemaError
        The layout is another: a row or column of an unknown kind, rows and columns in different order, a
        cell that is not a number, a total that is missing or does not add up.
    ModelInputError
        The table does not add up; the row is named.
    """
    sheet = _read_sheet(data, name)
    sheet.refuse_other_layouts()
    producers = sheet.producers()
    rows = np.asarray([sheet.row_places[label] for label in producers])
    columns = np.asarray([sheet.column_places[label] for label in producers])
    total = next(place for label, place in sheet.column_places.items() if label in OUTPUT_COLUMNS)
    sectors = [_sector(label) for label in producers]
    countries = list(dict.fromkeys(sector.country for sector in sectors))
    sold = sheet.cells[rows]
    if np.isnan(sold).any():
        place = int(np.argwhere(np.isnan(sold))[0][0])
        raise SchemaError("a cell is empty", where=f"{name}, row {producers[place]}")
    sheet.refuse_open_columns(columns)
    # A stable sort by country brings the parts of a split country together.
    order = np.argsort([countries.index(sector.country) for sector in sectors], kind="stable")
    return balance_table(
        PublishedTable(
            name=name,
            unit="million US dollars",
            sectors=[sectors[place] for place in order],
            intermediate=sold[order][:, columns[order]],
            final=sheet.final_demand(sold[order], countries),
            output=sold[order, total],
            printed_unit=printed_unit,
        )
    )


@dataclass(frozen=True, eq=False)
class _Sheet:
    """Cells of a CSV under their row and column labels; an empty cell is NaN."""

    name: str
    row_places: dict[str, int]
    column_places: dict[str, int]
    cells: Array

    def producers(self) -> list[str]:
        """Give the labels of producing industries, without the empty rows of a country that is split."""
        labels = [label for label in self.row_places if _is_producer(label)]
        split = {PARTS_OF[label[:3]] for label in labels if label[:3] in PARTS_OF}
        kept = []
        for label in labels:
            if label[:3] not in split:
                kept.append(label)
            elif self.cells[self.row_places[label]].any() or self.cells[:, self.column_places[label]].any():
                raise SchemaError(
                    f"{label} holds figures although {label[:3]} is given in parts",
                    where=f"{self.name}, row {label}",
                    remedy="Read either the regular or the extended table",
                )
        return kept

    def refuse_other_layouts(self) -> None:
        """Refuse rows and columns that this reader does not know, or that do not match each other."""
        for label in self.column_places:
            if not (_is_producer(label) or _is_final(label) or label in OUTPUT_COLUMNS):
                self._refuse(f"column {label!r} is neither an industry, a final use nor the total")
        for label in self.row_places:
            known = label in OUTPUT_ROWS | VALUE_ADDED_ROWS or TAX_ROW.match(label)
            if not (_is_producer(label) or known):
                self._refuse(f"row {label!r} is neither an industry, taxes, value added nor output")
        sellers = [label for label in self.row_places if _is_producer(label)]
        buyers = [label for label in self.column_places if _is_producer(label)]
        if sellers != buyers:
            odd = next((pair for pair in zip(sellers, buyers, strict=False) if pair[0] != pair[1]), None)
            told = (
                f"row {odd[0]} meets column {odd[1]}"
                if odd
                else f"{len(sellers)} rows, {len(buyers)} columns"
            )
            self._refuse(f"industries of rows and columns differ: {told}")
        if not sellers:
            self._refuse("no row is named like AUS_01T02")
        self._refuse_unless_one(OUTPUT_COLUMNS, self.column_places, "column of totals")
        self._refuse_unless_one(VALUE_ADDED_ROWS, self.row_places, "row of value added")
        self._refuse_unless_one(OUTPUT_ROWS, self.row_places, "row of output")

    def final_demand(self, sold: Array, countries: list[str]) -> Array:
        """Add the final uses of each country, sectors x countries."""
        final = np.zeros((len(sold), len(countries)))
        met = set()
        for label, place in self.column_places.items():
            if not _is_final(label):
                continue
            country = PARTS_OF.get(label[:3], label[:3])
            if country not in countries:
                self._refuse(f"column {label!r} is final demand of a country without industries")
            final[:, countries.index(country)] += sold[:, place]
            met.add(country)
        if missing := [country for country in countries if country not in met]:
            self._refuse(f"{missing[0]} has industries but no final demand")
        return final

    def refuse_open_columns(self, columns: NDArray[np.intp]) -> None:
        """Refuse a table whose columns, with taxes and value added, do not make output."""
        output = next(place for label, place in self.row_places.items() if label in OUTPUT_ROWS)
        inputs = [place for label, place in self.row_places.items() if label not in OUTPUT_ROWS]
        made = self.cells[inputs][:, columns].sum(axis=0)
        printed = self.cells[output, columns]
        error = np.abs(made - printed)
        if not float(error.sum()) <= TABLE_LIMIT * float(np.abs(printed).sum()):
            worst = list(self.column_places)[columns[np.nan_to_num(error, nan=np.inf).argmax()]]
            self._refuse(
                f"inputs, taxes and value added do not make the output of column {worst}, "
                f"nor of all columns within {TABLE_LIMIT:.1%}"
            )

    def _refuse_unless_one(self, names: frozenset[str], labels: Iterable[str], what: str) -> None:
        if len(found := names.intersection(labels)) != 1:
            self._refuse(f"{len(found)} names for the {what}, one of {', '.join(sorted(names))} is needed")

    def _refuse(self, what: str) -> None:
        raise SchemaError(
            what,
            where=self.name,
            remedy="The layout changes with each edition; this reader knows those of 2016 to 2025",
        )


def _read_sheet(data: bytes, name: str) -> _Sheet:
    header = data[: data.find(b"\n") + 1].decode("utf-8-sig", errors="replace").strip()
    columns = [label.strip().strip('"') for label in header.split(",")]
    if len(columns) < 3 or len(set(columns)) < len(columns):
        twice = next((label for label in columns if columns.count(label) > 1), "")
        raise SchemaError(
            f"column {twice!r} occurs twice" if twice else "the first line is no header of a table",
            where=name,
            remedy="Give the CSV as published, with commas and one header line",
        )
    kinds = {columns[0]: pa.string(), **dict.fromkeys(columns[1:], pa.float64())}
    try:
        sheet = arrow_csv.read_csv(
            pa.BufferReader(data),
            # One row of a world table is some 40 kB: small blocks would cut it into thousands of pieces.
            read_options=arrow_csv.ReadOptions(column_names=columns, skip_rows=1, block_size=1 << 25),
            convert_options=arrow_csv.ConvertOptions(column_types=kinds),
        )
    except pa.ArrowInvalid as error:
        raise SchemaError(f"the CSV cannot be read: {error}", where=name) from error
    rows = [str(label) for label in sheet.column(0).to_pylist()]
    if len(set(rows)) < len(rows):
        twice = next(label for label in rows if rows.count(label) > 1)
        raise SchemaError(f"row {twice!r} occurs twice", where=name)
    cells = np.empty((sheet.num_rows, len(columns) - 1))
    for place in range(1, len(columns)):
        cells[:, place - 1] = sheet.column(place).to_numpy()
    return _Sheet(
        name=name,
        row_places={label: place for place, label in enumerate(rows)},
        column_places={label: place for place, label in enumerate(columns[1:])},
        cells=cells,
    )


def _is_final(label: str) -> bool:
    match = COUNTRY_LABEL.match(label)
    return bool(match) and label[4:] in FINAL_USES


def _is_producer(label: str) -> bool:
    return bool(COUNTRY_LABEL.match(label)) and not _is_final(label) and not TAX_ROW.match(label)


def _sector(label: str) -> Sector:
    country, industry = label[:3], label[4:]
    if country in PARTS_OF:
        return Sector(PARTS_OF[country], industry, country)
    return Sector(country, industry)
