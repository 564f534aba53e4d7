"""What do countries receive and pay for ideas, and whose value is in exports? The OECD's SDMX interface.

An answer is a message of generic data (SDMX-ML 2.1); sdmx1 reads it, from bytes that the one client got.
Every observation says by its dimensions what it is about: what was not asked is left out where the publisher
was seen to send the totals above a code along with it, and refused everywhere else.

Charges go to ``macro`` under names of their own and never to ``ip_charges``: that table holds one figure for
a country, flow, year and day, and it is the World Bank's.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa

from techbalance.errors import CheckError, ParameterError, QuestionError, SchemaError, shortened
from techbalance.sources.adapter import Parsed, Part, Whole
from techbalance.sources.comtrade.reporters import REPORTERS
from techbalance.sources.oecd.messages import Figure, figures

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from techbalance.sources.adapter import Delivered, Request
    from techbalance.sources.declaration import Declaration

# Generic data name their dimensions in the answer itself; the publisher's other form needs a second call.
ACCEPT: Final = "application/vnd.sdmx.genericdata+xml;version=2.1"
DOLLARS: Final = "US dollars, nominal"
# Powers of ten a figure may be printed in: units, thousands, millions, billions.
MULTIPLIERS: Final = frozenset({"0", "3", "6", "9"})
UNIT_MULTIPLIER: Final = "UNIT_MULT"
STATUS: Final = "OBS_STATUS"
NORMAL: Final = "A"
COUNTRY: Final = "REF_AREA"
PERIOD: Final = "TIME_PERIOD"
# Most strangers named in a note.
MOST_NAMED: Final = 12
_YEAR: Final = re.compile(r"(19|20)\d\d")
SCHEMA: Final = pa.schema(
    [
        ("series", pa.string()),
        ("country", pa.string()),
        ("period", pa.string()),
        ("year", pa.int16()),
        ("value", pa.float64()),
        ("unit", pa.string()),
    ]
)


@dataclass(frozen=True)
class Flow:
    """One data flow: what is asked of it, and how its codes become series.

    Parameters
    ----------
    key
        Dimensions in the order of the address, with the code asked for; empty for all codes.
    fixed
        What every figure must say, also where all codes were asked.
    above
        Dimensions in which the publisher sends the totals above a code along with it.
    series
        Name by the codes of the dimensions in ``named``.
    named
        Dimensions that name a series.
    """

    key: tuple[tuple[str, str], ...]
    fixed: Mapping[str, str]
    above: frozenset[str]
    named: tuple[str, ...]
    series: Mapping[tuple[str, ...], str]


# Code of charges for the use of intellectual property in EBOPS 2010, credits and debits, with the world.
CHARGES: Final = Flow(
    key=(
        (COUNTRY, ""),
        ("COUNTERPART_AREA", "W"),
        ("MEASURE", "SH"),
        ("ACCOUNTING_ENTRY", "C+D"),
        ("FS_ENTRY", ""),
        ("FREQ", "A"),
        ("UNIT_MEASURE", "USD_EXC"),
        ("ADJUSTMENT", ""),
    ),
    fixed={
        "COUNTERPART_AREA": "W",
        "FS_ENTRY": "T",
        "FREQ": "A",
        "UNIT_MEASURE": "USD_EXC",
        "ADJUSTMENT": "N",
    },
    above=frozenset({"MEASURE"}),
    named=("MEASURE", "ACCOUNTING_ENTRY"),
    series={("SH", "C"): "oecd_ip_receipts_usd", ("SH", "D"): "oecd_ip_payments_usd"},
)
# Indicator of trade in value added -> series; all industries, and computers and electronics (ISIC 26).
MEASURES: Final = {
    "EXGR": "tiva_gross_exports",
    "EXGR_DVA": "tiva_domestic_va_in_exports",
    "EXGR_FVA": "tiva_foreign_va_in_exports",
    "FFD_DVA": "tiva_domestic_va_in_foreign_demand",
    "DFD_FVA": "tiva_foreign_va_in_domestic_demand",
}
INDUSTRIES: Final = {"_T": "usd", "C26": "c26_usd"}


def _value_added(measure: str) -> Flow:
    return Flow(
        key=(
            ("MEASURE", measure),
            (COUNTRY, ""),
            ("ACTIVITY", "+".join(INDUSTRIES)),
            ("COUNTERPART_AREA", "W"),
            ("UNIT_MEASURE", "USD"),
            ("FREQ", "A"),
        ),
        fixed={"COUNTERPART_AREA": "W", "UNIT_MEASURE": "USD", "FREQ": "A"},
        above=frozenset({"MEASURE", "ACTIVITY"}),
        named=("MEASURE", "ACTIVITY"),
        series={(measure, code): f"{MEASURES[measure]}_{end}" for code, end in INDUSTRIES.items()},
    )


IP: Final = "ip"
TIVA: Final = "tiva"
FLOWS: Final = {IP: {IP: CHARGES}, TIVA: {f"{TIVA}-{code}": _value_added(code) for code in MEASURES}}


class Oecd(Whole):
    """Adapter of ``oecd``."""

    id = "oecd"
    options = frozenset({"series"})
    hands_over = False

    def locate(self, request: Request, declaration: Declaration) -> Sequence[Part]:
        """One call for the charges, and one for each indicator of trade in value added."""
        wanted, span = _wanted(request), _span(request)
        if find_spec("sdmx") is None:
            raise QuestionError(
                "the OECD's answers are read by sdmx1, which is not installed",
                where="optional extra oecd",
                remedy="Install it with: pip install 'techbalance[oecd]'",
            )
        addresses = {IP: declaration.address} | declaration.addresses
        return [
            Part(
                name=name,
                address=addresses[group] + ".".join(code for _, code in flow.key),
                form="xml",
                query=span,
                headers=(("Accept", ACCEPT),),
                batch=group,
                facts={"group": group, **dict(span)},
            )
            for group in wanted
            for name, flow in FLOWS[group].items()
        ]

    def parse(self, delivered: Delivered) -> Parsed:
        """Make rows of ``macro``; figures of areas that are no countries, and empty ones, have no row."""
        part = delivered.part
        flow = FLOWS[part.facts["group"]][part.name]
        delivered.file.seek(0)
        reading = _Reading(flow, part)
        rows = sorted(
            reading.rows(figures(delivered.file.read(), part.name)),
            key=lambda row: (row["series"], row["country"], row["year"]),
        )
        missing = set(flow.series.values()) - {row["series"] for row in rows}
        if missing:
            raise SchemaError(
                f"the answer holds no figure of {min(missing)}",
                where=part.name,
                remedy="Its codes may have changed; compare with the publisher's page",
            )
        if part.name == IP:
            _check_signs(rows, part.name)
        return Parsed({"macro": pa.Table.from_pylist(rows, schema=SCHEMA)}, reading.notes())


class _Reading:
    """Figures of one answer on their way to rows, and what was seen of others."""

    def __init__(self, flow: Flow, part: Part) -> None:
        self.flow, self.part = flow, part
        self.dimensions = {name for name, _ in flow.key} | {PERIOD}
        self.areas: set[str] = set()
        self.totals: set[str] = set()
        self.statuses: Counter[str] = Counter()

    def rows(self, found: Iterator[Figure]) -> Iterator[dict[str, Any]]:
        """Rows, one by one."""
        seen: set[tuple[str, str, str]] = set()
        for figure in found:
            where = f"{self.part.name}, {figure.place}"
            series = self._series(figure, where)
            if series is None:
                continue
            country, year = figure.key[COUNTRY], self._year(figure, where)
            if country not in REPORTERS:
                self.areas.add(country)
                continue
            if (series, country, year) in seen:
                raise CheckError("a figure is there twice", where=where)
            seen.add((series, country, year))
            value = _value(figure, where)
            status = figure.attributes.get(STATUS, NORMAL)
            if status != NORMAL:
                self.statuses[status if value is not None else f"{status}, without a figure"] += 1
            if value is None:
                continue
            yield {
                "series": series,
                "country": country,
                "period": year,
                "year": int(year),
                "value": value,
                "unit": DOLLARS,
            }

    def _series(self, figure: Figure, where: str) -> str | None:
        """The series a figure belongs to; None for a total that was sent along."""
        odd = sorted(self.dimensions ^ set(figure.key))
        if odd:
            what = "is missing" if odd[0] in self.dimensions else "is not known here"
            raise SchemaError(f"the dimension {odd[0]} {what}", where=where)
        for name, code in self.flow.fixed.items():
            if figure.key[name] != code:
                raise SchemaError(
                    "the figure is about something else than was asked",
                    where=f"{where}: {name} is {shortened(figure.key[name])} and not {code!r}",
                )
        codes = tuple(figure.key[name] for name in self.flow.named)
        series = self.flow.series.get(codes)
        if series is not None:
            return series
        for name, code, asked in zip(
            self.flow.named, codes, zip(*self.flow.series, strict=True), strict=True
        ):
            if code not in asked and name not in self.flow.above:
                raise SchemaError(
                    "the figure is about something else than was asked",
                    where=f"{where}: {name} is {shortened(code)}",
                )
        self.totals.update(code for code in codes if all(code not in one for one in self.flow.series))
        return None

    def _year(self, figure: Figure, where: str) -> str:
        year = figure.key[PERIOD]
        if not _YEAR.fullmatch(year):
            raise SchemaError("the period is no year", where=f"{where}: {shortened(year)}")
        facts = self.part.facts
        if not facts.get("startPeriod", year) <= year <= facts.get("endPeriod", year):
            raise SchemaError("a figure of a year that was not asked for was sent", where=where)
        return year

    def notes(self) -> tuple[str, ...]:
        """What was left out, and what the publisher marked."""
        told = []
        for what, codes in (("areas that are no countries", self.areas), ("totals sent along", self.totals)):
            if codes:
                named = ", ".join(sorted(codes)[:MOST_NAMED])
                more = f" and {len(codes) - MOST_NAMED} more" if len(codes) > MOST_NAMED else ""
                told.append(f"{what} were left out: {named}{more}")
        if self.statuses:
            marks = "; ".join(f"{count:,} {status}" for status, count in sorted(self.statuses.items()))
            told.append(f"marked by the publisher ({STATUS}): {marks}")
        return tuple(told)


def _value(figure: Figure, where: str) -> float | None:
    """A figure in whole units; None where the publisher has none."""
    text = (figure.value or "").strip()
    if not text or text.lower() == "nan":
        return None
    power = figure.attributes.get(UNIT_MULTIPLIER)
    if power is None:
        raise SchemaError(
            f"the attribute {UNIT_MULTIPLIER} is missing",
            where=where,
            remedy="Nothing was stored: without it, dollars and millions look the same",
        )
    if power not in MULTIPLIERS:
        raise SchemaError(
            f"the attribute {UNIT_MULTIPLIER} is no power of ten of money",
            where=f"{where}: {shortened(power)}",
        )
    try:
        number = float(text)
    except ValueError:
        number = math.inf
    if not math.isfinite(number):
        raise SchemaError("a figure is no number", where=f"{where}: {shortened(text)}")
    return float(number * 10 ** int(power))


def _check_signs(rows: list[dict[str, Any]], where: str) -> None:
    """Payments are printed without a sign in BPM6; where most carry one, the convention is another."""
    below: Counter[str] = Counter(row["series"] for row in rows if row["value"] < 0)
    every: Counter[str] = Counter(row["series"] for row in rows)
    for series, count in below.items():
        if count * 2 > every[series]:
            raise CheckError(
                f"most figures of {series} are negative", where=f"{where}: {count} of {every[series]}"
            )


def _wanted(request: Request) -> tuple[str, ...]:
    given = request.options.get("series")
    if given is None:
        return tuple(FLOWS)
    wanted = {part.strip() for part in given.split(",")}
    unknown = sorted(wanted - set(FLOWS))
    if unknown:
        raise ParameterError(
            f"the OECD's series {unknown[0]!r} is not fetched", remedy=f"Series: {', '.join(FLOWS)}"
        )
    return tuple(group for group in FLOWS if group in wanted)


def _span(request: Request) -> tuple[tuple[str, str], ...]:
    """Bounds that were given; without any, all years come."""
    span = [("startPeriod", request.first), ("endPeriod", request.last)]
    given = tuple((name, year) for name, year in span if year is not None)
    for _, year in given:
        if not _YEAR.fullmatch(year):
            raise ParameterError("the OECD is asked for years", where=f"given {shortened(year)}")
    if len(given) == len(span) and given[0][1] > given[1][1]:
        raise ParameterError("the span runs backwards", where=f"{given[0][1]} to {given[1][1]}")
    return given


ADAPTER: Final = Oecd()
