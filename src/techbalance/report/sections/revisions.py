"""How much has the headline figure been revised, and which figure belongs to which vintage?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa

from techbalance.charts import rows as origins
from techbalance.charts import text
from techbalance.charts.revisions import revised_values
from techbalance.indicators.periods import PRINTED
from techbalance.questions.published import Published
from techbalance.report.blocks import Heading, Section
from techbalance.report.drafting import Draft
from techbalance.report.grids import Field, grid

if TYPE_CHECKING:
    from techbalance.questions.answer import Answer
    from techbalance.report.blocks import Table
    from techbalance.report.inquiry import Inquiry


def section(inquiry: Inquiry) -> Section:
    """Ask for all years as they were known at each vintage."""
    rows = prints(inquiry)
    draft = Draft(inquiry, known(inquiry, rows), origins.CENSUS)
    return Section(
        id="revisions",
        title="What revisions did to the headline",
        prose=(_meaning(rows),),
        blocks=(
            draft.chart(revised_values, rows=rows, years=[row["year"] for row in _revised(rows)]),
            _table(draft, rows),
        ),
    )


def prints(inquiry: Inquiry) -> pa.Table:
    """List the balance of every full year at each vintage, a printed year before a sum of months."""
    revisions = Published(inquiry.store, "atp", "year").revisions()
    held = revisions.filter(revisions.balance_usd.notnull())
    listed = inquiry.store.fetch(held.select("year", "vintage", "balance_usd", "months", "basis"))
    rows = sorted(listed.to_pylist(), key=lambda row: (row["year"], row["vintage"], row["basis"] != PRINTED))
    single = {(row["year"], row["vintage"]): row for row in reversed(rows)}
    return pa.Table.from_pylist(list(single.values())[::-1], listed.schema).drop_columns(["basis"])


def known(inquiry: Inquiry, rows: pa.Table) -> list[Answer]:
    """Return the answers that read each vintage, the newest first: the balance, and as of earlier days."""
    days = sorted(set(rows["vintage"].to_pylist()), reverse=True)
    return [inquiry.ask("balance"), *[inquiry.ask("balance", as_of=day) for day in days[1:]]]


def _by_year(rows: pa.Table) -> dict[int, list[dict[str, Any]]]:
    years: dict[int, list[dict[str, Any]]] = {}
    for row in rows.to_pylist():
        years.setdefault(row["year"], []).append(row)
    return years


def _revised(rows: pa.Table) -> list[dict[str, Any]]:
    """First and last print of every year whose prints differ."""
    return [
        {
            "year": year,
            "first_usd": listed[0]["balance_usd"],
            "first_vintage": listed[0]["vintage"],
            "last_usd": listed[-1]["balance_usd"],
            "last_vintage": listed[-1]["vintage"],
            "revision_usd": listed[-1]["balance_usd"] - listed[0]["balance_usd"],
            "vintages": len(listed),
            "note": None,
        }
        for year, listed in _by_year(rows).items()
        if len({row["balance_usd"] for row in listed}) > 1
    ]


def _meaning(rows: pa.Table) -> str:
    years = _by_year(rows)
    several = [year for year, listed in years.items() if len(listed) > 1]
    revised = _revised(rows)
    return (
        f"A published figure is revised for years. Of {text.counted(len(years), 'annual balance')} held, "
        f"{len(several)} are held at more than one vintage, and {len(revised)} of those differ between the "
        "first and the last. A statement made on an earlier vintage can be true of that vintage and of no "
        "other."
    )


def _table(draft: Draft, rows: pa.Table) -> Table:
    revised = _revised(rows)
    fields = (
        Field("year", "Year", "code"),
        Field("first_usd", "First held, $bn", "bn"),
        Field("first_vintage", "Its vintage", "date"),
        Field("last_usd", "Newest, $bn", "bn"),
        Field("last_vintage", "Its vintage", "date"),
        Field("revision_usd", "Revision, $bn", "bn"),
        Field("vintages", "Vintages", "count"),
    )
    title = (
        f"{text.counted(len(revised), 'annual balance')} of {len(_by_year(rows))} differ between the first "
        "vintage held and the newest"
    )
    subtitle = (
        "Annual balances whose first and newest vintage differ, billions of US dollars. The data file has "
        "every vintage of every year."
    )
    return draft.table(Heading("revised-years", title, subtitle), grid(revised, fields), rows=rows)
