"""What do countries receive and pay for ideas, and how large are they? The World Bank's indicators, v2.

An answer is a pair, a head with ``page``, ``pages``, ``per_page``, ``total`` and ``lastupdated``, and the
records of that page; a value that is not there is null. A refusal is a head with ``message`` and status 200.
Countries and aggregates come mixed: the list of countries, asked first, tells them apart.
"""

from __future__ import annotations

import datetime as dt
import json
import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa

from techbalance.errors import CheckError, ParameterError, SchemaError, SourceError, shortened
from techbalance.sources.adapter import Parsed, Part, Whole
from techbalance.sources.secrets import quoted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from techbalance.sources.adapter import Delivered, Request
    from techbalance.sources.declaration import Declaration

# Charges for the use of intellectual property, whole dollars.
CHARGES: Final = {"BX.GSR.ROYL.CD": "receipts", "BM.GSR.ROYL.CD": "payments"}
# Indicator -> series of ``macro`` and its unit, named as in the record.
SERIES: Final = {
    "NY.GDP.MKTP.CD": ("gdp_usd", "US dollars, nominal"),
    "GB.XPD.RSDV.GD.ZS": ("rd_pct_gdp", "percent of GDP"),
    "SP.POP.SCIE.RD.P6": ("researchers_per_m", "full-time equivalents per million people"),
    "IP.PAT.RESD": ("patents_resident", "applications"),
    "TX.VAL.TECH.CD": ("hightech_exports_usd", "US dollars, nominal"),
    "TX.VAL.TECH.MF.ZS": ("hightech_pct_manuf_exports", "percent of manufactured exports"),
    "TX.MNF.TECH.ZS.UN": ("mht_pct_manuf_exports", "percent of manufactured exports"),
    "NV.MNF.TECH.ZS.UN": ("mht_pct_mva", "percent of manufacturing value added"),
    "TX.VAL.MRCH.CD.WT": ("merch_exports_usd", "US dollars, nominal"),
    "TM.VAL.MRCH.CD.WT": ("merch_imports_usd", "US dollars, nominal"),
    "PA.NUS.FCRF": ("xr_lcu_per_usd", "local currency per US dollar, official rate, annual mean"),
    "SP.POP.TOTL": ("population", "persons"),
}
ECONOMIES: Final = "economies"
BATCH: Final = "indicators"
PER_PAGE: Final = "rows_per_page"
# Region of the entries of the list of countries that are sums of countries.
AGGREGATES: Final = "NA"
HEAD: Final = ("page", "pages", "total")
_YEAR: Final = re.compile(r"\d{4}")


@dataclass(frozen=True)
class Economies:
    """The publisher's list: ISO3 codes by its two-letter codes, and which of them are aggregates."""

    iso3: dict[str, str]
    areas: frozenset[str]


class WorldBank(Whole):
    """Adapter of ``worldbank``."""

    id = "worldbank"
    options = frozenset({"series"})
    hands_over = False

    def locate(self, request: Request, declaration: Declaration) -> Sequence[Part]:
        """The list of economies first; the pages of the indicators follow from it."""
        per_page = declaration.limits.of(PER_PAGE) or 1000
        facts = {
            "address": declaration.address,
            "per_page": str(per_page),
            "dates": _dates(request),
            "indicators": ",".join(_indicators(request)),
        }
        return [
            Part(
                name=ECONOMIES,
                address=f"{declaration.address}country",
                form="json",
                query=(("format", "json"), ("per_page", str(per_page))),
                batch=BATCH,
                leads=True,
                facts=facts,
            )
        ]

    def follow(self, delivered: Delivered) -> Sequence[Part]:
        """After the economies the first page of each indicator; after a first page, the other pages."""
        part, facts = delivered.part, dict(delivered.part.facts)
        head, records = _pair(delivered)
        if part.name == ECONOMIES:
            if head["pages"] > 1:
                raise SchemaError("the list of economies has more than one page", where=part.name)
            facts |= _economies(records)
            return [self._page(indicator, 1, facts) for indicator in facts["indicators"].split(",")]
        if facts["page"] != "1":
            return ()
        facts |= {"pages": str(head["pages"]), "total": str(head["total"]), "updated": _updated(head, part)}
        return [self._page(facts["indicator"], page, facts) for page in range(2, head["pages"] + 1)]

    def _page(self, indicator: str, page: int, facts: dict[str, str]) -> Part:
        query = [("format", "json"), ("per_page", facts["per_page"]), ("page", str(page))]
        if facts["dates"]:
            query.append(("date", facts["dates"]))
        return Part(
            name=f"{indicator}-{page}",
            address=f"{facts['address']}country/all/indicator/{indicator}",
            form="json",
            query=tuple(query),
            batch=BATCH,
            facts=facts | {"indicator": indicator, "page": str(page)},
        )

    def parse(self, delivered: Delivered) -> Parsed:
        """Make rows of ``ip_charges`` and ``ip_charges_areas``, or of ``macro``; null values have no row."""
        part = delivered.part
        head, records = _pair(delivered)
        if part.name == ECONOMIES:
            return Parsed({})
        _check_page(head, records, part)
        updated = dt.date.fromisoformat(_updated(head, part))
        indicator = part.facts["indicator"]
        economies = Economies(
            dict(pair.split("=") for pair in part.facts["codes"].split(",")),
            frozenset(part.facts["areas"].split(",")),
        )
        rows = [
            row for at, record in enumerate(records) if (row := _row(record, part, at, economies)) is not None
        ]
        if indicator not in CHARGES:
            return Parsed({"macro": _macro([row for row in rows if not row["area"]], indicator)}, (), updated)
        flow = CHARGES[indicator]
        tables = {
            "ip_charges": _charges([row for row in rows if not row["area"]], flow),
            "ip_charges_areas": _charges([row for row in rows if row["area"]], flow),
        }
        return Parsed({name: table for name, table in tables.items() if table.num_rows}, (), updated)


def _dates(request: Request) -> str:
    if request.first is None and request.last is None:
        return ""
    years = [str(bound)[:4] for bound in (request.first or "1960", request.last or str(request.today.year))]
    if not all(_YEAR.fullmatch(year) for year in years) or years[0] > years[1]:
        raise ParameterError("the span is no span of years", where=f"--from {years[0]} --to {years[1]}")
    return ":".join(years)


def _indicators(request: Request) -> tuple[str, ...]:
    known = {**dict.fromkeys(CHARGES, "ip"), **{code: name for code, (name, _) in SERIES.items()}}
    given = request.options.get("series")
    if given is None:
        return tuple(known)
    wanted = {part.strip() for part in given.split(",")}
    unknown = wanted - set(known.values())
    if unknown:
        raise ParameterError(
            f"the World Bank's series {sorted(unknown)[0]!r} is not fetched",
            remedy=f"Series: {', '.join(dict.fromkeys(known.values()))}",
        )
    return tuple(code for code, name in known.items() if name in wanted)


def _pair(delivered: Delivered) -> tuple[dict[str, Any], list[Any]]:
    """Head and records of an answer.

    Raises
    ------
    SourceError
        The publisher refuses, in the form of data.
    SchemaError
        The answer is no such pair.
    """
    where = delivered.part.name
    delivered.file.seek(0)
    try:
        answer = json.loads(delivered.file.read())
    except (ValueError, RecursionError) as wrong:
        raise SchemaError(
            "the answer is no valid JSON", where=f"{where}: {wrong}", remedy="Fetch again"
        ) from wrong
    if not isinstance(answer, list) or not answer or not isinstance(answer[0], dict):
        raise SchemaError("the answer is no pair of head and records", where=where)
    head = answer[0]
    if "message" in head:
        raise SourceError(
            "the publisher refused the call", where=f"{where}; it says: {quoted(json.dumps(head['message']))}"
        )
    numbers = {name: _whole(head.get(name), name, where) for name in HEAD}
    records = answer[1] if len(answer) > 1 and answer[1] is not None else []
    if not isinstance(records, list) or not all(isinstance(one, dict) for one in records):
        raise SchemaError("the records are no list of objects", where=where)
    return {**head, **numbers}, records


def _whole(value: object, name: str, where: str) -> int:
    # ``per_page`` was seen as text, the others as numbers; either is taken.
    if isinstance(value, (int, str)) and not isinstance(value, bool) and re.fullmatch(r"\d+", str(value)):
        return int(value)
    raise SchemaError(f"{name} of the head is no whole number", where=f"{where}: {shortened(value)}")


def _updated(head: dict[str, Any], part: Part) -> str:
    text = str(head.get("lastupdated") or "")
    try:
        return dt.date.fromisoformat(text).isoformat()
    except ValueError:
        raise SchemaError(
            "the head does not say when the figures were updated", where=f"{part.name}: {shortened(text)}"
        ) from None


def _economies(records: list[Any]) -> dict[str, str]:
    """ISO3 codes by the two-letter codes the figures carry, and which of them are aggregates."""
    codes, areas = [], []
    for at, record in enumerate(records):
        region = record.get("region")
        if not isinstance(region, dict) or not record.get("id") or not record.get("iso2Code"):
            raise SchemaError("an economy lacks its code or region", where=f"{ECONOMIES}, record {at + 1}")
        codes.append(f"{record['iso2Code']}={record['id']}")
        if str(region.get("id", "")).strip() == AGGREGATES:
            areas.append(str(record["id"]))
    if not codes or not areas or len(areas) == len(codes):
        raise CheckError(
            "the list of economies holds no countries or no aggregates",
            where=f"{ECONOMIES}: {len(codes)} entries, {len(areas)} aggregates",
        )
    return {"codes": ",".join(codes), "areas": ",".join(areas)}


def _check_page(head: dict[str, Any], records: list[Any], part: Part) -> None:
    """Hold a page to what the first page said.

    Raises
    ------
    CheckError
        The figures changed between two pages, or a page lacks records.
    """
    facts = part.facts
    for name, now in (("total", str(head["total"])), ("updated", _updated(head, part))):
        if name in facts and facts[name] != now:
            raise CheckError(
                "the publisher changed the figures while they were fetched",
                where=f"{part.name}: {name} was {facts[name]} and is {now}",
                remedy="Fetch again",
            )
    page, size = int(facts["page"]), int(facts["per_page"])
    if head["total"] and head["page"] != page:
        raise CheckError(f"page {head['page']} was sent for page {page}", where=part.name)
    wanted = max(0, min(size, head["total"] - (page - 1) * size))
    if len(records) != wanted:
        raise CheckError(
            f"the page holds {len(records)} records and not {wanted}", where=part.name, remedy="Fetch again"
        )


def _row(record: dict[str, Any], part: Part, at: int, economies: Economies) -> dict[str, Any] | None:
    """One figure; None where the value is null."""
    where = f"{part.name}, record {at + 1}"
    try:
        indicator, place = record["indicator"]["id"], record["country"]
        code, name, year, value = place["id"], place["value"], record["date"], record["value"]
        iso3 = record.get("countryiso3code")
    except (KeyError, TypeError) as wrong:
        raise SchemaError("a record lacks a field", where=f"{where}: {wrong}") from wrong
    if indicator != part.facts["indicator"]:
        raise SchemaError("a record of another indicator was sent", where=f"{where}: {shortened(indicator)}")
    if value is None:
        return None
    if not isinstance(year, str) or not _YEAR.fullmatch(year):
        raise SchemaError("the date is no year", where=f"{where}: {shortened(year)}")
    # Aggregates by income were seen with an empty ``countryiso3code``; the list of economies has theirs.
    country = iso3 or economies.iso3.get(code)
    if not country:
        raise SchemaError("an economy is on no list", where=f"{where}: {shortened(code)}")
    return {
        "country": country,
        "country_name": name,
        "year": int(year),
        "value": _number(value, where),
        "area": country in economies.areas,
    }


def _number(value: object, where: str) -> float:
    if isinstance(value, str) and re.fullmatch(r"-?\d+(\.\d+)?([eE][+-]?\d+)?", value.strip()):
        value = float(value)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        raise SchemaError("a value is no number", where=f"{where}: {shortened(value)}")
    return float(value)


def _charges(rows: list[dict[str, Any]], flow: str) -> pa.Table:
    years = [row["year"] for row in rows]
    return pa.table(
        {
            "country": pa.array([row["country"] for row in rows], pa.string()),
            "country_name": pa.array([row["country_name"] for row in rows], pa.string()),
            "flow": pa.array([flow] * len(rows), pa.string()),
            "period": pa.array([str(year) for year in years], pa.string()),
            "year": pa.array(years, pa.int16()),
            "value_usd": pa.array([round(row["value"]) for row in rows], pa.int64()),
        }
    )


def _macro(rows: list[dict[str, Any]], indicator: str) -> pa.Table:
    name, unit = SERIES[indicator]
    years = [row["year"] for row in rows]
    return pa.table(
        {
            "series": pa.array([name] * len(rows), pa.string()),
            "country": pa.array([row["country"] for row in rows], pa.string()),
            "period": pa.array([str(year) for year in years], pa.string()),
            "year": pa.array(years, pa.int16()),
            "value": pa.array([row["value"] for row in rows], pa.float64()),
            "unit": pa.array([unit] * len(rows), pa.string()),
        }
    )


ADAPTER: Final = WorldBank()
