"""Which year was the worst, who is first, who overtook whom? Statements about an order, not an amount."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, cast

from techbalance.claims.prose.draft import signed
from techbalance.claims.prose.parts import REACHED, denominator_of, flow_of, place_of

if TYPE_CHECKING:
    from techbalance.claims.prose.draft import Draft, Understood
    from techbalance.claims.prose.marks import Named
    from techbalance.claims.prose.sheet import Sheet

_PLACES: Final = {
    "second": "2", "2nd": "2", "third": "3", "3rd": "3", "fourth": "4", "4th": "4", "fifth": "5", "5th": "5",
    "sixth": "6", "6th": "6", "seventh": "7", "7th": "7", "eighth": "8", "8th": "8", "ninth": "9",
    "9th": "9", "tenth": "10", "10th": "10",
}  # fmt: skip
_LATER: Final = "|".join(_PLACES)
_LARGEST: Final = "largest|biggest|greatest|highest|most important"
# What can be the largest, second-largest ... of its kind among partners.
_RANKED: Final = "deficit|source|supplier|origin|market|destination|buyer|partner in deficit"
_SUPPLIES: Final = r"(?:source|supplier|origin)s?(?: (?:of|for))?(?: imports?)?"
_TAKES: Final = r"(?:market|destination|buyer|customer)s?(?: (?:of|for))?(?: exports?)?"
_GREW_FASTER: Final = (
    r"(?:with|from|to) @partner(\d+) (?:grew|rose|increased) faster than (?:the one|that|those) "
    r"(?:with|from|to) @partner(\d+)"
)
_EVER: Final = (
    r"ever|so far|on record|in history|of all time|of any year|to date|yet|since records began|"
    r"since the series began|in dollars so far|in dollars"
)
_EVERY_YEAR: Final = (
    "every single year|in every year|every year|each year|in each year|throughout|in all years"
)


def rank(draft: Draft, text: str) -> list[Understood] | None:
    """Such as: In 2007 the largest deficit in advanced technology was with China."""
    sheet = draft.sheet
    place = _rank_place(draft)
    if place is None:
        return None
    partner, code = _only_partner(draft), ""
    if partner is not None:
        code = partner.code
    flow = "import" if sheet.take(_SUPPLIES) else "export" if sheet.take(_TAKES) else ""
    nature = flow or draft.nature()
    if nature in ("surplus", "balance"):
        draft.ask("a rank by deficit, by exports or by imports")
    series = draft.series(is_trade=False)
    group = draft.group(series)
    year = draft.year()
    if partner is None:
        draft.ask("whose rank it is: name one partner")
    filters = {"year": year, "partner": code or None, "group": group, "flow": flow_of(nature)}
    return [draft.settle(text, "rank", filters, series=series, stated=place)]


def _only_partner(draft: Draft) -> Named | None:
    """Take the only partner of a sentence about a rank, whatever word stands before it."""
    found = cast("list[Named]", draft.sheet.left("partner"))
    if len(found) != 1:
        return None
    draft.sheet.take(r"(?:was |is )?(?:with |from |to |as )?@partner\d+")
    return found[0]


def _rank_place(draft: Draft) -> str | None:
    sheet = draft.sheet
    if not sheet.left("partner") or sheet.left("stated"):
        return None
    found = sheet.take(
        r"only one (?:partner|country) (?:stood for|had|accounted for) a (?:larger|bigger) (?=deficit)"
    )
    if found and sheet.take(r"than(?= @partner)"):
        return "2"
    found = sheet.take(
        rf"(?:({_LATER})[ -](?:{_LARGEST})|{_LARGEST}|top|leading|main) (?=(?:trading )?(?:{_RANKED}))"
    )
    if found is None:
        found = sheet.take(rf"ranked (?:({_LATER})|first|number one)(?: by| for| in)?")
    if found is None:
        return None
    return _PLACES[found[1]] if found[1] else "1"


def record(draft: Draft, text: str) -> list[Understood] | None:
    """Such as: The deficit of 2007 is the largest so far. A figure that is one gives its level as well."""
    sheet = draft.sheet
    best = _best(sheet)
    if best is None:
        return None
    sheet.take(r"than(?= (?:in )?@year)")
    sheet.take_all(_EVER)
    denominator = denominator_of(draft)
    figure = draft.figure()
    sheet.take(REACHED)
    nature = draft.nature()
    series, place = place_of(draft, nature)
    year = draft.year()
    begins = max((draft.vocabulary.first_years.get(one, 0) for one in series), default=0)
    if figure and not figure[0].unit.startswith("usd"):
        draft.ask("an amount in dollars")
    rows: list[Understood] = []
    if figure and denominator is None:
        stated, comparator = signed(*figure, -1 if nature == "deficit" else 1)
        rows.append(
            draft.settle(
                text, "level", {"year": year, "flow": flow_of(nature), **place}, series=series,
                stated=stated, unit=figure[0].unit, comparator=comparator,
            )
        )  # fmt: skip
    draft.say(f"a record among the years from {begins}, where the series begins")
    filters: dict[str, Any] = {"from": begins, "to": year, **place}
    if denominator is not None:
        if nature != "deficit":
            draft.ask("a deficit: only a deficit is a share of a deficit")
        draft.bases = denominator
        named = {"denominator": denominator[0]} if len(denominator) == 1 else {}
        metric, filters = "ratio_record", {**filters, "extreme": "highest", **named}
    else:
        metric = "record"
        filters |= {"flow": flow_of(nature), "extreme": "lowest" if nature == "deficit" else "highest"}
    rows.append(draft.settle(text, metric, filters, series=series, stated=str(year)))
    return rows


def _best(sheet: Sheet) -> object:
    """Take the words that say a year was the best or worst of many."""
    worst = "largest|biggest|highest|greatest|deepest"
    ever = _EVER if sheet.has(_EVER) else None
    return (
        sheet.take(r"no (?:other )?year (?:had|saw|has had) a (?:larger|bigger|greater)")
        or sheet.take(rf"(?:the )?(?:{worst}) (?:{_EVER})(?: {_EVER})?")
        or sheet.take(rf"(?:{worst}) (?=(?:relative to|as a share of))")
        or sheet.take(r"(?:a |an )?(?:new |all-time )?record(?: high)?(?! low)")
        or (ever and sheet.take(rf"(?:{worst}) (?=(?:trade )?(?:deficit|surplus|exports|imports))"))
    )


def sign(draft: Draft, text: str) -> list[Understood] | None:
    """Such as: Before 2002 the United States sold more advanced technology than it bought, every year."""
    sheet = draft.sheet
    if sheet.left("stated"):
        return None
    sold = sheet.take(r"(sold|exported) more(?= @series)") or sheet.take(
        r"(bought|imported) more(?= @series)"
    )
    state = "positive" if sold and sold[1] in ("sold", "exported") else "negative"
    if sold:
        sheet.take(r"than (?:it|they) (?:bought|imported|sold|exported)")
    else:
        deficit, surplus = sheet.take_all("deficits?"), sheet.take_all("surplus(?:es)?")
        if deficit == surplus:
            return None
        state = "negative" if deficit else "positive"
    series, place = place_of(draft, "deficit")
    every = sheet.take_all(_EVERY_YEAR)
    before = sheet.take(r"(?:before|until) @year(\d+)")
    if before:
        last = cast("int", sheet.value(f"@year{before[1]}")) - 1
        first = max((draft.vocabulary.first_years.get(one, 0) for one in series), default=0)
        draft.say(f"the years from {first}, where the series begins")
        span: tuple[int, int] | None = (first, last)
    elif since := sheet.take(r"(?:from|since) @year(\d+)(?: on| onwards)?(?! to| until| and)"):
        first = cast("int", sheet.value(f"@year{since[1]}"))
        span = (first, draft.context.years[1]) if draft.context.years else None
        if span is None:
            draft.ask("the last year")
        else:
            draft.say(f"up to {span[1]}, as given with the text")
    elif every:
        span = draft.span()
    else:
        year = draft.year()
        span = (year, year) if year else None
    filters = {**({"from": span[0], "to": span[1]} if span else {}), **place}
    return [draft.settle(text, "sign", filters, series=series, stated=state)]


def _two_partners(draft: Draft, found: Any) -> tuple[str, str]:  # noqa: ANN401 - a match of two marks
    names = [cast("Named", draft.sheet.value(f"@partner{found[number]}")).code for number in (1, 2)]
    return names[0], names[1]


def overtaking(draft: Draft, text: str) -> list[Understood] | None:
    """Such as: Mexico overtook Malaysia as a partner in deficit."""
    sheet = draft.sheet
    found = sheet.take(r"@partner(\d+) (?:overtook|passed|surpassed) @partner(\d+)")
    if found is None:
        return None
    one, other = _two_partners(draft, found)
    flow = "import" if sheet.take("as (?:a |the )?(?:source|supplier)(?: of imports)?") else ""
    sheet.take(r"as(?: a| the)?(?: trading)? partner in (?=deficit)")
    nature = flow or draft.nature()
    if nature in ("surplus", "balance"):
        draft.ask("an order by deficit, by exports or by imports")
    return _settled(draft, text, "overtaking", (one, other), nature)


def faster(draft: Draft, text: str) -> list[Understood] | None:
    """Such as: The deficit with Mexico grew faster than the one with China."""
    sheet = draft.sheet
    found = sheet.take(_GREW_FASTER)
    if found is None:
        return None
    one, other = _two_partners(draft, found)
    nature = draft.nature()
    if nature in ("surplus", "balance"):
        draft.ask("growth of a deficit, of exports or of imports")
    return _settled(draft, text, "growth_order", (one, other), nature)


_STATED: Final = {"overtaking": "yes", "growth_order": "greater"}
"""What a sentence of each measure says."""


def _settled(
    draft: Draft, text: str, measure: str, partners: tuple[str, str], nature: str
) -> list[Understood]:
    """Settle an order of two partners, with the series, years and group that the sentence names."""
    series = draft.series(is_trade=False)
    span = draft.span()
    filters = {**({"from": span[0], "to": span[1]} if span else {}), "partner": partners[0]}
    filters |= {"other_partner": partners[1], "group": draft.group(series), "flow": flow_of(nature)}
    return [draft.settle(text, measure, filters, series=series, stated=_STATED[measure])]
