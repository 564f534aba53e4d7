"""What do several kinds of statements have in common? Their place, a total to divide by, and the verbs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, cast

from techbalance.claims.prose.draft import ANY_TOTAL

if TYPE_CHECKING:
    from techbalance.claims.prose.draft import Draft

_UP: Final = (
    "rose|risen|rise|grew|grown|grow|increased|increase|climbed|jumped|surged|were up|was up|went up|expanded"
)
_DOWN: Final = r"fell|fallen|fall|declined|decreased|dropped|shrank|shrunk|were down|was down|went down"
DIRECTIONS: Final[dict[str, dict[str, int]]] = {
    # By what the words are said of: what they do to the stored figure, in which a deficit is negative.
    "deficit": {f"{_UP}|widened|worsened|deteriorated": -1, f"{_DOWN}|narrowed|improved": 1},
    "surplus": {f"{_UP}|widened|improved": 1, f"{_DOWN}|narrowed|worsened|deteriorated": -1},
    "balance": {f"{_UP}|improved": 1, f"{_DOWN}|worsened|deteriorated": -1},
    "export": {_UP: 1, _DOWN: -1},
    "import": {_UP: 1, _DOWN: -1},
}
ANY_CHANGE: Final = f"{_UP}|{_DOWN}|widened|worsened|deteriorated|narrowed|improved"
# "Rose to" a figure says its level; how it got there is another statement.
REACHED: Final = rf"(?:{ANY_CHANGE}) to"


def place_of(draft: Draft, nature: str) -> tuple[tuple[str, ...], dict[str, Any]]:
    """Take series, partner and group."""
    series = draft.series(is_trade=draft.sheet.has("trade"))
    partner = draft.partner(nature)
    if partner and series == ANY_TOTAL:
        draft.ask("series: goods, or goods and services")
    if partner and series == ("goods_census", "goods_bop"):
        series = ("goods_census",)
        draft.say("goods by partner are on the Census basis")
    return series, {"partner": partner, "group": draft.group(series)}


def flow_of(nature: str) -> str | None:
    """The flow to ask for; None for a balance, a deficit or a surplus."""
    return nature if nature in ("export", "import") else None


def denominator_of(draft: Draft) -> tuple[str, ...] | None:
    """Take what a deficit is a share of: the trade deficit, of goods, or of goods and services."""
    found = draft.sheet.take(
        r"(?:of|relative to|as a (?:share|percentage|proportion) of)"
        r"(?: the| its| whole| total| overall| entire)*(?: trade)?(?: @series(\d+))?(?: trade)? deficit"
        r"(?! (?:with|against|from|to) @partner)(?! in @(?:series|group|anygroup))(?! of @)"
    )
    if found is None:
        return None
    if found[1] is None:
        if "trade" not in found[0]:
            draft.ask("which deficit it is a share of")
        draft.say("the trade deficit is not told apart, so each total is tried")
        return ANY_TOTAL
    series = cast("tuple[str, ...]", draft.sheet.value(f"@series{found[1]}"))
    if not set(series) <= set(ANY_TOTAL):
        draft.ask("a total trade deficit to divide by")
    return series
