"""What did the newest release change? Answers ``release``.

Two states of knowledge are compared: all that was known on the day of one release, and on that of the other.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa

from techbalance.indicators import periods
from techbalance.questions.answer import Answer, Lineage
from techbalance.questions.parameters.accounts import RecordsParams
from techbalance.questions.parameters.texts import AsOf
from techbalance.questions.parameters.vintages import RELEASE, ReleaseParams
from techbalance.questions.published import Published
from techbalance.questions.records import run as records
from techbalance.questions.revisions import moved
from techbalance.questions.verdicts import Verdicts
from techbalance.questions.wording import money

if TYPE_CHECKING:
    import datetime as dt

    from techbalance.indicators.periods import Freq
    from techbalance.store.catalogue import Store

# What a monthly release is about; records are kept of the first.
SERIES: Final = ("atp", "goods_census", "goods_services_bop")
TYPES: Final = dict.fromkeys(("vintage", "was_vintage"), pa.date32()) | dict.fromkeys(
    ("value_usd", "was_usd", "revision_usd"), pa.int64()
)
SCHEMA: Final = pa.schema([(name, TYPES.get(name, pa.string())) for name in RELEASE.columns])
Row = dict[str, Any]


@dataclass(frozen=True)
class Release:
    """Two states of knowledge, the later and the earlier one."""

    store: Store
    day: dt.date
    since: dt.date
    top: int

    def months(self, series: str) -> list[Row]:
        """Months whose balance was not out at the earlier release; the newest first."""
        now, was = (self._known(series, "month", day) for day in (self.day, self.since))
        new = [
            _row("new month", series, period, value=value, vintage=vintage)
            for period, (value, vintage) in now.items()
            if period not in was
        ]
        return self._cut(sorted(new, key=lambda row: str(row["period"]), reverse=True), "months")

    def revisions(self, series: str) -> list[Row]:
        """Years whose balance was out at the earlier release and is another now; the largest move first.

        What printed rounding alone can explain is no revision.
        """
        units = self._units(series)
        now, was = (self._known(series, "year", day) for day in (self.day, self.since))
        rows = []
        for period, (before, old) in was.items():
            value, vintage = now.get(period, (before, old))
            rounding = sum(units.get((int(period), one), 0) for one in (vintage, old))
            if abs(value - before) <= rounding:
                continue
            row = _row("revision", series, period, value=value, vintage=vintage)
            row |= {"was_usd": before, "was_vintage": old, "revision_usd": value - before}
            rows.append(row | {"what": moved(before, value, "balance")})
        rows.sort(key=lambda row: (-abs(row["revision_usd"]), row["period"]))
        return self._cut(rows, "revisions")

    def records(self, series: str) -> list[Row]:
        """Records that stand with another period, or another value, than at the earlier release."""
        now, was = (self._standing(series, day) for day in (self.day, self.since))
        rows = []
        for kind, row in now.items():
            before = was.get(kind)
            if before is not None and before["period"] == row["period"]:
                continue
            what = f"{kind}{'' if before else ': the first'}"
            one = _row("record", series, row["period"], value=row["value_usd"], vintage=self.day, what=what)
            if before is not None:
                one |= {
                    "was_usd": before["value_usd"],
                    "was": before["period"],
                    "was_vintage": self.since,
                    "now": row["period"],
                }
            rows.append(one)
        return rows

    def claims(self, what: str | None) -> list[Row]:
        """Statements with another verdict than at the earlier release."""
        rows = []
        for one in Verdicts(self.store, what).changed(self.since, self.day):
            row = _row("claim", None, None, vintage=one.after.vintage, what=one.statement.id)
            row |= {"now": _said(one.after), "was": _said(one.before), "was_vintage": one.before.vintage}
            rows.append(row | {"note": one.statement.text})
        return rows

    def _known(self, series: str, freq: Freq, day: dt.date) -> dict[str, tuple[int, dt.date]]:
        published = Published(self.store, series, freq, day)
        rows = published.figures().filter(lambda row: row.balance_usd.notnull())
        found = {}
        for row in self.store.fetch_rows(rows.select(*published.bucket, "balance_usd", "vintage")):
            period = f"{row['year']}" + (f"-{row['month']:02d}" if freq == "month" else "")
            found[period] = (row["balance_usd"], row["vintage"])
        return dict(sorted(found.items()))

    def _units(self, series: str) -> dict[tuple[int, dt.date], int]:
        """Last printed digit by year and vintage: a balance has two figures, each off by half of it."""
        rows = Published(self.store, series, "year").rows().filter(lambda row: row.freq == "year")
        units = rows.group_by("year", "vintage").aggregate(unit=rows.printed_unit_usd.max())
        return {(row["year"], row["vintage"]): row["unit"] for row in self.store.fetch_rows(units)}

    def _standing(self, series: str, day: dt.date) -> dict[str, Row]:
        """By kind the record that stood on a day."""
        found = {}
        for row in records(RecordsParams.read({"series": series, "as_of": AsOf(day)}), self.store).rows():
            # Rows that another row of the same answer superseded; what came after that day does not count.
            superseded = row["superseded_by"] and "published since" not in row["superseded_by"]
            if row["kind"] and not superseded:
                found[row["kind"]] = row
        return found

    def _cut(self, rows: list[Row], what: str) -> list[Row]:
        if len(rows) > self.top:
            rows[self.top - 1]["note"] = f"{len(rows) - self.top} further {what} of this series are not shown"
        return rows[: self.top]


def run(params: ReleaseParams, store: Store) -> Answer:
    """Answer ``release``: new months, revisions, records and verdicts, in that order."""
    day, since = _days(params, store)
    rows: list[Row] = []
    notes: list[str] = []
    if day is not None and since is not None:
        release = Release(store, day, since, params.top)
        for part in (release.months, release.revisions, release.records):
            for series in SERIES if part != release.records else SERIES[:1]:
                rows += part(series)
        rows += release.claims(params.claims)
        notes = [f"Known by {day}, against what was known by {since}.", *_head(release, rows)]
        if not rows:
            rows = [{"section": None, "note": "no_change: nothing differs between the two releases"}]
    else:
        rows = [{"note": "one_observation: one release is held, so there is none to compare it with"}]
    table = pa.Table.from_pylist(rows, schema=SCHEMA)
    return Answer(RELEASE, params, store, table, tuple(notes), _lineage(store, day))


def _days(params: ReleaseParams, store: Store) -> tuple[dt.date | None, dt.date | None]:
    """The two days: those given; else the newest vintage of the monthly series, and the one before."""
    headline = store.table("headline")
    rows = headline.filter(headline.series == SERIES[0], headline.partner == "WORLD")
    held = sorted(row["vintage"] for row in store.fetch_rows(rows.select("vintage").distinct()))
    day = params.as_of.day if params.as_of else max(held, default=None)
    since: dt.date | None
    if params.since:
        since = params.since.day
    else:
        # What was known on the day asked for is of the last release not after it.
        own = max((one for one in held if day and one <= day), default=None)
        since = max((one for one in held if own and one < own), default=None)
    return day, since


def _head(release: Release, rows: list[Row]) -> list[str]:
    """The newest month in a sentence."""
    new = [row for row in rows if row["section"] == "new month" and row["series"] == SERIES[0]]
    if not new:
        return ["No new month of the balance in Advanced Technology Products."]
    return [f"Balance of {new[0]['period']}: {money(new[0]['value_usd'])} in Advanced Technology Products."]


def _said(judged: Any) -> str:  # noqa: ANN401 - a judgement
    return f"{judged.verdict} ({judged.recomputed})" if judged.recomputed else str(judged.verdict)


def _row(  # noqa: PLR0913 - columns of a row
    section: str,
    series: str | None,
    period: str | None,
    *,
    value: int | None = None,
    vintage: dt.date | None = None,
    what: str = "balance",
) -> Row:
    return {
        "section": section,
        "series": series,
        "period": period,
        "what": what,
        "value_usd": value,
        "vintage": vintage,
    }


def _lineage(store: Store, day: dt.date | None) -> tuple[Lineage, ...]:
    rows = periods.up_to(store.table("headline"), day)
    rows = rows.filter(rows.series.isin(SERIES), rows.partner == "WORLD", rows["group"] == "all")
    return (Lineage("headline", rows, "figures known at one release less those known at the other"),)
