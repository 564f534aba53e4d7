"""What did the United States trade in each technology group, by partner and month? The endpoints ``hitech``.

The publisher does not sum Advanced Technology Products: the total is the sum of groups 01 to 10, which is
also all goods (``-``) less what is no ATP (``00``). Both are formed here, and must be equal.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import pyarrow as pa
import pyarrow.compute as pc

from techbalance.errors import CheckError, SchemaError, UnknownCodeError, shortened
from techbalance.sources import census_api
from techbalance.sources.adapter import Parsed, Part, Whole

if TYPE_CHECKING:
    from collections.abc import Sequence

    from techbalance.sources.adapter import Delivered, Request
    from techbalance.sources.census_api import Month
    from techbalance.sources.declaration import Declaration

GROUPS: Final = tuple(f"{number:02d}" for number in range(1, 11))
OUTSIDE, TOTAL = "00", "-"
VALUE: Final = {"import": "GEN_VAL_MO", "export": "ALL_VAL_MO"}
KEYS: Final = ("time", "HITECH", "partner")


class CensusHitech(Whole):
    """Adapter of ``census-hitech``."""

    id = "census-hitech"
    options = frozenset({"flow"})
    hands_over = False

    def locate(self, request: Request, declaration: Declaration) -> Sequence[Part]:
        """One call for each flow and year."""
        first, last = census_api.asked_span(
            request, first_year=declaration.coverage[0].from_year, source=self.id
        )
        flows = asked_flows(request)
        size = declaration.gates.about_bytes
        return [
            replace(self._part(declaration.address, flow, start, end), about_bytes=size)
            for flow in flows
            for start, end in census_api.windows(first, last, 12)
        ]

    def _part(self, address: str, flow: str, first: Month, last: Month) -> Part:
        name = f"{flow}s-{first}" if first == last else f"{flow}s-{first}-to-{last}"
        return Part(
            name=name,
            address=f"{address}{flow}s/hitech",
            form="json",
            query=(
                ("get", f"HITECH,CTY_CODE,{VALUE[flow]}"),
                ("time", census_api.time_predicate(first, last)),
                ("SUMMARY_LVL", "DET"),
            ),
            keyed=True,
            batch=name,
            empty_is_data=True,
            divisible=first != last,
            facts={"flow": flow, "first": str(first), "last": str(last), "address": address},
        )

    def divide(self, part: Part) -> Sequence[Part]:
        """A year that is too large is asked by month."""
        first, last = census_api.window_of(part)
        return [
            self._part(part.facts["address"], part.facts["flow"], start, end)
            for start, end in census_api.windows(first, last, 1)
            if part.divisible
        ]

    def parse(self, delivered: Delivered) -> Parsed:
        """Make rows of ``headline``: ATP by group and all groups together, by partner, monthly."""
        where, flow = delivered.part.name, delivered.part.facts["flow"]
        value = VALUE[flow]
        answer = census_api.read(delivered, ("HITECH", "CTY_CODE", "time"), (value,))
        table = answer.table()
        if not table.num_rows:
            return Parsed({}, answer.notes)
        census_api.months_of(table, *census_api.window_of(delivered.part), where)
        table = _with_group(census_api.with_partner(table, where), where)
        census_api.no_repeats(table, KEYS, where)
        census_api.check_world(table, ("time", "HITECH"), (value,), where)
        summed = _all_groups(table, value, where)
        groups = table.filter(pc.is_in(table["HITECH"], pa.array(GROUPS)))
        rows = pa.concat_tables(
            [
                groups.select(["time", "HITECH", "partner", value]),
                summed.select(["time", "HITECH", "partner", value]),
            ]
        )
        rows = rows.sort_by([("time", "ascending"), ("partner", "ascending"), ("HITECH", "ascending")])
        return Parsed({"headline": _headline(rows, value, flow)}, answer.notes)


def asked_flows(request: Request) -> tuple[str, ...]:
    """Flows asked for; both by default.

    Raises
    ------
    UnknownCodeError
        It is neither.
    """
    flow = request.options.get("flow")
    if flow is None:
        return tuple(VALUE)
    if flow not in VALUE:
        raise UnknownCodeError.among("flow", flow, VALUE)
    return (flow,)


def _with_group(table: pa.Table, where: str) -> pa.Table:
    def named(code: str | None) -> str:
        if code is None or code in census_api.TOTALS:
            return TOTAL
        if code not in (OUTSIDE, *GROUPS):
            raise SchemaError(
                "a technology code nobody knows",
                where=f"{where}: {shortened(code)}",
                remedy="Known: - 00 01 to 10",
            )
        return code

    marked = census_api.translated(table["HITECH"], named)
    return table.set_column(table.column_names.index("HITECH"), "HITECH", marked)


def _all_groups(table: pa.Table, value: str, where: str) -> pa.Table:
    """All groups together for each month and partner, formed in both ways.

    Raises
    ------
    CheckError
        The total of goods is missing, or the two ways differ.
    """
    place = ["time", "partner"]

    def summed(codes: Sequence[str], name: str) -> pa.Table:
        part = table.filter(pc.is_in(table["HITECH"], pa.array(codes)))
        return part.group_by(place).aggregate([(value, "sum")]).rename_columns([*place, name])

    parts, rest, whole = summed(GROUPS, "parts"), summed([OUTSIDE], "rest"), summed([TOTAL], "whole")
    both = whole.join(parts, place, join_type="full outer").join(rest, place, join_type="full outer")
    if both["whole"].null_count:
        row = both.filter(pc.is_null(both["whole"])).slice(0, 1).to_pylist()[0]
        raise CheckError(
            "the total of all goods is missing", where=f"{where}: {row['time']}, {row['partner']}"
        )
    held = {name: pc.fill_null(both[name], 0) for name in ("parts", "rest")}
    apart = pc.not_equal(pc.subtract(both["whole"], held["rest"]), held["parts"])
    if pc.any(apart).as_py():
        row = both.filter(apart).slice(0, 1).to_pylist()[0]
        raise CheckError(
            f"groups 01 to 10 add to {row['parts'] or 0:,}, all goods less those outside are "
            f"{row['whole'] - (row['rest'] or 0):,}",
            where=f"{where}: {row['time']}, partner {row['partner']}",
            remedy="Nothing was stored; the publisher may be loading a month: fetch again later",
        )
    # A partner that traded, but nothing in ATP, traded 0 in it.
    return pa.table(
        {
            "time": both["time"],
            "HITECH": pa.repeat("all", both.num_rows),
            "partner": both["partner"],
            value: held["parts"],
        }
    )


def _headline(rows: pa.Table, value: str, flow: str) -> pa.Table:
    size = rows.num_rows
    time = rows["time"].combine_chunks()
    return pa.table(
        {
            "series": pa.repeat("atp", size),
            "partner": rows["partner"],
            "group": rows["HITECH"],
            "flow": pa.repeat(flow, size),
            "seasonal": pa.repeat("nsa", size),
            "period": time,
            "year": pc.cast(pc.utf8_slice_codeunits(time, 0, 4), pa.int16()),
            "month": pc.cast(pc.utf8_slice_codeunits(time, 5, 7), pa.int8()),
            "freq": pa.repeat("month", size),
            "months": pa.repeat(pa.scalar(1, pa.int8()), size),
            "value_usd": rows[value],
            "printed_unit_usd": pa.repeat(pa.scalar(1, pa.int64()), size),
            "print_kind": pa.repeat("current series", size),
            "confidence": pa.repeat("high", size),
        }
    )


ADAPTER: Final = CensusHitech()
