"""Which tables does the record hold, and what exactly are their columns?

The only place where columns are declared: the builder writes by it, the tests compare the shipped files with
it, and the provenance files print its units.
"""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa

TEXT, INT8, INT16, INT32, INT64 = pa.string(), pa.int8(), pa.int16(), pa.int32(), pa.int64()
DATE, REAL = pa.date32(), pa.float64()
DOLLARS = "US dollars, nominal"


@dataclass(frozen=True)
class Column:
    """One column: its Arrow type, its unit in words (empty for codes and names), whether it may be null."""

    name: str
    type: pa.DataType
    unit: str = ""
    nullable: bool = False


@dataclass(frozen=True)
class TableSpec:
    """One table: its columns in order, and the columns that together identify a row."""

    name: str
    grain: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]

    @property
    def schema(self) -> pa.Schema:
        """The Arrow schema, nullability included."""
        return pa.schema([pa.field(c.name, c.type, nullable=c.nullable) for c in self.columns])


def _usd(name: str) -> Column:
    return Column(name, INT64, DOLLARS)


PERIOD, YEAR = Column("period", TEXT, "year or year-month"), Column("year", INT16, "year")
FREQ, MONTHS = Column("freq", TEXT, "month, ytd or year"), Column("months", INT8, "months summed")
VINTAGE, SOURCE_ID = Column("vintage", DATE, "day on which the figure was current"), Column("source_id", TEXT)
FROM_YEAR = Column("from_year", INT16, "first year; null: before the record begins", nullable=True)
TO_YEAR = Column("to_year", INT16, "last year; null: open", nullable=True)

HEADLINE = TableSpec(
    "headline",
    "one published total per series, partner, group, flow, seasonal treatment, period and vintage",
    ("series", "partner", "group", "flow", "seasonal", "period", "freq", "vintage"),
    (
        Column("series", TEXT),
        Column("partner", TEXT),
        Column("group", TEXT),
        Column("flow", TEXT),
        Column("seasonal", TEXT),
        PERIOD,
        YEAR,
        Column("month", INT8, "month of the year; null for a sum of months", nullable=True),
        FREQ,
        MONTHS,
        _usd("value_usd"),
        Column("printed_unit_usd", INT64, "US dollars: the step to which the figure was printed"),
        Column("print_kind", TEXT),
        Column("confidence", TEXT),
        VINTAGE,
        SOURCE_ID,
    ),
)

TRADE = TableSpec(
    "trade",
    "one product, partner and year of imports that are, or may be, advanced technology",
    ("reporter", "flow", "system", "product", "partner", "period", "freq", "vintage"),
    (
        Column("reporter", TEXT),
        Column("flow", TEXT),
        Column("system", TEXT),
        Column("product", TEXT),
        Column("partner", TEXT),
        PERIOD,
        YEAR,
        FREQ,
        MONTHS,
        _usd("general_usd"),
        _usd("consumption_usd"),
        _usd("dutiable_usd"),
        _usd("duty_usd"),
        Column("group", TEXT),
        Column("match", TEXT),
        Column("list_year", INT16, "year"),
        VINTAGE,
        SOURCE_ID,
    ),
)

TRADE_OUTSIDE_LIST = TableSpec(
    "trade_outside_list",
    "all imports classified as not advanced technology, summed by partner, year and match",
    ("reporter", "flow", "partner", "period", "match", "vintage"),
    (
        Column("reporter", TEXT),
        Column("flow", TEXT),
        Column("partner", TEXT),
        PERIOD,
        YEAR,
        Column("match", TEXT),
        Column("products", INT32, "ten-digit codes counted"),
        _usd("general_usd"),
        _usd("consumption_usd"),
        _usd("dutiable_usd"),
        _usd("duty_usd"),
        Column("list_year", INT16, "year"),
        VINTAGE,
        SOURCE_ID,
    ),
)

MEMBERSHIP = TableSpec(
    "membership",
    "one code of one list year and flow, with its group (00: on the code list, not advanced technology)",
    ("list_id", "year", "flow", "system", "code"),
    (
        Column("list_id", TEXT),
        YEAR,
        Column("flow", TEXT),
        Column("system", TEXT),
        Column("code", TEXT),
        Column("group", TEXT),
        SOURCE_ID,
    ),
)

PRODUCTS = TableSpec(
    "products",
    "one product code with its short official text",
    ("system", "code"),
    (Column("system", TEXT), Column("code", TEXT), Column("name", TEXT), Column("name_from", TEXT)),
)

PARTNERS = TableSpec(
    "partners",
    "one code of a publisher's partner list",
    ("code_system", "code"),
    (
        Column("code_system", TEXT),
        Column("code", TEXT),
        Column("iso3", TEXT, nullable=True),
        Column("name", TEXT),
        Column("kind", TEXT),
        FROM_YEAR,
        TO_YEAR,
    ),
)

AREAS = TableSpec(
    "areas",
    "one partner code within one area, with the years of membership",
    ("area", "code", "from_year"),
    (
        Column("area", TEXT),
        Column("area_name", TEXT),
        Column("iso3", TEXT),
        Column("code", TEXT),
        FROM_YEAR,
        TO_YEAR,
        Column("source", TEXT),
    ),
)

GROUPS = TableSpec(
    "groups",
    "one technology group",
    ("code",),
    (Column("code", TEXT), Column("name", TEXT), Column("short_name", TEXT)),
)

CALENDAR = TableSpec(
    "calendar",
    "one month",
    ("year", "month"),
    (YEAR, Column("month", INT8, "month of the year")),
)


def _ip(name: str, grain: str) -> TableSpec:
    return TableSpec(
        name,
        grain,
        ("country", "flow", "period", "vintage"),
        (
            Column("country", TEXT),
            Column("country_name", TEXT),
            Column("flow", TEXT),
            PERIOD,
            YEAR,
            _usd("value_usd"),
            VINTAGE,
            SOURCE_ID,
        ),
    )


IP_CHARGES = _ip(
    "ip_charges", "charges for the use of intellectual property: one country, flow, year and vintage"
)
IP_CHARGES_AREAS = _ip("ip_charges_areas", "the same for the publisher's overlapping aggregates")

MACRO = TableSpec(
    "macro",
    "one series, country, year and vintage",
    ("series", "country", "period", "vintage"),
    (
        Column("series", TEXT),
        Column("country", TEXT),
        PERIOD,
        YEAR,
        Column("value", REAL, "see unit"),
        Column("unit", TEXT),
        VINTAGE,
        SOURCE_ID,
    ),
)

TABLES: dict[str, TableSpec] = {
    spec.name: spec
    for spec in (
        HEADLINE,
        TRADE,
        TRADE_OUTSIDE_LIST,
        MEMBERSHIP,
        PRODUCTS,
        PARTNERS,
        AREAS,
        GROUPS,
        CALENDAR,
        IP_CHARGES,
        IP_CHARGES_AREAS,
        MACRO,
    )
}
