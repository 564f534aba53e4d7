"""Which charts and tables show trade with one partner?"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from techbalance.charts import text
from techbalance.charts.annual import annual_balance
from techbalance.charts.rows import Credit, Origin
from techbalance.errors import NotCoveredError
from techbalance.questions.scope import within
from techbalance.report.blocks import Heading, KeyFigure
from techbalance.report.grids import Field, grid
from techbalance.web.pages.drafts import IMPORTS, capital, chart, money, named, table, traced

if TYPE_CHECKING:
    from collections.abc import Callable

    from techbalance.questions.answer import Answer
    from techbalance.questions.parameters.texts import AsOf, GroupRef, PartnerRef
    from techbalance.report.blocks import Chart, Table
    from techbalance.web.pages.drafts import Gathering
    from techbalance.web.pages.page import Asker

GOODS: Final = Origin("US Census Bureau", "all goods, Census basis, not seasonally adjusted")
_ALL: Final = 1_000_000
_SHOWN: Final = 12
_HALF: Final = 0.5
_AROUND: Final = 3
"""Ranks shown on either side of the partner's own."""


@dataclass(frozen=True)
class Subject:
    """What the page is about.

    Parameters
    ----------
    asker
        Who asks.
    partner, name
        The partner or area, and what it is called in a sentence.
    group
        Groups it is narrowed to.
    before, year
        The years compared.
    as_of
        The day whose knowledge is read.
    """

    asker: Asker
    partner: PartnerRef
    name: str
    group: GroupRef | None
    before: int
    year: int
    as_of: AsOf | None

    def ask(self, name: str, **given: Any) -> Answer:  # noqa: ANN401 - any form a parameter takes
        """Ask about this partner and these groups."""
        narrowed = {"partner": self.partner, "group": self.group, "as_of": self.as_of}
        return self.asker.ask(name, **{key: value for key, value in narrowed.items() if value} | given)


@dataclass(frozen=True)
class Facts:
    """The figures of the heading.

    Parameters
    ----------
    imports, imports_before
        Technology imports of both years; None where they are not held.
    goods
        The newest year of all goods with a balance; None where there is none.
    answer, goods_answer
        Where they come from.
    notes
        Remarks on them.
    """

    imports: int | None
    imports_before: int | None
    goods: dict[str, Any] | None
    answer: Answer
    goods_answer: Answer
    notes: tuple[str, ...]


def years_held(asker: Asker) -> list[int]:
    """Years of which ten-digit imports are held."""
    rows = asker.ask("reconcile", flow="import").rows()
    return sorted({row["year"] for row in rows if row["rebuilt_usd"] is not None})


def facts(subject: Subject) -> Facts:
    """Ask for the imports of both years, and for the balance in all goods."""
    answer = subject.ask("balance", year=(subject.before, subject.year))
    imports = {row["year"]: row["imports_usd"] for row in answer.rows()}
    goods = goods_balance(subject)
    full = [row for row in goods.rows() if row["balance_usd"] is not None and row["months"] == 12]
    return Facts(
        imports.get(subject.year),
        imports.get(subject.before),
        full[-1] if full else None,
        answer,
        goods,
        answer.notes,
    )


def goods_balance(subject: Subject) -> Answer:
    """Ask for all goods, year by year: they have no groups."""
    return subject.ask("balance", series="goods_census", group=None)


def ranked(subject: Subject) -> Answer:
    """Ask for all suppliers in order."""
    return subject.ask("rank", by="partner", year=subject.year, flow="import", partner=None)


def rank_of(subject: Subject) -> dict[str, Any] | None:
    """Find the partner among all suppliers; None for an area, and for one that supplies nothing."""
    codes = [one.strip() for one in str(subject.partner).split(",")]
    if len(codes) > 1:
        return None
    wanted = {codes[0].casefold(), subject.name.removeprefix("the ").casefold()}
    for row in ranked(subject).rows():
        if row["rank"] is not None and wanted & {row["partner"].casefold(), row["partner_name"].casefold()}:
            return row
    return None


def key_figures(subject: Subject, facts: Facts, rank: dict[str, Any] | None) -> tuple[KeyFigure, ...]:
    """State imports, rank and the balance in all goods."""
    found = []
    if facts.imports:
        before = facts.imports_before
        what = "Technology imports" if subject.group is None else "Imports of these groups"
        found.append(
            KeyFigure(
                f"{what} in {subject.year}",
                text.money(facts.imports),
                facts.imports,
                f"{text.money(before)} in {subject.before}." if before else f"None in {subject.before}.",
                traced(subject.asker, [facts.answer], IMPORTS),
            )
        )
    if rank is not None:
        answer = ranked(subject)
        count = sum(row["rank"] is not None for row in answer.rows())
        was = rank["previous_rank"]
        earlier = f"{text.ordinal(was)} in {subject.before}. " if was else ""
        passed = f"Overtook {rank['overtook']}." if rank["overtook"] else ""
        found.append(
            KeyFigure(
                f"Place among {count} suppliers",
                text.ordinal(rank["rank"]),
                rank["rank"],
                f"{earlier}{passed}".strip(),
                traced(subject.asker, [answer], IMPORTS),
            )
        )
    if facts.goods is not None:
        goods = facts.goods
        found.append(
            KeyFigure(
                f"{text.side(goods['balance_usd']).capitalize()} in all goods in {goods['year']}",
                text.size(goods["balance_usd"]),
                goods["balance_usd"],
                f"Exports of {text.money(goods['exports_usd'])} less imports of "
                f"{text.money(goods['imports_usd'])}.",
                traced(subject.asker, [facts.goods_answer], GOODS),
            )
        )
    return tuple(found)


def goods_chart(subject: Subject) -> Chart:
    """Draw the balance in all goods over the years."""
    answer = goods_balance(subject)
    figure = annual_balance(
        answer.arrow, credit=Credit(answer.command, GOODS), subject=f"goods with {subject.name}"
    )
    return chart(subject.asker, answer, GOODS, figure=figure)


def revisions(subject: Subject, told: Gathering) -> tuple[Callable[[], Table], ...]:
    """Show what later vintages made of the balance in all goods; a note where nothing was revised."""
    if "," in str(subject.partner):
        return ()
    answer = subject.asker.ask(
        "revisions", series="goods_census", partner=subject.partner, as_of=subject.as_of
    )
    rows = [row for row in answer.rows() if row["value_usd"] is not None]
    if not rows:
        told.add(f"Revisions: of all goods with {subject.name} no period is held at two vintages.")
        return ()
    moved = [row for row in rows if row["revision_usd"]]
    largest = max(moved, key=lambda row: abs(row["revision_usd"]), default=None)
    title = "Later vintages left the balance as it was first held"
    if largest is not None:
        title = (
            f"The balance of {largest['period']} moved by {text.signed(largest['revision_usd'])} between two "
            f"vintages, to {text.money(largest['value_usd'])}"
        )
    fields = (
        Field("period", "Period", "code"),
        Field("vintage", "Vintage", "date"),
        money("value_usd", "Balance", rows),
        money("revision_usd", "Revision", rows),
        Field("source_id", "Source", "words"),
    )
    heading = Heading("revisions", title, "All goods, each vintage that is held.")
    return (lambda: table(subject.asker, [answer], GOODS, heading, grid(rows, fields)),)


def rank_table(subject: Subject) -> Table:
    """Show the partner between those that supply a little more and a little less."""
    answer = ranked(subject)
    own = rank_of(subject)
    assert own is not None  # noqa: S101 - the section is left out where there is none
    near = [
        row
        for row in answer.rows()
        if row["rank"] is not None and (row["rank"] <= _AROUND or abs(row["rank"] - own["rank"]) <= _AROUND)
    ]
    near.sort(key=lambda row: row["rank"])
    rows = [row | {"named": _marked(row, own)} for row in near]
    was, place = own["previous_rank"], own["rank"]
    name = text.country(own["partner_name"], opening=True)
    title = (
        f"{name} supplied {text.money(own['value_usd'])} in {subject.year}, the {text.ordinal(place)} place"
    )
    if was and was != place:
        course = "rose" if was > place else "fell"
        title = f"{name} {course} from {text.ordinal(was)} to {text.ordinal(place)} place"
    fields = (
        Field("named", "Supplier", "words"),
        money("value_usd", "Imports", [own]),
        Field("rank", "Place", "count"),
        Field("previous_rank", f"In {subject.before}", "count"),
        Field("overtook", "Overtook", "words"),
    )
    narrowed = within(answer.params, subject.asker.store)
    what = f"Imports of advanced technology products {narrowed}".rstrip()
    subtitle = f"{what} in {subject.year}; the first three, and those around."
    links: tuple[dict[int, str], ...] = tuple(
        {} if row["partner"] == own["partner"] else {0: f"/partner?partner={row['partner']}"} for row in near
    )
    written = replace(grid(rows, fields), links=links)
    return table(subject.asker, [answer], IMPORTS, Heading("rank", title, subtitle), written)


def _marked(row: dict[str, Any], own: dict[str, Any]) -> str:
    is_own = row["partner"] == own["partner"]
    return f"{row['partner_name']}, this page" if is_own else str(row["partner_name"])


def groups_change(subject: Subject) -> Chart:
    """Draw what each group added to the change in imports."""
    return chart(subject.asker, moved(subject, "group"), IMPORTS)


def products_change(subject: Subject) -> Chart:
    """Draw the ten-digit products that moved most."""
    return chart(subject.asker, moved(subject, "product"), IMPORTS)


def moved(subject: Subject, by: str) -> Answer:
    """Ask what moved between the two years, every part of it: some parts would state a wrong sum."""
    return subject.ask("change", by=by, flow="import", from_=subject.before, to=subject.year)


def groups_table(subject: Subject) -> Table:
    """Set each group's imports from the partner against those from all partners."""
    own = moved(subject, "group")
    world = subject.ask("balance", by="group", year=subject.year, partner=None)
    of_all = {row["group"]: row["imports_usd"] for row in world.rows()}
    rows = []
    for row in own.rows():
        whole, usd = of_all.get(row["group"]), row["to_usd"]
        share = usd / whole if usd is not None and whole else None
        rows.append(row | {"share": share, "all_usd": whole, "note": None})
    rows.sort(key=lambda row: -(row["to_usd"] or 0))
    first = rows[0]
    leading = max(rows, key=lambda row: row["share"] or 0.0)
    title = f"{first['group_name']} is the largest group, {text.money(first['to_usd'] or 0)}"
    if leading["share"]:
        where = "its share in all imports is the highest"
        if leading is not first:
            where = f"the share in all imports is highest in {leading['group_name']}"
        title += f"; {where}, {text.percent(leading['share'])}"
    fields = (
        Field("group_name", "Group", "words"),
        money("from_usd", str(subject.before), rows),
        money("to_usd", str(subject.year), rows),
        money("all_usd", f"From all, {subject.year}", rows),
        Field("share", "Share, %", "percent"),
    )
    heading = Heading("groups-table", title, f"Imports from {subject.name} by technology group.")
    return table(subject.asker, [own, world], IMPORTS, heading, grid(rows, fields))


def products_table(subject: Subject) -> Table:
    """List the largest products from the partner."""
    answer = moved(subject, "product")
    held = sorted((row for row in answer.rows() if row["to_usd"]), key=lambda row: -row["to_usd"])
    if not held:
        raise NotCoveredError(f"no product from {subject.name} is recorded in {subject.year}")
    shown = [named(row) for row in held[:_SHOWN]]
    share = sum(row["to_usd"] for row in shown) / sum(row["to_usd"] for row in held)
    title = f"{text.sentence(held[0]['product_name'])} is the only product {subject.name} supplied"
    if len(held) > 1:
        title = (
            f"The {len(shown)} largest of {len(held):,} products make {text.percent(share, 0)} of what "
            f"{subject.name} supplied"
        )
    fields = (
        Field("named", "Product, as the tariff names it", "words"),
        money("from_usd", str(subject.before), shown),
        money("to_usd", str(subject.year), shown),
        Field("code", "Code", "code"),
    )
    heading = Heading("products-table", title, "Imports of ten-digit products. The file has every product.")
    return table(subject.asker, [answer], IMPORTS, heading, grid(shown, fields))


def dependence_table(subject: Subject) -> Table:
    """List the products whose largest supplier it is."""
    answer = subject.asker.ask(
        "dependence",
        on=subject.partner,
        group=subject.group,
        year=subject.year,
        top=_ALL,
        as_of=subject.as_of,
    )
    rows = [row for row in answer.rows() if row["imports_usd"]]
    name = capital(subject.name)
    if not rows:
        raise NotCoveredError(f"{name} was the largest supplier of no product in {subject.year}")
    usd = sum(row["imports_usd"] for row in rows)
    half = sum((row["top_share"] or 0) > _HALF for row in rows)
    title = (
        f"{name} is the largest supplier of {text.counted(len(rows), 'product')} worth {text.money(usd)}, "
        f"and sells more than half of {half:,} of them"
    )
    subtitle = (
        f"Ten-digit products of which it sold most in {subject.year}; the {_SHOWN} largest. The file has "
        "every one."
    )
    shown = [named(row) for row in rows[:_SHOWN]]
    fields = (
        Field("named", "Product, as the tariff names it", "words"),
        money("imports_usd", "From all", shown),
        Field("top_share", "Its share, %", "percent"),
        Field("suppliers", "Suppliers", "count"),
        Field("flags", "Flags", "words"),
        Field("code", "Code", "code"),
    )
    heading = Heading("dependence-table", title, subtitle)
    return table(subject.asker, [answer], IMPORTS, heading, grid(shown, fields))
