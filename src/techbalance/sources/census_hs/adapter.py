"""What did the United States trade at ten digits, by partner and month? The endpoints ``hs``.

"All countries times all commodities" in one call is an error (guide, p. 13): a plan asks chapter by chapter,
a year at a time, and less of the chapters that are large; a call that is still too large is divided.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from techbalance.errors import SchemaError, shortened
from techbalance.sources import census_api
from techbalance.sources.adapter import Parsed, Part, Whole
from techbalance.sources.census_hitech.adapter import asked_flows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from techbalance.sources.adapter import Delivered, Request
    from techbalance.sources.census_api import Month
    from techbalance.sources.declaration import Declaration

# Chapters of the Harmonized System; 77 is reserved and never used, 98 and 99 are the United States' own.
CHAPTERS: Final = tuple(f"{number:02d}" for number in range(1, 100) if number != 77)
# Months a call asks of chapters with many codes and partners. Ten-digit imports of 2024 have 338,487 pairs of
# code and partner, 40,261 of them in chapter 84; were each traded in every month, an answer would still stay
# within the rows a call that the declaration assumes.
HEAVY: Final = {"84": 2, "62": 3, "85": 3, "61": 4, "90": 6, "73": 6, "39": 6, "94": 6, "29": 6}
MEASURES: Final = {
    "import": {
        "GEN_VAL_MO": "general_usd",
        "CON_VAL_MO": "consumption_usd",
        "DUT_VAL_MO": "dutiable_usd",
        "CAL_DUT_MO": "duty_usd",
    },
    "export": {"ALL_VAL_MO": "export_usd"},
}
CODE: Final = {"import": "I_COMMODITY", "export": "E_COMMODITY"}
SYSTEM: Final = {"import": "HTS", "export": "SCHEDULE_B"}


class CensusHS(Whole):
    """Adapter of ``census-hs``."""

    id = "census-hs"
    options = frozenset({"flow"})
    hands_over = True

    def locate(self, request: Request, declaration: Declaration) -> Sequence[Part]:
        """One call for each flow, chapter and window of months."""
        first, last = census_api.asked_span(
            request, first_year=declaration.coverage[0].from_year, source=self.id
        )
        size = declaration.gates.about_bytes
        return [
            replace(self._part(declaration.address, flow, prefix, start, end), about_bytes=size)
            for flow in asked_flows(request)
            for start_year, end_year in census_api.windows(first, last, 12)
            for prefix in CHAPTERS
            for start, end in census_api.windows(start_year, end_year, HEAVY.get(prefix, 12))
        ]

    def _part(self, address: str, flow: str, prefix: str, first: Month, last: Month) -> Part:
        span = str(first) if first == last else f"{first}-to-{last}"
        name = f"{flow}s-{prefix}-{span}"
        code = CODE[flow]
        return Part(
            name=name,
            address=f"{address}{flow}s/hs",
            form="json",
            query=(
                ("get", f"{code},CTY_CODE,{','.join(MEASURES[flow])}"),
                (code, prefix if len(prefix) == 10 else f"{prefix}*"),
                ("COMM_LVL", "HS10"),
                ("SUMMARY_LVL", "DET"),
                ("time", census_api.time_predicate(first, last)),
            ),
            keyed=True,
            # A year of a flow is taken in whole: chapters alone would add up to no total.
            batch=f"{flow}s-{first.year}",
            empty_is_data=True,
            divisible=first != last or len(prefix) < 10,
            facts={
                "flow": flow,
                "prefix": prefix,
                "first": str(first),
                "last": str(last),
                "address": address,
            },
        )

    def divide(self, part: Part) -> Sequence[Part]:
        """A window is divided into months, a month into longer prefixes."""
        facts, (first, last) = part.facts, census_api.window_of(part)
        if first != last:
            return [
                self._part(facts["address"], facts["flow"], facts["prefix"], start, end)
                for start, end in census_api.windows(first, last, 1)
            ]
        if len(facts["prefix"]) == 10:
            return ()
        return [
            self._part(facts["address"], facts["flow"], f"{facts['prefix']}{digit}", first, last)
            for digit in "0123456789"
        ]

    def parse(self, delivered: Delivered) -> Parsed:
        """Make rows of ``trade``, monthly; ``ingest`` classifies them."""
        where, facts = delivered.part.name, delivered.part.facts
        flow, code, measures = facts["flow"], CODE[facts["flow"]], MEASURES[facts["flow"]]
        answer = census_api.read(delivered, (code, "CTY_CODE", "time"), tuple(measures))
        table = answer.table()
        if not table.num_rows:
            return Parsed({}, answer.notes)
        census_api.months_of(table, *census_api.window_of(delivered.part), where)
        table = census_api.with_partner(table, where)
        table = _products_only(table, code, facts["prefix"], where)
        keys = (code, "time", "partner")
        census_api.no_repeats(table, keys, where)
        census_api.check_world(table, (code, "time"), measures, where)
        rows = table.filter(pc.not_equal(table["partner"], "WORLD"))
        moved = np.any([rows[name].to_numpy() > 0 for name in measures], axis=0)
        order = np.argsort(census_api.cell_numbers(rows, keys), kind="stable")
        rows = rows.take(pa.array(order[moved[order]]))
        return Parsed({"trade": _trade(rows, flow)}, answer.notes)


def _products_only(table: pa.Table, column: str, prefix: str, where: str) -> pa.Table:
    """Take out the row that sums over products.

    Raises
    ------
    SchemaError
        A code has not ten digits, or another beginning than was asked for.
    """

    def named(code: str | None) -> str | None:
        if code is None or code in census_api.TOTALS:
            return None
        if not re.fullmatch(f"{prefix}[0-9]{{{10 - len(prefix)}}}", code):
            raise SchemaError(
                f"a code is not of ten digits beginning with {prefix}", where=f"{where}: {shortened(code)}"
            )
        return code

    codes = census_api.translated(table[column], named)
    return table.filter(pc.is_valid(codes)) if codes.null_count else table


def _trade(rows: pa.Table, flow: str) -> pa.Table:
    size = rows.num_rows
    time = rows["time"].combine_chunks()
    named = {name: rows[column] for column, name in MEASURES[flow].items()}
    return pa.table(
        {
            "reporter": pa.repeat("USA", size),
            "flow": pa.repeat(flow, size),
            "system": pa.repeat(SYSTEM[flow], size),
            "product": rows[CODE[flow]],
            "partner": rows["partner"],
            "period": time,
            "year": pc.cast(pc.utf8_slice_codeunits(time, 0, 4), pa.int16()),
            "month": pc.cast(pc.utf8_slice_codeunits(time, 5, 7), pa.int8()),
            "freq": pa.repeat("month", size),
            "months": pa.repeat(pa.scalar(1, pa.int8()), size),
            **named,
        }
    )


ADAPTER: Final = CensusHS()
