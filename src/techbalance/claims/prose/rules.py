"""Which kind of statement is a sentence? One rule for each, tried from the most to the least particular.

A rule takes from the sentence what makes it that kind; then the parts that all kinds share are taken, and
what is left decides whether the sentence was understood.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from techbalance.claims.prose.charges import charges
from techbalance.claims.prose.draft import BOUND_WORDS, Context, Draft, Understood, quoted, signed
from techbalance.claims.prose.order import faster, overtaking, rank, record, sign
from techbalance.claims.prose.parts import ANY_CHANGE, DIRECTIONS, REACHED, denominator_of, flow_of, place_of

if TYPE_CHECKING:
    from techbalance.claims.measures import Comparator
    from techbalance.claims.prose.marks import Named, Stated, Vocabulary
    from techbalance.claims.prose.sheet import Sheet


def read_clause(sheet: Sheet, text: str, vocabulary: Vocabulary, context: Context) -> list[Understood]:
    """Read a clause with at most one figure; a figure that is said to be a record gives two rows."""
    draft = Draft(sheet, vocabulary, context)
    draft.whose()
    if ("ip",) in sheet.left("series"):
        return [charges(draft, text)]
    for rule in (overtaking, faster, rank, record, sign, _share_of_flow, _change):
        found = rule(draft, text)
        if found is not None:
            return found
    return [_level(draft, text)]


def _level(draft: Draft, text: str) -> Understood:
    denominator = denominator_of(draft)
    figure = draft.figure()
    if figure is None:
        return Understood(text, asks=("a figure: none is in the sentence",))
    draft.sheet.take(REACHED)
    if denominator is not None:
        draft.sheet.take(
            "(?:came|amounted) to|made up|accounted for|makes up|accounts for|equal to|equivalent to"
        )
        nature = draft.nature()
        if nature and nature != "deficit":
            draft.ask("a deficit: only a deficit is a share of a deficit")
        series, place = place_of(draft, nature)
        year = draft.year()
        stated, comparator = signed(figure[0], figure[1], 1)
        named = {"denominator": denominator[0]} if len(denominator) == 1 else {}
        draft.bases = denominator
        if series and len(series) > 1:
            draft.ask("one series above the line of the fraction")
        return draft.settle(
            text, "deficit_ratio", {"year": year, **place, **named}, series=series,
            stated=stated, unit=figure[0].unit, comparator=comparator,
        )  # fmt: skip
    return _of_money(draft, text, figure)


def _of_money(draft: Draft, text: str, figure: tuple[Stated, Comparator]) -> Understood:
    nature = draft.nature()
    series, place = place_of(draft, nature)
    year = draft.year()
    if not figure[0].unit.startswith("usd"):
        draft.ask("an amount in dollars, or what the percentage is of")
    if nature in ("deficit", "surplus") and figure[0].digits.startswith("-"):
        draft.ask(f"a {nature} without a minus sign, or a balance with one")
    stated, comparator = signed(*figure, -1 if nature == "deficit" else 1)
    return draft.settle(
        text, "level", {"year": year, "flow": flow_of(nature), **place}, series=series,
        stated=stated, unit=figure[0].unit, comparator=comparator,
    )  # fmt: skip


def _share_of_flow(draft: Draft, text: str) -> list[Understood] | None:
    """Such as: Taiwan supplied 17 % of imports of advanced technology products in 2025."""
    sheet = draft.sheet
    if not sheet.has(r"@stated\d+ of(?: the| all| total)*(?: @series\d+)? (?:exports|imports)"):
        return None
    figure = draft.figure()
    who = sheet.take(
        r"@partner(\d+) (?:accounted for|supplied|provided|made up|represented|was|took|bought|had)"
    )
    partner = None
    if who:
        partner = cast("Named", sheet.value(f"@partner{who[1]}")).code
    else:
        sheet.take("accounted for|made up|represented|came to")
    nature = draft.nature()
    series = draft.series(is_trade=False)
    group = draft.group(series)
    if sheet.left("partner"):
        draft.ask("whose share of what: the sentence names more partners than one share can have")
    if (partner is None) == (group is None):
        draft.ask("whose share it is: one partner's, or one technology group's")
    if nature not in ("export", "import") or figure is None:
        draft.ask("a share of exports or of imports")
    year = draft.year()
    stated, unit, comparator = (figure[0].digits, figure[0].unit, figure[1]) if figure else ("", "", "=")
    filters = {"year": year, "flow": flow_of(nature), "partner": partner, "group": group}
    one = draft.settle(
        text, "flow_share", filters, series=series, stated=stated, unit=unit, comparator=comparator
    )
    return [one]


def _change(draft: Draft, text: str) -> list[Understood] | None:
    """Such as: From 2002 to 2007 the deficit with Mexico grew by 492 %."""
    sheet = draft.sheet
    verb = sheet.take(rf"(?:had |has |have )?({ANY_CHANGE})(?: by)?(?= (?:(?:{BOUND_WORDS}) )?@stated\d+)")
    if verb is None:
        return None
    figure = draft.figure()
    nature = draft.nature()
    series, place = place_of(draft, nature)
    span = draft.span(of_growth=True)
    if figure is None or not nature:
        return [draft.settle(text, "change", {}, stated="0")]
    signs = [sign for words, sign in DIRECTIONS[nature].items() if verb[1] in words.split("|")]
    if not signs:
        draft.ask(f"whether the {nature} rose or fell, which {quoted(verb[1])} does not say")
    sign = signs[0] if signs else 1
    years = {"from": span[0], "to": span[1]} if span else {}
    if figure[0].digits.startswith("-"):
        draft.ask("a change without a minus sign: the verb says whether it rose")
    if figure[0].unit.startswith("usd"):
        stated, comparator = signed(*figure, sign)
        filters = {**years, "flow": flow_of(nature), **place}
        return [
            draft.settle(
                text,
                "change",
                filters,
                series=series,
                stated=stated,
                unit=figure[0].unit,
                comparator=comparator,
            )
        ]
    if nature in ("surplus", "balance"):
        draft.ask(f"an amount in dollars: growth of a {nature} in percent has no fixed meaning")
    # A deficit that grows is a lower balance, but growth of a deficit is positive.
    stated, comparator = signed(*figure, -sign if nature == "deficit" else sign)
    metric = "deficit_growth" if nature == "deficit" else "flow_growth"
    filters = {**years, **place} | ({} if nature == "deficit" else {"flow": flow_of(nature)})
    return [
        draft.settle(
            text, metric, filters, series=series, stated=stated, unit=figure[0].unit, comparator=comparator
        )
    ]
