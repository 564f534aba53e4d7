"""What does a chart say to a reader who does not see it? Plain words, computed from the rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from techbalance.charts import text, titles

if TYPE_CHECKING:
    import datetime
    from collections.abc import Sequence

    from techbalance.charts.findings import (
        BalanceFinding,
        ChangeFinding,
        GridFinding,
        IpFinding,
        MonthlyFinding,
        ProductFinding,
        RankFinding,
        RatioFinding,
        RevisionFinding,
        VerdictFinding,
    )
    from techbalance.charts.findings.ideas import GapFinding, OriginFinding, PathFinding
    from techbalance.charts.rows import Row


def annual_balance(finding: BalanceFinding, listed: Sequence[Row], subject: str) -> str:
    """Describe the course of the balance, its turn, its extremes and its part-years."""
    first, latest = finding.first, finding.latest
    said = [
        f"Lines of exports and imports, and bars of the balance, in {subject}, "
        f"{first['year']} to {latest['year']}.",
        f"The balance went from {_amount(first['balance_usd'])} in {first['year']} "
        f"to {_amount(latest['balance_usd'])} in {latest['year']}.",
    ]
    flows = [
        f"{name} went from {text.money(first[key])} to {text.money(latest[key])}"
        for name, key in (("exports", "exports_usd"), ("imports", "imports_usd"))
        if first[key] is not None and latest[key] is not None
    ]
    if flows:
        said.append(f"{text.listing(flows).capitalize()} in the same years.")
    if finding.largest_surplus is not None:
        row = finding.largest_surplus
        said.append(f"The largest surplus was {text.size(row['balance_usd'])} in {row['year']}.")
    if finding.turn is not None:
        row = finding.turn
        said.append(f"The balance last changed its sign in {row['year']}, to {_amount(row['balance_usd'])}.")
    if finding.largest_deficit is not None:
        row = finding.largest_deficit
        said.append(f"The largest deficit was {text.size(row['balance_usd'])} in {row['year']}.")
    said += [f"{row['year']} covers {text.counted(row['months'], 'month')} only." for row in finding.parts]
    missing = sorted(set(range(first["year"], latest["year"] + 1)) - _given(listed))
    if missing:
        said.append(f"No balance is given for {text.years(missing)}.")
    return " ".join(said)


def monthly_balance(finding: MonthlyFinding, subject: str) -> str:
    """Describe the twelve-month sum, its extreme, and the largest single month."""
    first, last = finding.months[0], finding.months[-1]
    said = [
        f"An area of the balance in {subject} summed over twelve months, above bars of single months, "
        f"{_month(first)} to {_month(last)}.",
        f"Over the twelve months to {_month(finding.latest)} the sum was "
        f"{_amount(finding.latest['balance_12_months_usd'])}.",
    ]
    if finding.largest_deficit_sum is not None:
        row = finding.largest_deficit_sum
        amount = text.size(row["balance_12_months_usd"])
        said.append(f"The largest twelve-month deficit was {amount}, to {_month(row)}.")
    if finding.largest_deficit_month is not None:
        row = finding.largest_deficit_month
        said.append(
            f"The largest deficit of one month was {text.size(row['balance_usd'])}, in {_month(row)}."
        )
    missing = [_month(row) for row in finding.months if row["balance_usd"] is None]
    if missing:
        said.append(f"No balance is given for {text.listing(missing)}.")
    return " ".join(said)


def deficit_ratios(finding: RatioFinding) -> str:
    """Describe each denominator's ratio in the first and last year, and the years without one."""
    span = text.years([finding.first_year, finding.latest_year])
    if finding.first_year != finding.latest_year:
        span = f"{finding.first_year} to {finding.latest_year}"
    said = [f"Lines of the technology deficit as percent of each trade deficit, {span}."]
    for name in finding.denominators:
        ends = [
            f"{text.percent(ratios[name])} in {year}"
            for ratios, year in ((finding.first, finding.first_year), (finding.latest, finding.latest_year))
            if name in ratios
        ]
        if ends:
            said.append(f"Of the deficit in {titles.denominator(name)}: {' and '.join(dict.fromkeys(ends))}.")
    if finding.undefined:
        said.append(f"No ratio is given for {text.years(finding.undefined)}.")
    return " ".join(said)


def heat_map(finding: GridFinding, flow: str) -> str:
    """Describe the totals of the largest groups and partners, and the largest pairs."""
    groups = [c for c in finding.cells if c["partner"] == "total" and c["group"] != "total"]
    partners = [c for c in finding.cells if c["group"] == "total" and c["partner"] not in {"total", "other"}]
    pairs = [c for c in finding.cells if not c["total"] and c["partner"] != "other" and c["value_usd"]]
    pairs.sort(key=lambda cell: -cell["value_usd"])
    link = "from" if flow == "imports" else "to"
    return " ".join(
        [
            f"A grid of technology {flow} in {finding.year} by group and partner, "
            f"{text.money(finding.total_usd)} in all.",
            f"The largest groups were {_named(groups[:3], 'group_name')}.",
            f"The largest partners were {_named(partners[:3], 'partner_name')}.",
            "The largest single flows were "
            + text.listing(
                [
                    f"{c['group_name']} {link} {c['partner_name']} ({text.money(c['value_usd'])})"
                    for c in pairs[:3]
                ]
            )
            + ".",
        ]
    )


def ranked_bars(finding: RankFinding) -> str:
    """Describe the first places with last year's rank, and every overtaking among the rows shown."""
    kind = f"{titles.MEASURES[finding.measure].lower()} {finding.within}".rstrip()
    count = text.counted(len(finding.shown), finding.by)
    said = [f"Bars of the {count} ranked first, {kind} in {finding.year}."]
    for row in finding.shown[:_TOLD]:
        before = row["previous_rank"]
        was = "not ranked" if before is None else text.ordinal(before)
        name, amount = titles.short_name(row["name"], finding.by), text.money(row["value_usd"])
        said.append(f"{text.ordinal(row['rank'])}: {name}, {amount} ({was} in {finding.year - 1}).")
    for row in finding.shown:
        if row["passed"]:
            names = [titles.short_name(name, finding.by) for name in row["passed"]]
            said.append(f"{titles.short_name(row['name'], finding.by)} passed {text.brief(names)}.")
    return " ".join(said)


def change(finding: ChangeFinding) -> str:
    """Describe the totals of both years and every part drawn, with its part of the change."""
    usd = finding.to_usd - finding.from_usd
    what = f"{'the balance' if finding.flow == 'balance' else finding.flow} {finding.within}".rstrip()
    said = [
        f"A waterfall from {text.money(finding.from_usd)} in {finding.from_year} to "
        f"{text.money(finding.to_usd)} in {finding.to_year}, a change in {what} of "
        f"{text.signed(usd)}, by {finding.by}."
    ]
    parts = []
    for step in finding.steps:
        ratio = step["contribution_ratio"]
        share = "" if ratio is None else f" ({text.percent(ratio)})"
        parts.append(
            f"{titles.short_name(step['name'], finding.by)} {text.signed(step['change_usd'])}{share}"
        )
    said.append(f"In order: {text.listing(parts)}.")
    if finding.missing:
        said.append(f"No change is given for {text.brief(finding.missing)}.")
    return " ".join(said)


def products(finding: ProductFinding, flow: str) -> str:
    """Describe the largest products, each with its first partner and that partner's share."""
    link = "from" if flow.startswith("imports") else "to"
    share = sum(row["value_usd"] for row in finding.products) / finding.total_usd
    said = [
        f"Bars of the {text.counted(len(finding.products), 'largest product')} among technology {flow} in "
        f"{finding.year}, divided by partner; together {text.percent(share)} of "
        f"{text.money(finding.total_usd)}."
    ]
    said += [
        f"{text.clause(row['name'])} ({text.tariff_code(row['product'])}): {text.money(row['value_usd'])}, "
        f"{text.percent(row['top_share'], 0)} {link} {row['top_partner']}."
        for row in finding.products
    ]
    return " ".join(said)


def intellectual_property(finding: IpFinding) -> str:
    """Describe receipts, payments and balance of the first countries, and name the conduits shown."""
    said = [
        f"Dots of receipts and payments for the use of intellectual property in {finding.year}, "
        f"{text.counted(len(finding.shown), 'country', 'countries')} in order of receipts."
    ]
    for row in finding.shown[:_TOLD]:
        flows = [
            f"{name} {text.money(row[key])}"
            for name, key in (("receipts", "receipts_usd"), ("payments", "payments_usd"))
            if row[key] is not None
        ]
        if row["balance_usd"] is not None:
            flows.append(_amount(row["balance_usd"]))
        said.append(f"{text.country(row['country_name'], opening=True)}: {text.listing(flows)}.")
    conduits = [
        f"{text.country(row['country_name'])} ({row['conduit']})" for row in finding.shown if row["conduit"]
    ]
    if conduits:
        said.append(f"Marked as conduits: {text.listing(conduits)}.")
    return " ".join(said)


def revisions(finding: RevisionFinding, noun: str) -> str:
    """Describe the first and the latest print of each year."""
    said = [f"Dots of the {noun} by vintage, as difference to the first vintage held, by year."]
    for row in finding.years:
        first = f"{text.money(row['first_usd'])} ({_dated(row['first'])})"
        latest = f"{text.money(row['latest_usd'])} ({_dated(row['latest'])})"
        moved = f"revised by {text.signed(row['revision_usd'])}" if row["revision_usd"] else "not revised"
        said.append(f"{row['year']}: {first}, then {latest}, {moved}.")
    if finding.steady:
        said.append(f"Not revised, not drawn: {text.years(finding.steady)}.")
    if finding.single:
        said.append(f"One vintage only, not drawn: {text.years(finding.single)}.")
    return " ".join(said)


def _dated(date: datetime.date) -> str:
    return text.month_name(date.year, date.month)


def verdicts(finding: VerdictFinding) -> str:
    """List the statements of each verdict by id."""
    said = [f"Tiles of {text.counted(len(finding.claims), 'statement')} by verdict."]
    for verdict, count in finding.counts.items():
        ids = [row["claim_id"] for row in finding.claims if row["verdict"] == verdict]
        words = titles.VERDICTS.get(verdict, verdict)
        said.append(f"{words[:1].upper()}{words[1:]}, {count}: {text.listing(ids)}.")
    return " ".join(said)


_TOLD = 5
"""How many rows of a ranking are read out; the table has all of them."""


def idea_paths(finding: PathFinding) -> str:
    """Describe where each path begins and ends."""
    said = [
        "Paths of countries by receipts for intellectual property and high-technology exports, "
        f"{finding.first} to {finding.last}."
    ]
    for path in finding.paths.values():
        ends = [
            f"{text.money(row['ip_receipts_usd'])} and {text.money(row['hightech_exports_usd'])} "
            f"in {row['year']}"
            for row in (path[0], path[-1])
        ]
        name = text.country(path[0]["country_name"] or path[0]["country"], opening=True)
        said.append(f"{name}: {' to '.join(ends)}.")
    if finding.left_out:
        said.append(f"Without two years of both figures: {text.listing(finding.left_out)}.")
    return " ".join(said)


def gap_ranking(finding: GapFinding) -> str:
    """Describe both ends of the order, and whose place is least sure."""
    said = [
        "Bars of the share in world ideas over the share in world technology exports in "
        f"{finding.year}, {text.counted(len(finding.shown), 'country', 'countries')}."
    ]
    ends = (
        finding.shown if len(finding.shown) <= 2 * _TOLD else finding.shown[:_TOLD] + finding.shown[-_TOLD:]
    )
    told = [f"{text.country(row['country_name'])} {titles.times(row['gap_log'])}" for row in ends]
    said.append(f"In order: {text.listing(told)}.")
    if finding.unstable is not None:
        row = finding.unstable
        places = titles.place_range([row[key] for key in ("place_log", "place_z", "place_rank")])
        said.append(f"The least sure place is that of {text.country(row['country_name'])}: {places}.")
    return " ".join(said)


def value_added_origins(finding: OriginFinding) -> str:
    """Describe value added and gross sales of the first origins, and the buyer's own part."""
    when = f" in {finding.year}" if finding.year else ""
    said = [f"Dots of value added and gross sales by origin in the final demand of {finding.buyer}{when}."]
    for row in finding.shown[:_TOLD]:
        name = text.country(row["country_name"], opening=True)
        added, gross = text.money(row["value_added_usd"]), text.money(row["gross_usd"])
        said.append(f"{name}: value added {added}, gross sales {gross}.")
    if finding.own_share is not None:
        said.append(f"The buyer's own value added is {text.percent(finding.own_share)} of the demand.")
    return " ".join(said)


def _named(cells: Sequence[Row], field: str) -> str:
    """List names with their values."""
    return text.listing([f"{cell[field]} ({text.money(cell['value_usd'])})" for cell in cells])


def _month(row: Row) -> str:
    return text.month_name(row["year"], row["month"])


def _amount(usd: int) -> str:
    return f"a {text.side(usd)} of {text.size(usd)}" if usd else "zero"


def _given(listed: Sequence[Row]) -> set[int]:
    return {row["year"] for row in listed if row["balance_usd"] is not None}
