"""Where did the balance come from? From a year to a group, to a partner, to a ten-digit product."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from techbalance.charts import rows as origins
from techbalance.charts import text, titles
from techbalance.classifications.groups import GROUPS
from techbalance.errors import NotCoveredError, ParameterError
from techbalance.questions.parameters.accounts import BalanceParams
from techbalance.questions.scope import partners_in_words, within
from techbalance.report.blocks import Heading, Marks, Section
from techbalance.report.sections.denominators import DENOMINATORS
from techbalance.web.pages.controls import controls_of
from techbalance.web.pages.drafts import Gathering, chart, table
from techbalance.web.pages.explored import VALUES, explored
from techbalance.web.pages.held import detailed_years, partners, vintages
from techbalance.web.pages.page import Content, Link, Page, address

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from techbalance.questions.answer import Answer
    from techbalance.web.pages.controls import Control
    from techbalance.web.pages.page import Asker

ADDRESS: Final = "/explorer"
TIMES: Final = ("year", "quarter", "month")
THINGS: Final = ("group", "partner", "product")
"""The way down, in this order."""
SERIES: Final = {
    "atp": "Advanced technology products",
    "goods_census": "All goods, Census basis",
    "goods_bop": "All goods, balance-of-payments basis",
    "services_bop": "Services",
    "goods_services_bop": "Goods and services",
}
_DENOMINATORS: Final = tuple((name, f"the deficit in {titles.denominator(name)}") for name in DENOMINATORS)
_NOUNS: Final = {"atp": "advanced technology products", "goods_census": "goods"}


def compose(asker: Asker, params: BalanceParams) -> Content:
    """Compose the view of any part of the balance, with ways further down."""
    answer = asker.ask("balance", **params.texts())
    if not answer.answered:
        notes = [row["note"] for row in answer.rows() if row["note"]]
        raise NotCoveredError(
            "nothing is held of this part of the balance",
            where=notes[0] if notes else "",
            remedy="Choose another year, or fewer of group, partner and product",
        )
    told = Gathering()
    blocks = [*_charts(asker, answer, told), _table(asker, answer)]
    said = {row["note"] for row in answer.rows()}
    if len(said) == 1:
        told.add(*filter(None, said))
    told.add(*answer.notes)
    return Content(
        kicker="Balance explorer",
        heading=_heading(asker, answer),
        lead=_lead(answer),
        crumbs=_crumbs(asker, params),
        controls=_controls(asker, params),
        sections=(Section("rows", "", (), tuple(blocks)),),
        notes=told.notes,
        links=_links(params),
    )


def further(asker: Asker, params: BalanceParams, **fixed: str) -> str | None:
    """Write the address one step down: some keys are fixed, and the next one in order makes the rows.

    Returns
    -------
    str or None
        None for a year of which nothing is held by group, partner and product.
    """
    texts = params.texts() | fixed
    left = _next(params, texts)
    year = texts.get("year", "")
    is_detailed = params.series != "atp" or not year.isdigit() or int(year) in detailed_years(asker)
    if left is not None and not is_detailed:
        return None
    if left is None:
        texts.pop("year", None)
    return address(ADDRESS, **_without(texts, "top", "by", "ytd", "denominator"), by=left)


def _next(params: BalanceParams, fixed: Mapping[str, str]) -> str | None:
    """Choose the key that makes the next rows; None where all are fixed, and years are shown."""
    # What is not trade in technology is held by partner, and no further.
    ways = THINGS if params.series == "atp" else ("partner",)
    return next((key for key in ways if key not in fixed), None)


def _charts(asker: Asker, answer: Answer, told: Gathering) -> list[Any]:
    """Draw the answer, where a chart fits its form, with marks that lead down."""
    params: Any = answer.params
    origin = origins.DENOMINATORS if params.denominator else origins.CENSUS
    try:
        return list(told.held(lambda: chart(asker, answer, origin, marks=_marks(asker, answer))))
    except ParameterError:
        # Rows of this form stand in the table alone.
        return []


def _marks(asker: Asker, answer: Answer) -> Marks | None:
    params: Any = answer.params
    keys = [key for key in params.by if key not in TIMES]
    rows = answer.rows()

    def down(name: str, values: Iterable[Any], **fixed: str) -> dict[str, str]:
        found = {str(one): further(asker, params, **fixed, **{name: str(one)}) for one in values}
        return {value: address for value, address in found.items() if address}

    if params.by.names == ("year",):
        return Marks("year", down("year", (row["year"] for row in rows)))
    if len({row.get("year") for row in rows}) > 1:
        return None
    if len(keys) == 1:
        return Marks("key", down(keys[0], (row[keys[0]] for row in rows if row[keys[0]])))
    if set(keys) == {"group", "partner"}:
        return Marks("group", down("group", GROUPS, year=str(rows[0]["year"])))
    return None


def _table(asker: Asker, answer: Answer) -> Any:  # noqa: ANN401 - a block
    params: Any = answer.params
    grid, shown = explored(answer, lambda fixed: further(asker, params, **fixed))
    by = text.listing(params.by.names)
    part = within(params, asker.store, _flow(answer))
    count = answer.arrow.num_rows
    title = f"{SERIES[params.series]} {part}".rstrip() + f" by {by}"
    more = "" if shown == count else f" The largest {shown} of {count:,} rows; the data file has all."
    subtitle = f"US dollars, not adjusted for prices.{more}"
    heading = Heading(f"rows-by-{'-'.join(params.by)}", title, subtitle)
    return table(asker, [answer], origins.CENSUS, heading, grid)


def _flow(answer: Answer) -> str | None:
    """Name the one flow that is held; None where there is a balance."""
    rows = answer.arrow
    held = [name for name in VALUES if rows[name].null_count < rows.num_rows]
    return None if "balance_usd" in held or not held else held[0].removesuffix("s_usd")


def _heading(asker: Asker, answer: Answer) -> str:
    """State the total of what is looked at, in its newest year, beside the year before."""
    params: Any = answer.params
    given = _without(params.texts(), "by", "top", "denominator", "year")
    rows = asker.ask("balance", **given).rows()
    held = [row for row in rows if any(row[name] is not None for name in VALUES)]
    newest = next((row for row in reversed(held) if params.year is None or row["year"] in params.year), None)
    if newest is None:
        return f"{_upper(_noun(asker, params))} {within(params, asker.store)}".rstrip()
    before = next((row for row in held if row["year"] == newest["year"] - 1), None)
    field = next(name for name in ("balance_usd", "imports_usd", "exports_usd") if newest[name] is not None)
    flow = None if field == "balance_usd" else field.removesuffix("s_usd")
    part = within(params.model_copy(update={"product": None}), asker.store, flow)
    return _stated(f"{_noun(asker, params)} {part}".rstrip(), newest, before, field)


def _upper(words: str) -> str:
    return words[:1].upper() + words[1:]


def _noun(asker: Asker, params: BalanceParams) -> str:
    """Name what is traded: a product by its code and the first words of its official name."""
    if params.product is None:
        return _NOUNS.get(params.series, SERIES[params.series].lower())
    return text.listing([_product(asker, code) for code in params.product])


def _product(asker: Asker, code: str) -> str:
    if len(code) < 10:
        return f"products under {code}"
    rows = asker.ask("balance", by="product", product=code).rows()
    name = next((row["product_name"] for row in rows if row.get("product_name")), "")
    return f"{text.tariff_code(code)} {text.clause(name)}".rstrip()


def _stated(subject: str, newest: dict[str, Any], before: dict[str, Any] | None, field: str) -> str:
    usd, year = newest[field], newest["year"]
    when = f"{year}" if newest["months"] == 12 else f"the first {newest['months']} months of {year}"
    was = before[field] if before is not None else None
    if field == "balance_usd":
        since = "" if was is None else f", after a {text.side(was)} of {text.size(was)} the year before"
        return f"A {text.side(usd)} of {text.size(usd)} in {subject} in {when}{since}"
    flow = field.removesuffix("_usd").capitalize()
    since = "" if was is None else f", after {text.money(was)} the year before"
    return f"{flow} of {subject}: {text.money(usd)} in {when}{since}"


def _lead(answer: Answer) -> str:
    params: Any = answer.params
    if params.by.names == ("year",) and not (params.partner or params.group or params.product):
        return "Choose a year to see its technology groups, then a group, a partner, a ten-digit product."
    if params.product is not None:
        return "Every figure leads on: other partners, other products, other years."
    return "Every row leads one step further down; the line above leads back up."


def _crumbs(asker: Asker, params: BalanceParams) -> tuple[Link, ...]:
    """Write the way from all years down to here."""
    texts = params.texts()
    kept = {name: texts[name] for name in ("as_of", "series", "list") if name in texts}
    found = [Link("All years", address(ADDRESS, **kept))]
    fixed: dict[str, str] = {}
    for key in ("year", *THINGS):
        if key in texts:
            fixed[key] = texts[key]
            words = _crumb(asker, params, key, texts[key].split(","))
            found.append(Link(words, address(ADDRESS, **fixed, **kept, by=_next(params, fixed))))
    return tuple(found) if len(found) > 1 else ()


def _crumb(asker: Asker, params: BalanceParams, key: str, values: Sequence[str]) -> str:
    if key == "partner":
        return partners_in_words(asker.store, params.partner or ())
    if key == "year":
        return values[0].replace(":", " to ")
    return text.listing([GROUPS[one] if key == "group" else text.tariff_code(one) for one in values])


def _controls(asker: Asker, params: BalanceParams) -> tuple[Control, ...]:
    texts = params.texts()
    groups = (("", "All groups"), *((code, f"{code} {name}") for code, name in GROUPS.items()))
    single = params.group is None or len(params.group.names) == 1
    return controls_of(
        BalanceParams,
        texts,
        only=("by", "year", "group", "partner", "product", "as_of", "denominator", "series", "top", "ytd"),
        by={"label": "Rows", "says": ""},
        year={"says": "", "example": "2025 or 2002:2007"},
        group={"kind": "choice", "options": groups, "says": ""} if single else {"says": ""},
        partner={"says": "", "example": "TWN, China, EU27", "suggested": partners(asker)},
        product={"label": "Tariff code", "says": "", "example": "8542 or all ten digits"},
        as_of={"label": "As known on", "says": "", "example": "2025-04", "suggested": vintages(asker)},
        denominator={
            "label": "In relation to",
            "options": (
                ("", "nothing"),
                *(
                    (name, f"the deficit in {titles.denominator(name)}")
                    for name in ("goods_census", "goods_bop", "goods_services_bop")
                ),
            ),
            "says": "",
            "folded": True,
        },
        series={"label": "Trade in", "options": tuple(SERIES.items()), "says": "", "folded": True},
        top={"label": "Largest only", "says": "Rows of each period", "folded": True},
        ytd={"label": "Year so far", "says": "The same months of every year", "folded": True},
    )


def _links(params: BalanceParams) -> tuple[Link, ...]:
    texts = params.texts()
    found = []
    if "partner" in texts:
        found.append(Link("All about this partner", address("/partner", partner=texts["partner"])))
    if "year" in texts and set(params.by.names) & set(THINGS):
        pairs = "product,partner" if "group" in texts or "product" in texts else "group,partner"
        if "partner" not in texts:
            fixed = {name: texts[name] for name in ("year", "group", "product", "as_of") if name in texts}
            words = {
                "product,partner": "Products with their partners",
                "group,partner": "Groups with partners",
            }
            found.append(Link(words[pairs], address(ADDRESS, **fixed, by=pairs)))
        found.append(
            Link("The same over the years", address(ADDRESS, **_without(texts, "year", "by", "top")))
        )
    if not set(texts) & set(THINGS):
        found.append(
            Link("By month", address(ADDRESS, **_without(texts, "by", "top", "denominator"), by="month"))
        )
    found.append(Link("This question, with columns and interfaces", address("/questions/balance", **texts)))
    return tuple(found)


def _without(texts: Mapping[str, str], *names: str) -> dict[str, str]:
    return {name: value for name, value in texts.items() if name not in names}


# The way down, one step after the other, and each field: the kinds of views that there are.
STEPS: Final[tuple[dict[str, str], ...]] = (
    *(
        {"year": "2025", **step}
        for step in (
            {"by": "group"},
            {"by": "partner"},
            {"by": "product"},
            {"by": "partner", "group": "04"},
            {"by": "group", "partner": "TWN"},
            {"by": "product", "group": "04", "partner": "TWN"},
            {"by": "partner", "product": "8471500150"},
            {"by": "group,partner"},
        )
    ),
    {"group": "04", "partner": "TWN", "product": "8471500150"},
    *({"denominator": name} for name in DENOMINATORS),
    *({"series": name} for name in SERIES if name != "atp"),
    {"by": "month"},
)


def views(asker: Asker) -> list[tuple[str, dict[str, str]]]:
    """Each year of which products are held by group, and each of its groups by partner."""
    found = []
    for year in sorted(detailed_years(asker), reverse=True):
        found.append((f"{year} by group", {"by": "group", "year": str(year)}))
        found += [
            (f"{name} in {year}", {"by": "partner", "group": code, "year": str(year)})
            for code, name in GROUPS.items()
        ]
    return found


PAGE = Page(
    ADDRESS,
    "Explorer",
    BalanceParams,
    compose,
    "Groups, partners, products and time, with any denominator, at any vintage",
    views=views,
)
