"""What does any country trade at six digits? The United Nations' Comtrade, interface v1.

An answer is an object with ``count``, ``error`` and ``data``, a record for each reporter, partner, flow and
code; at most 250,000 with a key. What may have been cut is refused. Totals of transport, of customs
procedures and of second partners are asked for by their codes, so that nothing is counted twice.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa

from techbalance.errors import (
    CheckError,
    ParameterError,
    SchemaError,
    SourceError,
    UnknownCodeError,
    shortened,
)
from techbalance.sources.adapter import Parsed, Part, Whole
from techbalance.sources.comtrade.reporters import REPORTERS
from techbalance.sources.secrets import quoted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from techbalance.sources.adapter import Delivered, Request
    from techbalance.sources.declaration import Declaration

FLOWS: Final = {"import": "M", "export": "X"}
# Most records of one call, by the publisher's own words.
MOST_RECORDS: Final = 250_000
# Totals of the further splits; a record of another code is part of one of these.
WHOLE: Final = {"motCode": "0", "customsCode": "C00", "partner2Code": "0"}
WORLD: Final = "0"
NEEDED: Final = (
    "refYear",
    "reporterCode",
    "partnerCode",
    "flowCode",
    "classificationCode",
    "cmdCode",
    "primaryValue",
)
SCHEMA: Final = pa.schema(
    [
        ("reporter", pa.string()),
        ("partner", pa.string()),
        ("flow", pa.string()),
        ("edition", pa.string()),
        ("product", pa.string()),
        ("period", pa.string()),
        ("year", pa.int16()),
        ("value_usd", pa.int64()),
        ("quantity", pa.float64()),
        ("weight_kg", pa.float64()),
    ]
)
_YEAR: Final = re.compile(r"(19|20)\d\d")
_CODE: Final = re.compile(r"\d{6}")


class Comtrade(Whole):
    """Adapter of ``comtrade``."""

    id = "comtrade"
    options = frozenset({"flow", "reporter"})
    hands_over = False

    def locate(self, request: Request, declaration: Declaration) -> Sequence[Part]:
        """One call for each reporter, year and flow: every six-digit code, every partner and the world."""
        reporter = request.options.get("reporter")
        if reporter is None:
            raise ParameterError("comtrade is asked for one reporter", remedy="Add --reporter DEU")
        reporter = reporter.strip().upper()
        reporter_code(reporter)
        first, last = _years(request, declaration)
        flow = request.options.get("flow")
        if flow is not None and flow not in FLOWS:
            raise UnknownCodeError.among("flow", flow, FLOWS)
        return [
            self._part(declaration.address, reporter, year, one)
            for year in range(first, last + 1)
            for one in ([flow] if flow else FLOWS)
        ]

    def _part(self, address: str, reporter: str, year: int, flow: str) -> Part:
        code = reporter_code(reporter)
        query = [
            ("reporterCode", code),
            ("period", str(year)),
            ("flowCode", FLOWS[flow]),
            # AG6 stands for all codes of six digits.
            ("cmdCode", "AG6"),
            *WHOLE.items(),
            ("includeDesc", "false"),
            ("maxRecords", str(MOST_RECORDS)),
        ]
        return Part(
            name=f"{reporter}-{flow}s-{year}",
            address=f"{address}C/A/HS",
            form="json",
            query=tuple(query),
            keyed=True,
            batch=f"{reporter}-{flow}s-{year}",
            about_bytes=20_000_000,
            facts={"reporter": reporter, "code": code, "year": str(year), "flow": flow},
        )

    def divide(self, part: Part) -> Sequence[Part]:
        """Too large a call is asked partner by partner."""
        if "partner" in part.facts:
            return ()
        return [
            replace(
                part,
                name=f"{part.name}-with-{iso3}",
                query=(*part.query, ("partnerCode", code)),
                facts={**part.facts, "partner": iso3},
            )
            for iso3, code in REPORTERS.items()
            if iso3 != part.facts["reporter"]
        ]

    def parse(self, delivered: Delivered) -> Parsed:
        """Make rows of ``trade_hs6``; partners that are no countries are left out, and told."""
        facts, where = delivered.part.facts, delivered.part.name
        records = _records(delivered, where)
        partners = {code: iso3 for iso3, code in REPORTERS.items()} | {WORLD: "WORLD"}
        rows: dict[tuple[str, str, str], dict[str, Any]] = {}
        strangers: set[str] = set()
        for number, record in enumerate(records, start=1):
            place = f"{where}, record {number}"
            _check(record, facts, place)
            if any(str(record.get(name, total)) != total for name, total in WHOLE.items()):
                continue
            product = str(record["cmdCode"])
            if not _CODE.fullmatch(product):
                continue
            partner = partners.get(str(record["partnerCode"]))
            if partner is None:
                strangers.add(str(record["partnerCode"]))
                continue
            key = (partner, str(record["classificationCode"]), product)
            if key in rows:
                raise CheckError("a record is there twice", where=f"{place}: {' '.join(key)}")
            rows[key] = {
                "reporter": facts["reporter"],
                "partner": partner,
                "flow": facts["flow"],
                "edition": key[1],
                "product": product,
                "period": facts["year"],
                "year": int(facts["year"]),
                "value_usd": _dollars(record["primaryValue"], place),
                "quantity": _number(record.get("qty"), place),
                "weight_kg": _number(record.get("netWgt"), place),
            }
        notes: tuple[str, ...] = ()
        if strangers:
            notes = (f"partners that are no countries were left out: {', '.join(sorted(strangers))}",)
        table = pa.Table.from_pylist([rows[key] for key in sorted(rows)], schema=SCHEMA)
        return Parsed({"trade_hs6": table} if rows else {}, notes)


def reporter_code(iso3: str) -> str:
    """Comtrade's code of a country.

    Raises
    ------
    UnknownCodeError
        Nobody knows it.
    """
    found = REPORTERS.get(iso3.strip().upper())
    if found is None:
        raise UnknownCodeError.among("reporter", iso3, REPORTERS)
    return found


def _records(delivered: Delivered, where: str) -> list[dict[str, Any]]:
    try:
        answer = json.load(delivered.file)
    except (ValueError, UnicodeDecodeError) as wrong:
        raise SchemaError("the answer is no JSON", where=f"{where}: {shortened(str(wrong))}") from wrong
    if not isinstance(answer, dict):
        raise SchemaError("the answer is no object", where=where)
    if answer.get("error"):
        raise SourceError("Comtrade refused the call", where=f"{where}: {quoted(str(answer['error']))}")
    records = answer.get("data")
    if not isinstance(records, list) or not all(isinstance(one, dict) for one in records):
        raise SchemaError("the answer has no list of records", where=where)
    if answer.get("count") not in (None, len(records)):
        raise CheckError(f"{len(records):,} records came of {answer['count']:,}", where=where)
    if len(records) >= MOST_RECORDS:
        raise SchemaError(
            f"{len(records):,} records came, the most of one call: the answer may have been cut",
            where=where,
            remedy="Ask for one flow, or set a key: see techbalance sources",
        )
    return records


def _check(record: dict[str, Any], facts: Any, where: str) -> None:  # noqa: ANN401 - a mapping of texts
    missing = [name for name in NEEDED if record.get(name) is None]
    if missing:
        raise SchemaError(f"the field {missing[0]} is missing", where=where)
    wanted = {"refYear": facts["year"], "reporterCode": facts["code"], "flowCode": FLOWS[facts["flow"]]}
    for name, value in wanted.items():
        if str(record[name]) != value:
            raise SchemaError(
                "the record is about something else than was asked",
                where=f"{where}, {name}: {shortened(record[name])}",
            )


def _dollars(value: object, where: str) -> int:
    number = _number(value, where)
    if number is None or number < 0 or number > 2**53:
        raise SchemaError("a value is no amount", where=f"{where}: {shortened(value)}")
    return round(number)


def _number(value: object, where: str) -> float | None:
    if value is None or value == "":
        return None
    try:
        number = float(str(value))
    except ValueError:
        number = float("nan")
    if number != number or number in (float("inf"), float("-inf")):  # noqa: PLR0124 - tells NaN
        raise SchemaError("a figure is no number", where=f"{where}: {shortened(value)}")
    return number


def _years(request: Request, declaration: Declaration) -> tuple[int, int]:
    given = [one for one in (request.first, request.last) if one is not None]
    for one in given:
        if not _YEAR.fullmatch(one):
            raise ParameterError("comtrade is asked for years", where=f"given {shortened(one)}")
    newest = request.today.year - 1
    first, last = (int(given[0]), int(given[-1])) if given else (newest, newest)
    earliest = min(one.from_year for one in declaration.coverage)
    if not earliest <= first <= last:
        raise ParameterError("the span runs backwards, or begins too early", where=f"{first} to {last}")
    return first, last


ADAPTER: Final = Comtrade()
