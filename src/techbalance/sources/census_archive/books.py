"""Which codes does an archive know, what does its detail add up to, and is that what its controls say?

Sums are kept by product, partner and district while the detail passes. A sum that grows past what fifteen
digits can hold is kept at that bound: no control can equal it, so a wrong total never comes round to a right
one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from techbalance.errors import CheckError, SchemaError
from techbalance.sources.census_archive.explain import contradicted
from techbalance.sources.census_archive.layouts import layout

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

    from techbalance.sources.census_archive.layouts import Layout

    Ints = NDArray[np.int64]

UNKNOWN: Final = -1
# One more than fifteen digits can say.
BOUND: Final = 10**15
# Digits of a partner code are read as code & 15, so a wrong byte still points into the table.
COUNTRY_SLOTS: Final = 15 * 1111 + 1
DISTRICT_SLOTS: Final = 1 << 16
# Different tariff programmes, or rate provisions, in one archive; there are some thirty.
MOST_CODES: Final = 1024


@dataclass(frozen=True)
class Grouping:
    """One control file, and the running sums of the detail that belong to it.

    ``key`` are the detail's fields that make a group; ``columns`` the detail's measures it controls, for the
    month and the year to date; ``expected`` its figures by group, ``present`` the groups it has a row for.
    """

    control: str
    key: tuple[str, ...]
    columns: tuple[int, ...]
    expected: Ints
    present: NDArray[np.bool_]
    sums: Ints
    records: Ints


# Fields of two bytes without a look-up, numbered as they come.
NUMBERED: Final = ("cty_subco", "rate_prov")
# Domestic and foreign exports.
KINDS: Final = ["1", "2"]


class Books:
    """Codes, running sums and keys of one archive.

    Parameters
    ----------
    detail
        Layout of the detail.
    lists
        CONCORD, COUNTRY and DISTRICT as tables.
    controls
        The control files as tables.
    places
        Archive and member of each control, for messages.

    Raises
    ------
    RecordError
        A control has a code that no look-up knows.
    SchemaError
        The look-ups are larger than any list of codes.
    """

    def __init__(
        self,
        detail: Layout,
        lists: dict[str, pa.Table],
        controls: dict[str, pa.Table],
        places: dict[str, str],
    ) -> None:
        self.detail, self.places = detail, places
        concord = lists["CONCORD"].sort_by("commodity")
        self.products: list[str] = concord.column("commodity").to_pylist()
        self.groups: list[str] = concord.column("hitech").to_pylist()
        self.units = (concord.column("unit_qy1").to_pylist(), concord.column("unit_qy2").to_pylist())
        self.countries: list[str] = sorted(lists["COUNTRY"].column("cty_code").to_pylist())
        self.districts: list[str] = sorted(lists["DISTRICT"].column("code").to_pylist())
        self.product_numbers = np.array([int(code) for code in self.products], dtype=np.int64)
        self.country_index = np.full(COUNTRY_SLOTS, UNKNOWN, dtype=np.int32)
        self.country_index[[int(code) for code in self.countries]] = np.arange(len(self.countries))
        self.district_index = np.full(DISTRICT_SLOTS, UNKNOWN, dtype=np.int32)
        self.district_index[[slot(code) for code in self.districts]] = np.arange(len(self.districts))
        # Tariff programmes and rate provisions have no look-up: they are numbered as they come.
        self.code_index = np.full((2, DISTRICT_SLOTS), UNKNOWN, dtype=np.int32)
        self.codes_seen = np.zeros(2, dtype=np.int64)
        self.groupings = tuple(self._grouping(name, table) for name, table in controls.items())
        sizes = [len(self.products), len(self.countries), len(self.districts) ** 2, MOST_CODES**2, 2]
        if np.prod([float(size) for size in sizes]) > 2.0**62:
            raise SchemaError(
                "the look-ups of the archive are larger than any list of codes",
                where=f"{len(self.products):,} products, {len(self.countries):,} partners",
            )

    def numbered(self, which: int) -> list[str]:
        """The tariff programmes (0) or rate provisions (1) seen so far, in the order of their numbers."""
        table = self.code_index[which]
        slots = np.flatnonzero(table != UNKNOWN)
        ordered = slots[np.argsort(table[slots])]
        return [bytes((value & 0xFF, value >> 8)).decode("ascii").rstrip(" ") for value in ordered.tolist()]

    def known(self, name: str) -> list[str] | None:
        """The codes a field of the detail may hold, in the order of their numbers; None without a look-up."""
        if name in NUMBERED:
            return None
        lists = {"df": KINDS, "commodity": self.products, "cty_code": self.countries}
        return lists.get(name, self.districts)

    def code(self, name: str, index: int) -> str:
        """The code of a number."""
        known = self.known(name)
        return (self.numbered(NUMBERED.index(name)) if known is None else known)[index]

    def _grouping(self, control: str, table: pa.Table) -> Grouping:
        keys = _KEYS[control]
        positions = np.zeros(table.num_rows, dtype=np.int64)
        size = 1
        for own, name in keys:
            codes = self.known(name) or []
            index = {code: number for number, code in enumerate(codes)}
            found = [index.get(code, UNKNOWN) for code in table.column(own).to_pylist()]
            if UNKNOWN in found:
                row = found.index(UNKNOWN)
                code = str(table.column(own)[row].as_py())
                at = (self.places[control], row + 1)
                raise contradicted(layout(control), own, code, at, "no look-up of the archive knows the code")
            positions, size = positions * len(codes) + np.array(found, dtype=np.int64), size * len(codes)
        measures = [name.removesuffix("_mo") for name in table.column_names if name.endswith("_mo")]
        own_columns = [self.detail.measures.index(name) for name in measures]
        count = len(self.detail.measures)
        columns = (*own_columns, *(count + column for column in own_columns))
        expected = np.zeros((size, len(columns)), dtype=np.int64)
        names = [f"{name}_{span}" for span in ("mo", "yr") for name in measures]
        for column, name in enumerate(names):
            expected[positions, column] = table.column(name).to_numpy()
        present = np.zeros(size, dtype=np.bool_)
        present[positions] = True
        return Grouping(
            control=control,
            key=tuple(name for _, name in keys),
            columns=columns,
            expected=expected,
            present=present,
            sums=np.zeros((size, 2 * count), dtype=np.int64),
            records=np.zeros(size, dtype=np.int64),
        )

    def check(self, place: str) -> None:
        """Hold the sums of the detail against every control.

        Raises
        ------
        CheckError
            A group has detail and no control, or a sum differs: the first one, with both figures.
        """
        for one in self.groupings:
            lacking = np.flatnonzero((one.records > 0) & ~one.present)
            if len(lacking):
                first = int(lacking[0])
                what = f"{int(one.records[first]):,} records of {self._group(one, first)}"
                raise CheckError(
                    f"the detail has {what}, {one.control} has none",
                    where=place,
                    remedy="Fetch the archive again",
                )
            differs = one.sums[:, one.columns] != one.expected
            if differs.any():
                where, which = np.nonzero(differs)
                group, column = int(where[0]), int(which[0])
                measure, count = one.columns[column], len(self.detail.measures)
                field = f"{self.detail.measures[measure % count]}_{'mo' if measure < count else 'yr'}"
                total = int(one.sums[group, measure])
                shown = f"{total:,}" if total < BOUND else "more than fifteen digits"
                raise CheckError(
                    f"the detail adds up to {shown}, {one.control} says {int(one.expected[group, column]):,}",
                    where=f"{place}, {self._group(one, group)}, field {field}",
                    remedy="Fetch the archive again",
                )

    def _group(self, one: Grouping, group: int) -> str:
        words = []
        for name in reversed(one.key):
            group, index = divmod(group, len(self.known(name) or []))
            words.append(f"{name} {self.code(name, index)}")
        return ", ".join(reversed(words))


def slot(code: str) -> int:
    """Where a code of two bytes stands in a table of all of them."""
    first, second = code.encode("ascii").ljust(2)[:2]
    return first | second << 8


# Key fields of each control, as (its own name, the detail's name).
_KEYS: Final[dict[str, tuple[tuple[str, str], ...]]] = {
    "IMP_COMM": (("commodity", "commodity"),),
    "IMP_CTY": (("cty_code", "cty_code"),),
    "IMP_DE": (("dist", "dist_entry"),),
    "IMP_DU": (("dist", "dist_unlad"),),
    "EXP_COMM": (("df", "df"), ("commodity", "commodity")),
    "EXP_CTY": (("cty_code", "cty_code"),),
    "EXP_DIST": (("district", "district"),),
}
