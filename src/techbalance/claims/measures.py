"""What can a statement be about? The closed list of measures, with the filters and units each one takes.

A *metric* is a measure a statement can be judged by. The other measures only serve as tests of a statement
that no single number decides. Amounts are whole nominal US dollars, a deficit is negative, ratios are plain
numbers; a unit such as ``percent`` or ``usd_billion`` belongs to how an article prints a figure.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

Kind = Literal["number", "sign", "yes_no", "order", "nothing"]
Comparator = Literal["=", "<", "<=", ">", ">=", "about"]
Series = Literal["atp", "goods_census", "goods_bop", "services_bop", "goods_services_bop"]
Denominator = Literal["goods_census", "goods_bop", "goods_services_bop"]
Flow = Literal["balance", "export", "import", "receipts", "payments"]
UnitName = Literal[
    "usd", "usd_thousand", "usd_million", "usd_billion", "usd_trillion",
    "percent", "ratio", "year", "years", "rank", "count",
]  # fmt: skip

DENOMINATORS: Final = ("goods_census", "goods_bop", "goods_services_bop")
BASIS_NAMES: Final[dict[str, str]] = {
    "goods_census": "goods (Census basis)",
    "goods_bop": "goods (BOP basis)",
    "goods_services_bop": "goods and services (BOP basis)",
}


@dataclass(frozen=True, slots=True)
class Unit:
    """How a figure is printed.

    Parameters
    ----------
    base
        Unit of the figures the product computes.
    power
        Power of ten that turns a figure in the base unit into this one: -9 for billions, 2 for percent.
    before, after
        What stands before and after the digits.
    """

    base: str
    power: int = 0
    before: str = ""
    after: str = ""


UNITS: Final[dict[str, Unit]] = {
    "usd": Unit("usd", 0, "$"),
    "usd_thousand": Unit("usd", -3, "$", " thousand"),
    "usd_million": Unit("usd", -6, "$", "m"),
    "usd_billion": Unit("usd", -9, "$", "bn"),
    "usd_trillion": Unit("usd", -12, "$", "tn"),
    "percent": Unit("ratio", 2, after=" %"),
    "points": Unit("ratio", 2, after=" percentage points"),
    "ratio": Unit("ratio"),
    "year": Unit("year"),
    "years": Unit("years", after=" years"),
    "rank": Unit("rank", before="rank "),
    "count": Unit("count"),
}
_MONEY: Final = ("usd_billion", "usd_million", "usd_thousand", "usd", "usd_trillion")
_SHARE: Final = ("percent", "ratio")
_ANY: Final[tuple[Comparator, ...]] = ("=", "<", "<=", ">", ">=", "about")
_EQUAL: Final[tuple[Comparator, ...]] = ("=",)
_PLACE: Final = ("series", "partner", "group")
_TRADE: Final = ("balance", "export", "import")


@dataclass(frozen=True, slots=True)
class Measure:
    """One way to turn the record into a figure.

    Parameters
    ----------
    says
        What it measures.
    figure
        What the value of its figure is, in the base unit.
    base
        Unit of that value: ``usd``, ``ratio``, ``year``, ``years``, ``rank``, ``count``, ``sign``, ``yes_no``
        or ``order``.
    states
        What a statement says of it: a number, a sign, yes or no, an order, or nothing.
    units
        Units in which a statement may give a number. Where there is only one it need not be written.
    needs, takes
        Filters that must and that may be given.
    flows
        Values the filter ``flow`` may have; the first is the default unless ``flow`` is among ``needs``.
    comparators
        How a statement may be compared.
    metric
        Whether a statement can be judged by it, or only a test.
    shown_as
        Unit in which a test result is written.
    """

    says: str
    figure: str
    base: str
    states: Kind = "number"
    units: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    takes: tuple[str, ...] = ()
    flows: tuple[str, ...] = ()
    comparators: tuple[Comparator, ...] = _EQUAL
    metric: bool = True
    shown_as: str = ""

    @property
    def filters(self) -> tuple[str, ...]:
        """Every filter it knows, the needed ones first."""
        return self.needs + self.takes


MEASURES: Final[dict[str, Measure]] = {
    "level": Measure(
        says="a balance, or one flow, of one year",
        figure="dollars; a deficit is negative",
        base="usd",
        units=_MONEY,
        needs=("year",),
        takes=(*_PLACE, "flow"),
        flows=_TRADE,
        comparators=_ANY,
        shown_as="usd_billion",
    ),
    "sign": Measure(
        says="whether the balance was positive, or negative, in every year of a span",
        figure="1 or -1 if every year has that sign, 0 if not",
        base="sign",
        states="sign",
        needs=("from", "to"),
        takes=_PLACE,
    ),
    "record": Measure(
        says="the year of a span with the lowest (deficits: the largest deficit) or highest value",
        figure="the year; the first of equals, with the others in `ties`",
        base="year",
        units=("year",),
        needs=("from", "to", "extreme"),
        takes=(*_PLACE, "flow"),
        flows=_TRADE,
    ),
    "ratio_record": Measure(
        says="the year of a span in which the ratio to a total deficit was highest or lowest",
        figure="the year, among those in which both are deficits; one figure for each denominator",
        base="year",
        units=("year",),
        needs=("from", "to", "extreme"),
        takes=(*_PLACE, "denominator"),
    ),
    "deficit_ratio": Measure(
        says="a deficit over the total trade deficit of the same year",
        figure="plain ratio, one figure for each denominator; null unless both are deficits",
        base="ratio",
        units=_SHARE,
        needs=("year",),
        takes=(*_PLACE, "denominator"),
        comparators=_ANY,
        shown_as="percent",
    ),
    "change": Measure(
        says="a balance, or one flow, of the later year less that of the earlier",
        figure="dollars; a balance that worsened gives a negative change",
        base="usd",
        units=_MONEY,
        needs=("from", "to"),
        takes=(*_PLACE, "flow"),
        flows=_TRADE,
        comparators=_ANY,
        shown_as="usd_billion",
    ),
    "deficit_growth": Measure(
        says="the later deficit over the earlier, less one",
        figure="plain ratio; null (`sign_differs`, `from_zero`) unless both years are deficits",
        base="ratio",
        units=_SHARE,
        needs=("from", "to"),
        takes=_PLACE,
        comparators=_ANY,
        shown_as="percent",
    ),
    "flow_growth": Measure(
        says="exports, or imports, of the later year over those of the earlier, less one",
        figure="plain ratio; null (`from_zero`) if the earlier is zero",
        base="ratio",
        units=_SHARE,
        needs=("from", "to", "flow"),
        takes=_PLACE,
        flows=("export", "import"),
        comparators=_ANY,
        shown_as="percent",
    ),
    "flow_share": Measure(
        says="a partner's, or a technology group's, share of exports or of imports of one year",
        figure="share in [0, 1] of the same flow with the world, in all groups",
        base="ratio",
        units=_SHARE,
        needs=("year", "flow"),
        takes=_PLACE,
        flows=("export", "import"),
        comparators=_ANY,
        shown_as="percent",
    ),
    "rank": Measure(
        says="the place of a partner, or of a group, in one year; 1 is the largest deficit, or flow",
        figure="the place; equal values share the smaller one",
        base="rank",
        units=("rank",),
        needs=("year",),
        takes=(*_PLACE, "flow", "by"),
        flows=_TRADE,
        comparators=_ANY,
    ),
    "overtaking": Measure(
        says="whether a partner ranked behind the other one in the first year and ahead of it in the last",
        figure="1 for yes, 0 for no",
        base="yes_no",
        states="yes_no",
        needs=("from", "to", "partner", "other_partner"),
        takes=("series", "group", "flow"),
        flows=_TRADE,
    ),
    "growth_order": Measure(
        says="which deficit (or flow) grew faster between two years, that with a partner or with another",
        figure="growth with `partner` less growth with `other_partner`, a plain ratio",
        base="order",
        states="order",
        needs=("from", "to", "partner", "other_partner"),
        takes=("series", "group", "flow"),
        flows=_TRADE,
    ),
    "ip_level": Measure(
        says="a country's receipts, payments or balance of charges for the use of intellectual property",
        figure="dollars; a deficit is negative",
        base="usd",
        units=_MONEY,
        needs=("year", "country", "flow"),
        flows=("receipts", "payments", "balance"),
        comparators=_ANY,
        shown_as="usd_billion",
    ),
    "ip_ratio": Measure(
        says="a country's receipts (or payments) of such charges over another country's",
        figure="plain ratio",
        base="ratio",
        units=("ratio", "percent"),
        needs=("year", "country", "other_country", "flow"),
        flows=("receipts", "payments"),
        comparators=_ANY,
        shown_as="ratio",
    ),
    "answer_usd": Measure(
        says="an amount that a question answers: one column of its one row",
        figure="dollars; the sign is that of the column",
        base="usd",
        units=_MONEY,
        needs=("of", "column"),
        takes=("row",),
        comparators=_ANY,
        shown_as="usd_billion",
    ),
    "answer_ratio": Measure(
        says="a ratio, share or growth that a question answers",
        figure="plain ratio",
        base="ratio",
        units=_SHARE,
        needs=("of", "column"),
        takes=("row",),
        comparators=_ANY,
        shown_as="ratio",
    ),
    "answer_number": Measure(
        says="a count, a rank or an index that a question answers",
        figure="a number in the unit of the column",
        base="count",
        units=("count",),
        needs=("of", "column"),
        takes=("row",),
        comparators=_ANY,
        shown_as="count",
    ),
    "span": Measure(
        says="the years between two dates",
        figure="last year less first year; it needs no data",
        base="years",
        units=("years",),
        needs=("from", "to"),
        comparators=_ANY,
        shown_as="years",
    ),
    "interpretation": Measure(
        says="nothing that one number decides; the tests that bear on it are listed",
        figure="none",
        base="",
        states="nothing",
    ),
    "deficit_ratio_change": Measure(
        says="the ratio to the total deficit in the last year less that in the first",
        figure="difference of plain ratios, one figure per denominator; `detail` lists every year",
        base="ratio",
        needs=("from", "to"),
        takes=(*_PLACE, "denominator"),
        metric=False,
        shown_as="points",
    ),
    "dollar_change": Measure(
        says="the change of the dollar against named currencies, between two annual averages",
        figure="geometric mean of local currency per dollar, last over first, less one; negative is weaker",
        base="ratio",
        needs=("from", "to", "countries"),
        metric=False,
        shown_as="percent",
    ),
    "rest_of_change": Measure(
        says="the recomputed change of the whole, less what other statements of the file give for its parts",
        figure="dollars; positive if everything else improved",
        base="usd",
        needs=("from", "to", "parts"),
        takes=("series",),
        metric=False,
        shown_as="usd_billion",
    ),
    "groups_falling": Measure(
        says="how many of the ten technology groups have a lower balance in the last year than in the first",
        figure="a count; `detail` lists each group's change",
        base="count",
        needs=("from", "to"),
        takes=("partner",),
        metric=False,
        shown_as="count",
    ),
    "supplier_top_share": Measure(
        says="the largest partner's share of imports",
        figure="share in [0, 1] of general imports; `detail` names the partner",
        base="ratio",
        needs=("year",),
        takes=("group",),
        metric=False,
        shown_as="percent",
    ),
    "supplier_hhi": Measure(
        says="the concentration of imports over partners",
        figure="sum of squared shares of general imports, in (0, 1]",
        base="ratio",
        needs=("year",),
        takes=("group",),
        metric=False,
        shown_as="ratio",
    ),
    "concentrated_share": Measure(
        says="how much of imports is in ten-digit products more concentrated on suppliers than a threshold",
        figure="share in [0, 1] of general imports in products with HHI above it; `detail` counts them",
        base="ratio",
        needs=("year", "threshold"),
        takes=("group",),
        metric=False,
        shown_as="percent",
    ),
    "story_share": Measure(
        says="the share of some countries in imports of one kind of product, followed by its codes",
        figure="share in [0, 1] of general imports; `detail` gives dollars and what is not held",
        base="ratio",
        needs=("year", "story", "countries"),
        metric=False,
        shown_as="percent",
    ),
    "not_built": Measure(
        says="a test that is named and not yet built",
        figure="none",
        base="",
        states="nothing",
        metric=False,
    ),
    "not_held": Measure(
        says="a test whose data are not held",
        figure="none",
        base="",
        states="nothing",
        metric=False,
    ),
}

METRICS: Final = tuple(name for name, measure in MEASURES.items() if measure.metric)
WITHOUT_FIGURE: Final = ("interpretation", "not_built", "not_held")
