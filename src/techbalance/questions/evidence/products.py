"""Who supplies one kind of product? Measures that follow a product by its codes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from techbalance.claims.figures import Figure
from techbalance.classifications.story_codes import STORIES
from techbalance.errors import TechbalanceError
from techbalance.questions.parameters.stories import StoryParams
from techbalance.questions.stories.cells import traded_in
from techbalance.questions.stories.figures import Figures, Supplier
from techbalance.questions.supply.trade import chosen_suppliers, labels_of

if TYPE_CHECKING:
    from techbalance.claims.statement import Filters
    from techbalance.questions.evidence.held import Held


def story_share(held: Held, filters: Filters) -> tuple[Figure, ...]:
    """The share of some countries in imports of the products of a story."""
    year = filters.years()[0]
    story = STORIES[str(filters.story)]
    given = {"name": story.name, "year": year, "data": "trade", "as_of": held.day}
    try:
        traded = traded_in(StoryParams.read(given), held.store, story.all_codes)
    except TechbalanceError as missing:
        return (Figure(None, "ratio", period=str(year), note="not_covered", detail=missing.what),)
    figures = Figures(story, story.counted, traded, (year,))
    members = chosen_suppliers(held.store, filters.countries or (), frozenset({"USA"}))
    labels = frozenset(labels_of(held.store, members, year))
    row = figures.row(Supplier("named", "named", {year: labels}), year)
    for part in traded.lineage:
        held.lineage[("story", story.name)] = part
    if row.get("share") is None:
        reason = (row["note"] or "not_covered").removeprefix("not_covered: ")
        return (Figure(None, "ratio", period=str(year), note="not_covered", detail=reason),)
    whole = figures.total(year, story.counted)
    detail = f"${row['value_usd'] / 1e9:,.1f}bn of ${whole / 1e9:,.1f}bn"
    if figures.off_list():
        detail += ", products on the list only"
    return (
        Figure(
            row["share"], "ratio", traded.vintages.get(year), period=str(year), newest=True, detail=detail
        ),
    )
