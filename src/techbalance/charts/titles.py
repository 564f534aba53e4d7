"""Which sentence states what a chart shows? Each is computed from the findings, never typed."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from techbalance.charts import text
from techbalance.charts.findings.ideas import REST_NAME

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

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

_DENOMINATORS = {
    "goods_census": ("goods, Census basis", "Goods (Census)"),
    "goods_bop": ("goods, balance-of-payments basis", "Goods (BOP)"),
    "goods_services_bop": ("goods and services", "Goods + services"),
}

MEASURES = {
    "import": "Imports of advanced technology products",
    "export": "Exports of advanced technology products",
    "balance": "Balance in advanced technology products",
}
"""What a ranking measures, in words."""
_MULTIPLE = 1.5
"""From this factor on, growth is said as a multiple and not in percent."""
_ROLES = {
    ("partner", "import"): "supplier",
    ("partner", "export"): "buyer",
    ("partner", "balance"): "deficit partner",
    ("group", "import"): "group of imports",
    ("group", "export"): "group of exports",
    ("group", "balance"): "deficit by group",
    ("product", "import"): "import",
    ("product", "export"): "export",
    ("product", "balance"): "deficit by product",
}


def denominator(name: str, *, short: bool = False) -> str:
    """Name a denominator in words, long for prose or short for a label; an unknown one keeps its own name."""
    return _DENOMINATORS.get(name, (name.replace("_", " "),) * 2)[short]


def annual_balance(finding: BalanceFinding, subject: str) -> str:
    """State the latest full year's balance, and whether it is the largest of the record."""
    usd, year = finding.latest["balance_usd"], finding.latest["year"]
    if usd == 0:
        return f"Trade in {subject} was balanced in {year}"
    extreme = finding.largest_deficit if usd < 0 else finding.largest_surplus
    first = finding.first["year"]
    if extreme is not None and extreme["year"] == year and first < year:
        return (
            f"The {text.side(usd)} in {subject} reached {text.size(usd)} in {year}, the largest since {first}"
        )
    stated = f"The {text.side(usd)} in {subject} was {text.size(usd)} in {year}"
    if extreme is None or first == year:
        return stated
    return f"{stated}; the largest was {text.size(extreme['balance_usd'])} in {extreme['year']}"


def monthly_balance(finding: MonthlyFinding, subject: str) -> str:
    """State the sum of the last twelve months, and whether it is the largest deficit of the record."""
    usd = finding.latest["balance_12_months_usd"]
    month = text.month_name(finding.latest["year"], finding.latest["month"])
    extreme = finding.largest_deficit_sum
    stated = f"The {text.side(usd)} in {subject} was {text.size(usd)} over the twelve months to {month}"
    if extreme is None:
        return stated
    if extreme is finding.latest:
        first = finding.months[0]
        return f"{stated}, the largest since {text.month_name(first['year'], first['month'])}"
    largest = text.size(extreme["balance_12_months_usd"])
    peak = text.month_name(extreme["year"], extreme["month"])
    return f"{stated}; the largest deficit was {largest}, in the twelve months to {peak}"


def deficit_ratios(finding: RatioFinding) -> str:
    """State the range of the ratio over the denominators in the last year, and in the first."""
    stated = f"The technology deficit equalled {_range(finding.latest.values())} of the trade deficit"
    if finding.first_year == finding.latest_year:
        return f"{stated} in {finding.latest_year}"
    first, latest = sorted(finding.first.values()), sorted(finding.latest.values())
    fell = "down from" if latest[-1] < first[0] else "against"
    word = "up from" if latest[0] > first[-1] else fell
    return f"{stated} in {finding.latest_year}, {word} {_range(first)} in {finding.first_year}"


def heat_map(finding: GridFinding, flow: str) -> str:
    """State the largest cell and its part of the whole."""
    cell = finding.largest
    link = "from" if flow == "imports" else "to"
    return (
        f"{cell['group_name']} {link} {cell['partner_name']} made {text.percent(cell['share'], 0)} "
        f"of technology {flow} in {finding.year}: {text.money(cell['value_usd'])}"
    )


def ranked_bars(finding: RankFinding) -> str:
    """State who leads, since when, and where the former leader went."""
    leader, year = finding.shown[0], finding.year
    name = short_name(leader["name"], finding.by)
    role = f"{_ROLES[finding.by, finding.measure]} {finding.within}".rstrip()
    amount = f"at {text.money(leader['value_usd'])}"
    if finding.measure == "balance":
        amount = f"with a {text.side(leader['value_usd'])} of {text.size(leader['value_usd'])}"
    if leader["tied"]:
        return f"{name} shared the first place in {year}, {amount}"
    if leader["previous_rank"] == 1:
        return f"{name} stayed the largest {role} in {year}, {amount}"
    if leader["previous_rank"] is None or finding.former is None:
        return f"{name} was the largest {role} in {year}, {amount}"
    former = finding.former
    fell = short_name(former[f"{finding.by}_name"] or former[finding.by], finding.by)
    return (
        f"{name} became the largest {role} in {year}, {amount}; "
        f"{fell} fell from 1st to {text.ordinal(former['rank'])}"
    )


def change(finding: ChangeFinding) -> str:
    """State the largest part of the change, or the change alone where no part stands for it."""
    usd = finding.to_usd - finding.from_usd
    span = f"from {finding.from_year} to {finding.to_year}"
    if finding.within:
        span = f"between {finding.from_year} and {finding.to_year}"
    what = moved(finding)
    if usd == 0:
        return f"{what[:1].upper()}{what[1:]} did not change {span}"
    course = f"{'rise' if widened(finding) else 'fall'} in {what} {span}"
    part = max(finding.steps, key=lambda step: step["contribution_ratio"])
    if part["key"] in _UNNAMED:
        return f"No single {finding.by} stood out in the {text.size(usd)} {course}"
    name = short_name(part["name"], finding.by)
    ratio = part["contribution_ratio"]
    if ratio > 1:
        alone = text.size(part["change_usd"])
        return f"{name} alone made {alone}, more than the whole {text.size(usd)} {course}"
    return f"{name} made {text.percent(ratio, 0)} of the {text.size(usd)} {course}"


def products(finding: ProductFinding, flow: str) -> str:
    """State the part of the products shown in the whole, and the first supplier of the largest."""
    count = len(finding.products)
    share = sum(row["value_usd"] for row in finding.products) / finding.total_usd
    first = finding.products[0]
    link = "came from" if flow.startswith("imports") else "went to"
    whole = f"{text.percent(share, 0)} of technology {flow} in {finding.year}"
    lead = f"{text.spelled(count)} product{'s' * (count > 1)} made {whole}"
    which = "of it" if count == 1 else "of the largest"
    return f"{lead}; {text.percent(first['top_share'], 0)} {which} {link} {first['top_partner']}"


def intellectual_property(finding: IpFinding) -> str:
    """State who receives most, and how many times the next country that is no conduit."""
    first = finding.leader
    name = text.country(first["country_name"], opening=True)
    if first["conduit"]:
        name = f"{name}, a conduit economy,"
    lead = f"{name} received {text.money(first['receipts_usd'])} for intellectual property in {finding.year}"
    if finding.runner_up is None:
        return lead
    second = finding.runner_up
    times = text.number(first["receipts_usd"] / second["receipts_usd"])
    rest = f"{times} times as much as {text.country(second['country_name'])}"
    return f"{lead}, {rest}, next apart from conduits" if finding.passed_over else f"{lead}, {rest}"


def revisions(finding: RevisionFinding, noun: str) -> str:
    """State the largest revision; ``noun`` names a figure that is no balance."""
    row = finding.largest
    first, latest, year = row["first_usd"], row["latest_usd"], row["year"]
    if row["revision_usd"] == 0:
        return f"No {noun} of {text.years([r['year'] for r in finding.years])} was revised"
    same_side = (first < 0) == (latest < 0)
    if noun != "balance" or not same_side:
        return f"The {noun} of {year} was revised from {text.money(first)} to {text.money(latest)}"
    larger = abs(latest) > abs(first)
    return (
        f"The {text.side(latest)} of {year} was revised {'up' if larger else 'down'} by "
        f"{text.size(row['revision_usd'])}, from {text.size(first)} to {text.size(latest)}"
    )


VERDICTS = {
    "reproduced": "reproduced",
    "reproduced-on-vintage": "reproduced on an earlier vintage",
    "definition-dependent": "true of one definition",
    "differs": "differs",
    "not-covered": "not covered by the record",
    "interpretation": "a matter of interpretation",
}
"""Verdicts in words."""


def verdicts(finding: VerdictFinding) -> str:
    """State how many statements hold, hold under a condition, and differ."""
    total = len(finding.claims)
    held = finding.count("reproduced")
    conditional = finding.count("reproduced-on-vintage", "definition-dependent")
    differing = finding.count("differs")
    said = f"{held} of {text.counted(total, 'statement')} {'is' if held == 1 else 'are'} reproduced"
    if conditional:
        said += f", {conditional} more on one vintage or definition only"
    return f"{said}; {differing or 'none'} {'differs' if differing == 1 else 'differ'}"


_UNNAMED = {"other", "residual"}


def moved(finding: ChangeFinding) -> str:
    """Name what changed: a flow, the deficit, the surplus, or the balance where its sign differs."""
    if finding.flow != "balance":
        return f"{finding.flow} {finding.within}".rstrip()
    if finding.from_usd < 0 and finding.to_usd < 0:
        return "the deficit"
    return "the surplus" if finding.from_usd > 0 and finding.to_usd > 0 else "the balance"


def widened(finding: ChangeFinding) -> bool:
    """Say whether what changed became larger; a deficit does when its balance falls."""
    rose = finding.to_usd > finding.from_usd
    return not rose if moved(finding) == "the deficit" else rose


def short_name(name: str, by: str) -> str:
    """Return a name as it reads in a sentence; a product's is its leading clause."""
    return text.clause(name) if by == "product" else name


def _range(ratios: Iterable[float]) -> str:
    """Write the smallest and largest ratio as percent, or one of them where they round alike."""
    ends = sorted(ratios)
    digits = 0 if ends[0] >= 0.1 else 1
    low, high = (text.percent(end, digits) for end in (ends[0], ends[-1]))
    return low if low == high else f"{low.rstrip('%')}{text.DASH}{high}"


def idea_paths(finding: PathFinding) -> str:
    """State how often the leader in ideas multiplied its receipts, and what became of its exports."""
    path = next(iter(finding.paths.values()))
    name = text.country(path[0]["country_name"] or path[0]["country"], opening=True)
    first, last = path[0]["year"], path[-1]["year"]
    if finding.ideas >= _MULTIPLE:
        grew = f"took in {text.number(finding.ideas)} times as much for ideas in {last} as in {first}"
    else:
        grew = f"took in {_more(finding.ideas)} for ideas in {last} than in {first}"
    return f"{name} {grew}, with {_more(finding.making)} high-technology exports"


def _more(factor: float) -> str:
    return f"{text.percent(abs(factor - 1), 0)} {'more' if factor >= 1 else 'less'}"


def gap_ranking(finding: GapFinding) -> str:
    """State who leads most in ideas and who in making, or that all lead in one."""
    first, last = finding.shown[0], finding.shown[-1]
    if len(finding.shown) == 1 or (first["gap_log"] > 0) == (last["gap_log"] > 0):
        side = "ideas" if first["gap_log"] > 0 else "making"
        return f"{text.country(first['country_name'], opening=True)} leads the list; all lead in {side}"
    one, other = (text.country(row["country_name"]) for row in (first, last))
    return (
        f"Ideas lead making {times(first['gap_log'])} in {one}, making leads ideas "
        f"{times(-last['gap_log'])} in {other} ({finding.year})"
    )


def times(gap: float) -> str:
    """Write a log ratio as a factor: ``4.9×``, or ``1/3.2×`` below one."""
    factor = math.exp(abs(gap))
    digits = 0 if factor >= 100 else 1
    return f"{text.number(factor, digits)}×" if gap >= 0 else f"1/{text.number(factor, digits)}×"


def place_range(places: Sequence[float]) -> str:
    """Write the best and the worst place; a dash where there is none."""
    if not places:
        return text.DASH
    low, high = (text.number(one, 0) for one in (min(places), max(places)))
    return low if low == high else f"{low}{text.DASH}{high}"


def value_added_origins(finding: OriginFinding) -> str:
    """State what the largest origin added, beside what was shipped from there."""
    row = finding.largest
    when = f" in {finding.year}" if finding.year else ""
    added, shipped = text.money(row["value_added_usd"]), text.money(row["gross_usd"])
    name, buyer = row["country_name"], text.country(finding.buyer)
    origin = "The rest of the world" if name == REST_NAME else text.country(name, opening=True)
    return f"{origin} added {added} to what {buyer} finally bought{when}, and shipped it {shipped}"
