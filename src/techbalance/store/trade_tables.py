"""How is a table of trade that a user brings opened, whatever its shape? As one form, nothing counted twice.

Four shapes are told apart by their columns: this program's own (``exporter``, ``importer``), one without
buyers (``country``), UN Comtrade's, and CEPII's BACI. All become rows of year, exporter, importer, product.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import duckdb
import ibis

from techbalance.errors import NotCoveredError, SchemaError, StoreError, UnknownCodeError
from techbalance.store import reading

if TYPE_CHECKING:
    from ibis import Table
    from ibis.expr.types import StringValue

    from techbalance.store.catalogue import Store

FLOWS: Final = ("year", "exporter", "importer", "product", "value_usd")
SELLERS: Final = ("year", "country", "product", "value_usd")
COMTRADE: Final = ("ref_year", "reporter_iso", "partner_iso", "flow_code", "cmd_code", "primary_value")
BACI: Final = ("t", "i", "j", "k", "v")
SHAPES: Final = {"flows": FLOWS, "sellers": SELLERS, "comtrade": COMTRADE, "baci": BACI}
# How publishers call the sum of all partners.
WORLD_LABELS: Final = ("W00", "WLD", "WORLD", "World", "0")
# Comtrade splits its totals further where asked to; the totals of these splits have these codes.
WHOLE: Final = {"mot_code": "0", "customs_code": "C00", "partner2_code": "0"}
SIDES: Final = {"X": "export", "M": "import"}
TYPED: Final = {"year": "int64", "value_usd": "float64", "quantity": "float64"}
HS6: Final = 6


@dataclass(frozen=True)
class TradeTable:
    """Trade in one form.

    Parameters
    ----------
    rows
        One row per flow or finer: ``year``, ``exporter``, ``importer`` (null where buyers are not told),
        ``product`` (text), ``value_usd`` (double, >= 0), ``quantity`` and ``unit`` (null where not known),
        ``side`` (``export`` or ``import``: who reports it; null where it is one or the other or both),
        ``edition`` (of the codes; null where not told).
    shape
        Which of ``SHAPES``.
    name, digest
        File name, and first digits of its SHA-256.
    digits
        Length of the product codes; 0 where they differ and are no numbers.
    notes
        What was left out, and why.
    """

    rows: Table
    shape: str
    name: str
    digest: str
    digits: int
    notes: tuple[str, ...]

    @property
    def origin(self) -> str:
        """The file in a few words."""
        return f"From {self.name}, SHA-256 {self.digest}"


def open_trade_table(store: Store, name: str, *, country_codes: str | None = None) -> TradeTable:
    """Open a Parquet or CSV file of trade in any of the shapes.

    Parameters
    ----------
    store
        Whose engine reads it.
    name
        ``.parquet``, ``.csv`` or ``.csv.gz``.
    country_codes
        For BACI: the file of country codes that comes with it; one beside the data is found by itself.

    Raises
    ------
    NotCoveredError
        There is no such file.
    SchemaError
        It cannot be read, has none of the shapes, holds what is not a number where one is needed, a negative
        value, a row twice word for word, or numeric codes of several lengths (totals beside their parts).
    """
    path = Path(name)
    if not path.is_file():
        raise NotCoveredError(
            f"there is no table of trade {name!r}",
            remedy=f"Name a Parquet or CSV file with {', '.join(FLOWS)}",
        )
    reading.said(path)
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()[:16]
    try:
        raw = _raw(store, path)
        shape, named = _shape(raw, name)
        rows = _one_form(store, named, shape, path, country_codes)
        facts = _facts(store, rows)
        _refuse_unsound(facts, name, shape)
        return _without_totals(rows, facts, shape, (path.name, digest))
    except duckdb.Error as wrong:
        first = str(wrong).splitlines()[0]
        raise SchemaError("the table of trade cannot be read", where=f"{name}: {first}") from wrong


def _raw(store: Store, path: Path) -> Table:
    view = "trade_table_" + hashlib.sha256(str(path.resolve()).encode()).hexdigest()[:12]
    if path.suffix == ".parquet":
        try:
            return store.engine.parquet([path], view)
        except StoreError as wrong:
            raise SchemaError("the table of trade cannot be read", where=wrong.where) from wrong
    if path.name.endswith((".csv", ".csv.gz")):
        return store.engine.text(path, view)
    raise SchemaError("a table of trade is a Parquet or a CSV file", where=str(path))


def _shape(raw: Table, name: str) -> tuple[str, Table]:
    """Tell the shape by the columns, written in lower case with underscores (``refYear`` is ``ref_year``)."""
    spelt = {column: re.sub(r"(?<=[a-z])(?=[A-Z])", "_", column).lower() for column in raw.columns}
    # Comtrade's reporterISO would become reporter_iso; partner2Code becomes partner2_code.
    if len(set(spelt.values())) < len(spelt):
        raise SchemaError("two columns of the table have one name", where=f"{name}: {', '.join(raw.columns)}")
    named = raw.rename({new: old for old, new in spelt.items()})
    for shape, needed in SHAPES.items():
        if set(needed) <= set(named.columns):
            return shape, named
    for column in ("reporter", "exporter"):
        if column in named.columns and {"year", "product", "value_usd"} <= set(named.columns):
            return "sellers", named.rename({"country": column})
    nearest = max(SHAPES, key=lambda one: len(set(SHAPES[one]) & set(named.columns)))
    missing = next(column for column in SHAPES[nearest] if column not in named.columns)
    near = UnknownCodeError.among("column", missing, raw.columns)
    raise SchemaError(
        f"the table lacks the column {missing!r}",
        where=f"{name}, has {', '.join(raw.columns)}",
        remedy=near.remedy or f"Shapes: {'; '.join(', '.join(one) for one in SHAPES.values())}",
    )


def _one_form(store: Store, named: Table, shape: str, path: Path, country_codes: str | None) -> Table:
    def text(column: str) -> StringValue:
        return named[column].cast("string") if column in named.columns else ibis.null("string")

    def own(*, importer: str) -> Table:
        return named.select(
            year=named.year,
            exporter=text("exporter" if shape == "flows" else "country"),
            importer=text(importer),
            product=text("product"),
            value_usd=named.value_usd,
            quantity=text("quantity"),
            unit=text("unit"),
            side=text("flow").lower() if "flow" in named.columns else ibis.null("string"),
            edition=text("edition"),
        )

    if shape in ("flows", "sellers"):
        # A table of sellers says nothing of buyers, even where a column happens to be called so.
        return own(importer="importer" if shape == "flows" else "-")
    if shape == "comtrade":
        return _comtrade(named)
    codes = _country_codes(store, path, country_codes)
    rows = named.select(
        year=named.t,
        exporter=text("i"),
        importer=text("j"),
        product=text("k").strip().lpad(HS6, "0"),
        # BACI is in thousands of dollars and in tonnes.
        value_usd=named.v.try_cast("float64") * 1000,
        quantity=text("q").strip().try_cast("float64"),
        unit=ibis.literal("t"),
        side=ibis.null("string"),
        edition=ibis.null("string"),
    )
    return rows if codes is None else _labelled(rows, codes)


def _comtrade(named: Table) -> Table:
    rows = named
    for column, whole in WHOLE.items():
        if column in rows.columns:
            rows = rows.filter(rows[column].cast("string") == whole)
    rows = rows.filter(rows.flow_code.isin(list(SIDES)))
    sold = rows.flow_code == "X"
    unit = rows.qty_unit_abbr.nullif("N/A") if "qty_unit_abbr" in rows.columns else ibis.null("string")
    quantity = rows.qty.cast("string") if "qty" in rows.columns else ibis.null("string")
    edition = (
        rows.classification_code.cast("string")
        if "classification_code" in rows.columns
        else ibis.null("string")
    )
    return rows.select(
        year=rows.ref_year,
        exporter=ibis.ifelse(sold, rows.reporter_iso, rows.partner_iso),
        importer=ibis.ifelse(sold, rows.partner_iso, rows.reporter_iso),
        product=rows.cmd_code.cast("string"),
        value_usd=rows.primary_value,
        quantity=ibis.ifelse(unit.isnull(), ibis.null("string"), quantity),
        unit=unit,
        side=ibis.ifelse(sold, "export", "import"),
        edition=edition,
    )


def _country_codes(store: Store, path: Path, given: str | None) -> Table | None:
    found = [Path(given)] if given else sorted(path.parent.glob("country_codes*.csv"))
    if given and not found[0].is_file():
        raise NotCoveredError(f"there is no file of country codes {given!r}", remedy="Check the name")
    if not found:
        return None
    reading.said(found[-1])
    raw = store.engine.text(found[-1], "trade_table_countries")
    named = {column.lower(): column for column in raw.columns}
    iso = named.get("country_iso3") or named.get("iso_3digit_alpha")
    if iso is None or "country_code" not in named:
        raise SchemaError(
            "the file of country codes needs the columns country_code and country_iso3", where=str(found[-1])
        )
    codes = raw.select(code=raw[named["country_code"]], iso3=raw[iso])
    return codes.filter(codes.iso3.notnull(), codes.iso3 != "N/A")


def _labelled(rows: Table, codes: Table) -> Table:
    """Put ISO3 codes in place of the numbers; a number the file lacks stays, so that no flow is lost."""
    for side in ("exporter", "importer"):
        found = codes.select(_code="code", _iso3="iso3")
        joined = rows.left_join(found, rows[side] == found._code)
        rows = joined.mutate(**{side: ibis.coalesce(joined._iso3, joined[side])}).select(*rows.columns)
    return rows


def _facts(store: Store, rows: Table) -> dict[str, Any]:
    """Everything that has to be known of the rows, in one reading of the file."""
    value = rows.value_usd.try_cast("float64")
    code = rows["product"]
    numeric = code.re_search(r"^[0-9]+$")
    bad = {
        "year": rows.year.try_cast("int64").isnull(),
        "exporter": rows.exporter.isnull() | (rows.exporter == ""),
        "product": code.isnull() | (code == ""),
        "value_usd": value.isnull() | value.isnan() | value.isinf(),
    }
    flags = rows.mutate(
        **{f"_{column}": test for column, test in bad.items()},
        _negative=value < 0,
        _length=ibis.ifelse(numeric, code.length(), 0),
        _sold_by_world=rows.exporter.isin(WORLD_LABELS),
        _bought_by_world=rows.importer.isin(WORLD_LABELS),
    )
    (found,) = store.fetch_rows(
        flags.aggregate(
            rows=flags.count(),
            different=rows.distinct().count().as_scalar(),
            negative=flags._negative.sum(),
            lengths=flags._length.collect(distinct=True),
            exporter_world=flags._sold_by_world.any(),
            importer_world=flags._bought_by_world.any(),
            **{column: flags[f"_{column}"].sum() for column in bad},
        )
    )
    return {**found, "lengths": sorted(int(length) for length in found["lengths"] or ())}


def _refuse_unsound(found: dict[str, Any], name: str, shape: str) -> None:
    """Refuse the whole table where a figure cannot be read, is negative, or stands there twice."""
    if not found["rows"]:
        raise SchemaError("the table of trade has no rows", where=name)
    for column in ("year", "exporter", "product", "value_usd"):
        if found[column]:
            raise SchemaError(
                f"{found[column]:,} rows have no {column} that can be read",
                where=f"{name}, column {column}",
                remedy="Leave unknown flows out; a missing row is unknown, a zero is a 0",
            )
    if found["negative"]:
        raise SchemaError(
            f"{found['negative']:,} rows have a value below zero", where=f"{name}, column value_usd"
        )
    if found["different"] < found["rows"]:
        raise SchemaError(
            f"{found['rows'] - found['different']:,} rows stand there twice, word for word",
            where=name,
            remedy="Keep one of each, or everything in them is counted twice",
        )
    lengths = found["lengths"]
    if shape != "comtrade" and len(lengths) > 1 and 0 not in lengths:
        raise SchemaError(
            f"product codes have {', '.join(map(str, lengths))} digits: totals stand beside their parts",
            where=name,
            remedy="Keep one level; or, if leading zeros were lost, write codes as text",
        )


def _without_totals(rows: Table, facts: dict[str, Any], shape: str, file: tuple[str, str]) -> TradeTable:
    """Type the columns, and drop sums that stand beside their parts."""
    typed = rows.mutate(**{column: rows[column].try_cast(kind) for column, kind in TYPED.items()})
    typed = typed.mutate(quantity=typed.quantity.nullif(0.0))
    notes = []
    lengths = facts["lengths"]
    if shape == "comtrade" and len(lengths) > 1:
        code = typed["product"]
        typed = typed.filter(code.re_search(r"^[0-9]+$"), code.length() == lengths[-1])
        notes.append(f"Codes of {lengths[-1]} digits; rows of shorter codes are sums of them, left out.")
    for side, other in (("importer", "exporter"), ("exporter", "importer")):
        if not facts[f"{side}_world"]:
            continue
        is_world = typed[side].isin(WORLD_LABELS)
        if side == "exporter" and shape != "comtrade":
            typed = typed.filter(~is_world)
        else:
            whole = ibis.window(group_by=["year", other, "side"])
            has_parts = (~is_world.fill_null(False)).any().over(whole)
            marked = typed.mutate(_beside=is_world.fill_null(False) & has_parts)
            typed = marked.filter(~marked._beside).drop("_beside")
        notes.append("Rows of the world stand beside those of partners; where both do, they are left out.")
    # What is no number has no level; of Comtrade only the longest codes are left.
    digits = lengths[-1] if shape == "comtrade" or 0 not in lengths else 0
    return TradeTable(typed, shape, file[0], file[1], digits, tuple(dict.fromkeys(notes)))
