"""What do the detail files of the discs of 1989 to 2008 hold? dBase tables, every byte accounted for.

The discs were not read by us: byte widths and names of fields are those the file itself declares in its head,
so nothing about the layout is assumed but which field is which, and a file without the fields that are needed
is refused with the names it has.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa

from techbalance.errors import SchemaError, shortened

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

# dBase III, IV and FoxPro without memo files; the low three bits are the version.
VERSIONS: Final = frozenset((0x02, 0x03, 0x04, 0x05, 0x30, 0x31, 0x43, 0x63))
HEAD, FIELD = 32, 32
END_OF_FIELDS, END_OF_FILE = 0x0D, 0x1A
KEPT, DELETED = 0x20, 0x2A
TYPES: Final = "CNF"
ROWS_PER_READ: Final = 200_000
# What each flow's field may be called; dBase allows ten letters.
NAMES: Final[dict[str, dict[str, tuple[str, ...]]]] = {
    "import": {
        "product": ("COMMODITY", "HTSUSA", "HS10"),
        "partner": ("CTY_CODE", "COUNTRY", "CTY"),
        "year": ("STAT_YEAR", "YEAR"),
        "month": ("STAT_MONTH", "MONTH"),
        "general_usd": ("GEN_VAL_MO", "GEN_VAL"),
        "consumption_usd": ("CON_VAL_MO", "CON_VAL"),
        "dutiable_usd": ("DUT_VAL_MO", "DUT_VAL"),
        "duty_usd": ("CAL_DUT_MO", "CAL_DUT"),
    },
    "export": {
        "product": ("COMMODITY", "SCHEDULE_B", "HS10"),
        "partner": ("CTY_CODE", "COUNTRY", "CTY"),
        "year": ("STAT_YEAR", "YEAR"),
        "month": ("STAT_MONTH", "MONTH"),
        "export_usd": ("ALL_VAL_MO", "ALL_VAL", "VALUE_MO"),
    },
}
NEEDED: Final = ("product", "partner", "year", "month")
FIRST: Final = {"import": "general_usd", "export": "export_usd"}
KEYS: Final = ("period", "partner", "product")


@dataclass(frozen=True, slots=True)
class Field:
    """One declared field: its name, type (C, N or F), width and decimals in bytes."""

    name: str
    kind: str
    width: int
    decimals: int


@dataclass(frozen=True, slots=True)
class Table:
    """The head of a dBase table."""

    fields: tuple[Field, ...]
    records: int
    head_bytes: int
    record_bytes: int


def read_head(file: BinaryIO, name: str) -> Table:
    """Read and check the head of a file, and that the file is as long as it says.

    Raises
    ------
    SchemaError
        It is no dBase table, is cut or longer than declared, or has a field of another kind.
    """
    head = file.read(HEAD)
    if len(head) < HEAD or head[0] not in VERSIONS:
        raise SchemaError("the file is no dBase table", where=name)
    records, head_bytes, record_bytes = struct.unpack_from("<IHH", head, 4)
    described = file.read(max(head_bytes - HEAD, 0))
    end = described.find(bytes([END_OF_FIELDS]))
    # The mark may stand in a width byte too: it ends the fields only where one would begin.
    while end >= 0 and end % FIELD:
        end = described.find(bytes([END_OF_FIELDS]), end + 1)
    if end < 0:
        raise SchemaError("the list of fields has no end", where=f"{name}, head of {head_bytes} bytes")
    fields = tuple(_field(described[at : at + FIELD], name) for at in range(0, end, FIELD))
    if 1 + sum(field.width for field in fields) != record_bytes:
        widths = 1 + sum(field.width for field in fields)
        raise SchemaError(f"fields of {widths} bytes in records of {record_bytes}", where=name)
    size = file.seek(0, 2)
    whole = head_bytes + records * record_bytes
    file.seek(head_bytes)
    if size not in (whole, whole + 1):
        raise SchemaError(
            f"the file has {size:,} bytes where {records:,} records need {whole:,}",
            where=name,
            remedy="Copy it from the disc again; nothing of it was taken in",
        )
    return Table(fields, records, head_bytes, record_bytes)


def _field(described: bytes, name: str) -> Field:
    called = described[:11].split(b"\0", 1)[0].decode("ascii", "replace").strip().upper()
    kind, width, decimals = chr(described[11]), described[16], described[17]
    if kind not in TYPES or not width:
        raise SchemaError(f"the field {called} is of kind {kind!r}, {width} bytes wide", where=name)
    return Field(called, kind, width, decimals)


def read_detail(file: BinaryIO, name: str) -> pa.Table:
    """Read a detail file, summed over everything but product, partner and month.

    Parameters
    ----------
    file
        ``imp_detl.dbf`` or ``exp_detl.dbf``.
    name
        Its name: it begins with ``imp`` or ``exp``.

    Returns
    -------
    pyarrow.Table
        ``source``, ``flow``, ``freq``, ``period`` (``1996-07``), ``partner`` (Census code), ``product`` (ten
        digits) and the values of the flow, whole dollars: one row per period, partner and product.

    Raises
    ------
    SchemaError
        The file is not what its head says, or a value not what its field holds; with record, byte and value.
    """
    flow = {"imp": "import", "exp": "export"}.get(name.lower()[:3])
    if flow is None:
        raise SchemaError(
            "the name does not say whether these are imports or exports",
            where=name,
            remedy="Call it imp_detl.dbf or exp_detl.dbf, as on the disc",
        )
    table = read_head(file, name)
    places = _places(table, flow, name)
    parts = [_sums(batch, places) for batch in _batches(file, table, places, name)]
    if not parts:
        raise SchemaError("the file holds no records", where=name)
    rows = _sums(pa.concat_tables(parts), places)
    count = rows.num_rows
    for column, text in (("freq", "month"), ("flow", flow), ("source", "census-discs")):
        rows = rows.add_column(0, column, pa.repeat(pa.scalar(text), count))
    return rows.sort_by([(key, "ascending") for key in KEYS])


def _places(table: Table, flow: str, name: str) -> dict[str, Field]:
    known = {field.name: field for field in table.fields}
    found = {}
    for ours, names in NAMES[flow].items():
        held = [known[one] for one in names if one in known]
        if held:
            found[ours] = held[0]
        elif ours in NEEDED or ours == FIRST[flow]:
            raise SchemaError(
                f"no field is called {' or '.join(names)}",
                where=f"{name}: {', '.join(known)}",
                remedy="Tell the maintainers what the fields of this disc are called",
            )
    return found


def _batches(file: BinaryIO, table: Table, places: dict[str, Field], name: str) -> Iterator[pa.Table]:
    kind = np.dtype([("mark", "u1"), *((field.name, f"S{field.width}") for field in table.fields)])
    done = 0
    while done < table.records:
        count = min(ROWS_PER_READ, table.records - done)
        data = file.read(count * table.record_bytes)
        records = np.frombuffer(data, kind, count)
        odd = np.flatnonzero((records["mark"] != KEPT) & (records["mark"] != DELETED))
        if odd.size:
            at = done + int(odd[0])
            byte = table.head_bytes + at * table.record_bytes
            raise SchemaError(
                "a record does not begin where it should", where=f"{name}, record {at + 1}, byte {byte}"
            )
        kept = np.flatnonzero(records["mark"] == KEPT)
        yield _typed(records[kept], places, _Where(name, table, done, kept))
        done += count


@dataclass(frozen=True, slots=True)
class _Where:
    name: str
    table: Table
    first: int
    kept: np.ndarray[Any, Any]

    def refuse(self, what: str, row: int, field: Field, value: object) -> SchemaError:
        record = self.first + int(self.kept[row])
        offset = 1
        for one in self.table.fields:
            if one is field:
                break
            offset += one.width
        byte = self.table.head_bytes + record * self.table.record_bytes + offset
        where = f"{self.name}, record {record + 1}, byte {byte}, {field.name}: {shortened(value)}"
        return SchemaError(what, where=where, remedy="Nothing of the file was taken in")


def _typed(records: np.ndarray[Any, Any], places: dict[str, Field], where: _Where) -> pa.Table:
    texts = {
        ours: _digits(records[field.name], field, width, where)
        for ours, width in (("product", 10), ("partner", 4))
        for field in (places[ours],)
    }
    year = _numbers(records[places["year"].name], places["year"], where)
    month = _numbers(records[places["month"].name], places["month"], where)
    # Years of two digits are of the last century, but for those of the discs after 1999.
    year = np.where(year < 70, year + 2000, np.where(year < 100, year + 1900, year))
    for values, field, low, high in ((year, places["year"], 1989, 2099), (month, places["month"], 1, 12)):
        bad = np.flatnonzero((values < low) | (values > high))
        if bad.size:
            raise where.refuse("a value outside its range", int(bad[0]), field, int(values[bad[0]]))
    period = np.char.add(np.char.add(year.astype("U4"), "-"), np.char.zfill(month.astype("U2"), 2))
    columns = {"period": pa.array(period.tolist(), pa.string())}
    columns |= {ours: pa.array(values.tolist(), pa.string()) for ours, values in texts.items()}
    for ours, field in places.items():
        if ours.endswith("_usd"):
            columns[ours] = pa.array(_numbers(records[field.name], field, where))
    return pa.table(columns)


def _digits(values: np.ndarray[Any, Any], field: Field, width: int, where: _Where) -> np.ndarray[Any, Any]:
    texts = np.char.strip(np.char.decode(values, "latin-1"))
    # A numeric field has lost the leading zeros.
    texts = np.char.zfill(texts, width) if field.kind != "C" else texts
    bad = np.flatnonzero(~(np.char.isdigit(texts) & (np.char.str_len(texts) == width)))
    if bad.size:
        raise where.refuse(f"no code of {width} digits", int(bad[0]), field, str(texts[bad[0]]))
    return texts


def _numbers(
    values: np.ndarray[Any, Any], field: Field, where: _Where
) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Whole numbers at or above zero; a blank one is refused, since it is no zero."""
    texts = np.char.strip(np.char.decode(values, "latin-1"))
    if field.decimals:
        whole, _, fraction = np.char.partition(texts, ".").T
        zero = np.char.strip(fraction, "0") == ""
        texts = np.where(zero, whole, texts)
    bad = np.flatnonzero(~np.char.isdigit(texts))
    if bad.size:
        raise where.refuse("no whole amount", int(bad[0]), field, str(texts[bad[0]]))
    return texts.astype(np.int64)


def _sums(rows: pa.Table, places: dict[str, Field]) -> pa.Table:
    values = [ours for ours in places if ours.endswith("_usd")]
    summed = rows.group_by(list(KEYS)).aggregate([(value, "sum") for value in values])
    return summed.select([*KEYS, *(f"{value}_sum" for value in values)]).rename_columns([*KEYS, *values])
