"""Who supplies a product, year after year, and where can it not be followed? Answers ``story``."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa

from techbalance.classifications.partners import WORLD, taken_apart
from techbalance.classifications.stories import codes_of, dotted
from techbalance.classifications.story_codes import STORIES
from techbalance.questions.answer import Answer, Lineage
from techbalance.questions.parameters.stories import STORY, StoryParams
from techbalance.questions.selection import REST, REST_NAME, partner_book
from techbalance.questions.stories.cells import Traded, among, traded_in
from techbalance.questions.stories.figures import REACH, Figures, Supplier
from techbalance.questions.supply.trade import labels_of, partner_names
from techbalance.store.hs6 import FILE

if TYPE_CHECKING:
    from techbalance.classifications.stories import Part, Story
    from techbalance.store.catalogue import Store

TYPES: Final = {
    "period": pa.string(),
    "part": pa.string(),
    "part_name": pa.string(),
    "partner": pa.string(),
    "partner_name": pa.string(),
    "value_usd": pa.int64(),
    "share": pa.float64(),
    "product_low_usd": pa.int64(),
    "product_high_usd": pa.int64(),
    "comparable_usd": pa.int64(),
    "held_share": pa.float64(),
    "unit_value": pa.float64(),
    "quantity_unit": pa.string(),
    "quantity_share": pa.float64(),
    "system": pa.string(),
    "break_note": pa.string(),
    "vintage": pa.date32(),
    "note": pa.string(),
}
ADDED_UP: Final = ("value_usd", "product_low_usd", "product_high_usd", "comparable_usd")
Row = dict[str, Any]


def run(params: StoryParams, store: Store) -> Answer:
    """Answer ``story``: one row per year and partner, of the whole story or of each part.

    The value is what was recorded under the codes of the time; where these hold other goods too, the band
    says how much of it can have been the product. Nothing is carried across a break.
    """
    story = STORIES[params.name.name]
    parts = _parts(story, params)
    traded = traded_in(params, store, codes_of(parts))
    years = _years(params, traded)
    figures = Figures(story, parts, traded, years, weighs=params.quantity == "weight")
    suppliers = _suppliers(params, store, figures)
    rows = _rows(params, figures, suppliers)
    by_part = "part" in params.by
    columns = [name for name in TYPES if by_part or name not in ("part", "part_name")]
    table = pa.Table.from_pylist(rows, schema=pa.schema([(name, TYPES[name]) for name in columns]))
    return Answer(STORY, params, store, table, tuple(_notes(story, figures)), _lineage(figures))


def _lineage(figures: Figures) -> tuple[Lineage, ...]:
    """Stored rows in the codes and years shown; of all partners, since shares need them."""
    return tuple(
        replace(
            part,
            rows=among(part.rows, figures.codes_in_use()).filter(lambda row: row.year.isin(figures.years)),
        )
        for part in figures.traded.lineage
    )


def _parts(story: Story, params: StoryParams) -> tuple[Part, ...]:
    """The parts asked for; those the story adds up when none is."""
    if params.part is None:
        return story.counted
    return tuple(part for part in story.parts if part.name in params.part)


def _years(params: StoryParams, traded: Traded) -> tuple[int, ...]:
    """The years asked for, held or not; else all that are held, now or on the day asked for."""
    if params.year is not None:
        return tuple(range(params.year.start, params.year.end + 1))
    return traded.years or tuple(sorted(traded.too_early))


def _suppliers(params: StoryParams, store: Store, figures: Figures) -> list[Supplier]:
    names = partner_names(store)
    years = figures.years

    def one(label: str) -> Supplier:
        return Supplier(label, names.get(label, label), dict.fromkeys(years, frozenset({label})))

    if params.partner is None:
        return [one(label) for label in _largest(figures, params.top)]
    book = partner_book(store)
    chosen: dict[str, Supplier] = {}
    for text in params.partner:
        for name in taken_apart(text, book.named):
            if name.casefold() == WORLD.casefold():
                chosen.setdefault(WORLD, _world(figures))
                continue
            members = book.named(name) or book.members([name])
            labels = labels_of(store, members)
            if len(labels) == 1:
                supplier = one(next(iter(labels)))
            else:
                by_year = {year: frozenset(labels_of(store, members, year)) - {"USA"} for year in years}
                supplier = Supplier(_area_code(store, name), name, by_year)
            chosen.setdefault(supplier.code, supplier)
    return list(chosen.values())


def _area_code(store: Store, name: str) -> str:
    for row in partner_book(store).areas:
        if name.strip().casefold() in (row["area"].casefold(), row["area_name"].casefold()):
            return str(row["area"])
    return name.strip().upper()


def _largest(figures: Figures, top: int) -> list[str]:
    """The partners with the largest value in any year shown, the largest first."""
    best: dict[str, int] = {}
    for partner in figures.traded.partners:
        for year in figures.years:
            for part in figures.parts:
                era = figures.era(part, year)
                if era is None:
                    continue
                cells = figures.traded.of(year, partner, era.codes)
                if cells or figures.traded.source == "hs6":
                    best[partner] = max(best.get(partner, 0), sum(cell.value for cell in cells))
    return sorted(best, key=lambda partner: (-best[partner], partner))[:top]


def _rows(params: StoryParams, figures: Figures, suppliers: list[Supplier]) -> list[Row]:
    """Rows of each year: the partners, what the others supply, and the whole."""
    rows: list[Row] = []
    whole = params.partner is None and figures.traded.is_world
    parts: list[Part | None] = list(figures.parts) if "part" in params.by else [None]
    for year in figures.years:
        for part in parts:
            shown = [figures.row(supplier, year, part) for supplier in suppliers]
            rows += shown
            if whole:
                rows += _whole(figures, year, part, shown)
    if rows:
        return rows
    if not figures.years:
        return [{"note": f"not_covered: {params.flow}s by product and partner are not held"}]
    return [{"note": "no_trade: nothing of this was traded"}]


def _whole(figures: Figures, year: int, part: Part | None, shown: list[Row]) -> list[Row]:
    """What is not shown, and the sum; the parts add to it to the dollar."""
    every = figures.row(_world(figures), year, part)
    if every["value_usd"] is None:
        return [every]
    rest = dict(every) | {"partner": REST, "partner_name": REST_NAME.partition(",")[0]}
    for name in ADDED_UP:
        known = [row[name] for row in shown if row.get(name) is not None]
        rest[name] = None if every.get(name) is None else every[name] - sum(known)
    rest["share"] = rest["value_usd"] / every["value_usd"] if every["value_usd"] else None
    rest |= dict.fromkeys(("unit_value", "quantity_unit", "quantity_share"))
    return [rest, every]


def _world(figures: Figures) -> Supplier:
    """All partners of each year; nobody where only some are held, since their sum is not the world."""
    held = figures.traded.held if figures.traded.is_world else frozenset[tuple[str, int]]()
    members = {year: frozenset(one for one, of in held if of == year) for year in figures.years}
    return Supplier(WORLD, "World", members)


def _notes(story: Story, figures: Figures) -> list[str]:
    told = dict.fromkeys(
        f"{kind.capitalize()} in {text}." for year in figures.years for kind, text in figures.breaks(year)
    )
    notes = [*told, f"Codes: {figures.codes_told()}.", *figures.traded.notes]
    if off := figures.off_list():
        notes.append(
            f"Off that list, whole or in part: {', '.join(dotted(code) for code in off)}. They are in "
            f"archives of the Census Bureau that you ingest, in {FILE} among outside data, or in a panel."
        )
    if story.says and any(part.counted for part in figures.parts):
        notes.append(story.says)
    if figures.held_throughout:
        notes.append(f"held_share: over {' + '.join(figures.held_throughout)}, held in every year shown.")
    for part in figures.parts:
        wide = [year for year in figures.years if (era := figures.era(part, year)) is not None and era.wide]
        if not wide:
            continue
        said = "how much was the product is bounded by nothing and all of the value"
        drift = figures.drift(part)
        if drift is not None:
            said = (
                f"up to {REACH} years before the switch the band casts each partner's own share after it "
                f"back, with its yearly drift (from {drift.steps} steps); before that it is nothing to all"
            )
            if drift.cast:
                said += f". Held out: {drift.inside} of {drift.cast} shares lay in their band"
        notes.append(f"To {max(wide)} the code of {part.title} holds other goods too: {said}.")
    if any(cell.quantity for cell in figures.traded.cells):
        notes.append(
            "Unit values are no prices: they move with the mix of goods under a code. Quantities that give "
            "several partners one unit value are estimates of Comtrade's and are left out."
        )
    return notes
