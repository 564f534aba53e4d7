"""What did the United States trade at ten digits, by partner and year, since 1989? Reports of DataWeb.

A report is asked for each flow, year and chapter; a year of a flow is handed to ``ingest`` as one, which puts
every product into its group by the list of that year (``usitc-lists``). Names of trade types and measures are
those seen in public programs; they were not confirmed.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa

from techbalance.errors import NotCoveredError, ParameterError, SchemaError, UnknownCodeError, shortened
from techbalance.sources.adapter import Parsed, Part, Whole
from techbalance.sources.usitc_dataweb.reports import read_report

if TYPE_CHECKING:
    from collections.abc import Sequence

    from techbalance.sources.adapter import Delivered, Request
    from techbalance.sources.declaration import Declaration

# Chapters of the Harmonized System; 77 is reserved and never used, 98 and 99 are the United States' own.
CHAPTERS: Final = tuple(f"{number:02d}" for number in range(1, 100) if number != 77)
# General imports at customs value, and total exports (domestic and foreign) f.a.s.: the basis of the FT-900.
TRADE_TYPES: Final = {"import": "GenImp", "export": "TotExp"}
MEASURES: Final = {"import": "GEN_CUSTOMS_VALUE", "export": "FAS_VALUE"}
VALUES: Final = {"import": "general_usd", "export": "export_usd"}
ROWS: Final = "rows_per_report"
_YEAR: Final = re.compile(r"(19|20)\d\d")


class UsitcDataWeb(Whole):
    """Adapter of ``usitc-dataweb``."""

    id = "usitc-dataweb"
    options = frozenset({"flow"})
    hands_over = True

    def locate(self, request: Request, declaration: Declaration) -> Sequence[Part]:
        """One report for each flow, year and chapter; the year before this one by default."""
        first, last = _years(request, declaration)
        flow = request.options.get("flow")
        if flow is not None and flow not in TRADE_TYPES:
            raise UnknownCodeError.among("flow", flow, TRADE_TYPES)
        flows = (flow,) if flow else tuple(TRADE_TYPES)
        rows = declaration.limits.of(ROWS) or 0
        return [
            self._part(declaration, one, year, chapter, rows)
            for one in flows
            for year in range(first, last + 1)
            for chapter in CHAPTERS
        ]

    def _part(self, declaration: Declaration, flow: str, year: int, chapter: str, rows: int) -> Part:
        return Part(
            name=f"{flow}s-{year}-{chapter}",
            address=declaration.addresses["report"],
            form="json",
            method="POST",
            body=json.dumps(query(flow, year, chapter, rows), sort_keys=True).encode(),
            headers=(("Content-Type", "application/json; charset=utf-8"),),
            keyed=True,
            batch=f"{flow}s-{year}",
            facts={"flow": flow, "year": str(year), "chapter": chapter, "rows": str(rows)},
        )

    def parse(self, delivered: Delivered) -> Parsed:
        """Make rows of ``trade``, yearly, without the columns of classification, which the store adds."""
        facts, where = delivered.part.facts, delivered.part.name
        cells = read_report(delivered.file, where, most_rows=int(facts["rows"]) or 2**31)
        strangers = [one for one in cells if not one.product.startswith(facts["chapter"])]
        if strangers or any(one.year != int(facts["year"]) for one in cells):
            raise SchemaError("the report is about something else than was asked", where=where)
        size, flow = len(cells), facts["flow"]
        fixed = {"reporter": "USA", "flow": flow, "freq": "year", "source": self.id}
        table = pa.table(
            {name: pa.array([text] * size, pa.string()) for name, text in fixed.items()}
            | {
                "period": pa.array([str(one.year) for one in cells], pa.string()),
                "partner": pa.array([one.partner for one in cells], pa.string()),
                "product": pa.array([one.product for one in cells], pa.string()),
                VALUES[flow]: pa.array([one.usd for one in cells], pa.int64()),
            }
        )
        return Parsed({"trade": table} if size else {})


def query(flow: str, year: int, chapter: str, rows: int) -> dict[str, Any]:
    """What is asked: every ten-digit product of a chapter, every partner, one year, whole dollars."""
    every: dict[str, list[str]] = {"systemGroups": [], "userGroups": []}
    return {
        "reportOptions": {"tradeType": TRADE_TYPES[flow], "classificationSystem": "HTS"},
        "searchOptions": {
            "commodities": {
                "aggregation": "Break Out Commodities",
                "codeDisplayFormat": "YES",
                "commodities": [chapter],
                "commoditiesManual": chapter,
                "commodityGroups": every,
                "commoditySelectType": "list",
                "granularity": "10",
                "searchGranularity": "2",
            },
            "countries": {
                "aggregation": "Break Out Countries",
                "countries": [],
                "countriesSelectType": "all",
                "countryGroups": every,
            },
            "componentSettings": {
                "dataToReport": [MEASURES[flow]],
                "scale": "1",
                "timeframeSelectType": "fullYears",
                "years": [str(year)],
                "yearsTimeline": "Annual",
            },
            "MiscGroup": {
                "districts": {
                    "aggregation": "Aggregate District",
                    "districts": [],
                    "districtsSelectType": "all",
                },
                "importPrograms": {
                    "aggregation": None,
                    "importPrograms": [],
                    "programsSelectType": "all",
                },
                "extImportPrograms": {
                    "aggregation": "Aggregate CSC",
                    "extImportPrograms": [],
                    "programsSelectType": "all",
                },
                "provisionCodes": {
                    "aggregation": "Aggregate RPCODE",
                    "provisionCodesSelectType": "all",
                    "rateProvisionCodes": [],
                },
            },
        },
        "sortingAndDataFormat": {
            "DataSort": {"columnOrder": ["COUNTRY", "HTS10 & DESCRIPTION"], "fullColumnOrder": []},
            "reportCustomizations": {"exportCombineTables": False, "totalRecords": str(rows or 300_000)},
        },
    }


def _years(request: Request, declaration: Declaration) -> tuple[int, int]:
    given = [one for one in (request.first, request.last) if one is not None]
    for one in given:
        if not _YEAR.fullmatch(one):
            raise ParameterError(
                "DataWeb is asked for years",
                where=f"given {shortened(one)}",
                remedy="Write --from 2002 --to 2007",
            )
    newest = request.today.year - 1
    first, last = (int(given[0]), int(given[-1])) if given else (newest, newest)
    if first > last:
        raise ParameterError("the span runs backwards", where=f"from {first} to {last}")
    earliest = min(one.from_year for one in declaration.coverage)
    if first < earliest:
        raise NotCoveredError(f"DataWeb begins in {earliest}", where=f"asked from {first}")
    return first, last


ADAPTER: Final = UsitcDataWeb()
