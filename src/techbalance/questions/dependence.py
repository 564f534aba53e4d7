"""Which products hang on how few suppliers, how badly, and how persistently? Answers ``dependence``."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa

from techbalance import outline
from techbalance.classifications.groups import ALL_GROUPS
from techbalance.indicators.concentration import SupplierColumns, supplier_concentration
from techbalance.questions.answer import Answer
from techbalance.questions.parameters.dependence import DEPENDENCE, DependenceParams
from techbalance.questions.supply.blocs import friend_shares
from techbalance.questions.supply.screening import Screened, Verdict, chosen_screen
from techbalance.questions.supply.trade import AMOUNT, ITEM, Supply, chosen_suppliers, labels_of, supply_of

if TYPE_CHECKING:
    from techbalance.indicators.screens.declaration import Criterion, Screen
    from techbalance.questions.parameters.texts import Years
    from techbalance.questions.supply.screening import Key
    from techbalance.store.catalogue import Store

TYPES: Final = {
    "level": pa.string(),
    "year": pa.int16(),
    "group": pa.string(),
    "group_name": pa.string(),
    "product": pa.string(),
    "product_name": pa.string(),
    "imports_usd": pa.int64(),
    "consumption_usd": pa.int64(),
    "quantity": pa.float64(),
    "hhi": pa.float64(),
    "top_partner": pa.string(),
    "top_share": pa.float64(),
    "flags": pa.string(),
    "effective_suppliers": pa.float64(),
    "top_partner_name": pa.string(),
    "top3_share": pa.float64(),
    "hhi_normalised": pa.float64(),
    "suppliers": pa.int64(),
    "suppliers_counted": pa.string(),
    "is_single_point": pa.bool_(),
    "friend_share": pa.float64(),
    "other_share": pa.float64(),
    "screen": pa.string(),
    "flag": pa.bool_(),
    "criteria_met": pa.string(),
    "persistence": pa.string(),
    "distance": pa.float64(),
    "nearest_criterion": pa.string(),
    "criterion": pa.string(),
    "measured": pa.string(),
    "value": pa.float64(),
    "comparator": pa.string(),
    "threshold": pa.float64(),
    "is_met": pa.bool_(),
    "threshold_status": pa.string(),
    "vintage": pa.date32(),
    "note": pa.string(),
}
CRITERION_COLUMNS: Final = (
    "criterion",
    "value",
    "distance",
    "is_met",
    "measured",
    "comparator",
    "threshold",
    "threshold_status",
)
MEASURED: Final = (
    "hhi",
    "hhi_normalised",
    "effective_suppliers",
    "top_partner",
    "top_share",
    "top3_share",
    "suppliers",
    "suppliers_counted",
    "is_single_point",
)
SORTS: Final = {"hhi": "hhi", "share": "top_share", "distance": "distance"}
# Twelve decimals are what a screen tells apart (RESOLUTION in screens.judgement).
STEADY_DIGITS: Final = 12
# Rows of all products of a year or two, about a megabyte each.
SCREENS_REMEMBERED: Final = 16
Row = dict[str, Any]


def run(params: DependenceParams, store: Store) -> Answer:
    """Answer ``dependence``: one row per level, item and year, the largest first; or one per criterion.

    Concentration is measured on all suppliers of an item (or on those of ``partner``); the screen is judged
    on what is held, and persistence counts the years held up to the row's.
    """
    screen = chosen_screen(params.screen, params.threshold)
    supply = supply_of(params, store, quantity=params.measure == "quantity", partner=params.partner)
    levels, years = tuple(params.level), asked_years(params.year, supply)
    supply.check_levels(levels)
    held = tuple(year for year in years if year in supply.years)
    rows = _rows(params, supply, screen, levels, held) if held else []
    kept = _kept(rows, params, supply)
    shown = _shown(kept, params)
    notes = [*_notes(params, supply, screen, held), *_cut_notes(kept, params)]
    if params.criteria and shown:
        shown = _by_criterion(shown, Screened(supply, screen, levels, held), screen)
    shown += _missing(years, levels, supply, rows, kept)
    shown.sort(key=lambda row: (levels.index(row["level"]), row["year"] or 0))
    columns = _columns(params, supply, levels, years)
    table = pa.Table.from_pylist(shown, schema=pa.schema([(name, TYPES[name]) for name in columns]))
    lineage = tuple(
        replace(part, rows=part.rows.filter(part.rows.year.isin(held or (0,)))) for part in supply.lineage
    )
    return Answer(DEPENDENCE, params, store, table, tuple(notes), lineage)


def screen_threshold(params: DependenceParams) -> float | None:
    """The threshold of the screen's criterion on the index of imports; None where it has none."""
    screen = chosen_screen(params.screen, params.threshold)
    return next((one.threshold for one in screen.criteria if one.column == "import_hhi"), None)


def asked_years(years: Years | None, supply: Supply) -> tuple[int, ...]:
    """The years asked for; the newest held when none is."""
    if years is not None:
        return tuple(range(years.start, years.end + 1))
    return supply.years[-1:]


def _rows(
    params: DependenceParams, supply: Supply, screen: Screen, levels: tuple[str, ...], years: tuple[int, ...]
) -> list[Row]:
    """Every item of every year; where many are asked, those of some groups are picked out of all.

    An item is judged by itself, so it is the same in either: unless a product changed its group, or a year is
    held of other groups only.
    """
    is_part = params.group and not params.product and params.panel is None and ALL_GROUPS not in levels
    if outline.current() is not None and is_part:
        whole, rows = of_every_group(_without_choice(params), supply.store)
        if whole.years == supply.years and whole.is_grouped_once:
            chosen = set(params.group or ())
            return [
                {**row, "vintage": supply.vintages.get(row["year"])} for row in rows if row["group"] in chosen
            ]
    return _judged_rows(params, supply, screen, levels, years)


def _without_choice(params: DependenceParams) -> DependenceParams:
    """The parameters that what is judged depends on; the others choose among it."""
    fields = DependenceParams.model_fields
    others = ("group", "top", "sort", "flagged", "criteria", "on")
    return params.model_copy(update={name: fields[name].default for name in others})


@lru_cache(maxsize=SCREENS_REMEMBERED)
def of_every_group(params: DependenceParams, store: Store) -> tuple[Supply, list[Row]]:
    """What is held of all groups, and its items judged."""
    screen = chosen_screen(params.screen, params.threshold)
    supply = supply_of(params, store, quantity=params.measure == "quantity", partner=params.partner)
    held = tuple(year for year in asked_years(params.year, supply) if year in supply.years)
    return supply, _judged_rows(params, supply, screen, tuple(params.level), held) if held else []


def _judged_rows(
    params: DependenceParams, supply: Supply, screen: Screen, levels: tuple[str, ...], years: tuple[int, ...]
) -> list[Row]:
    """Every item of every year: concentration, the screen's verdict, shares of friends."""
    held = supply.from_outside.filter(supply.from_outside.year.isin(years))
    unit = "unit" if "unit" in held.columns else None
    measured = supplier_concentration(
        supply.by_level(held, levels),
        SupplierColumns((*ITEM, "year"), AMOUNT, unit=unit, totals=supply.totals),
        counted=params.counted,
        single_point_share=params.single_point.value,
    )
    verdicts = Screened(supply, screen, levels, years).verdicts()
    friends = friend_shares(supply, params.friends, levels, years) if params.friends else {}
    return [_row(row, verdicts, friends, supply, screen.name) for row in supply.store.fetch_rows(measured)]


def _row(
    row: Row,
    verdicts: dict[Key, Verdict],
    friends: dict[Key, tuple[float, float]],
    supply: Supply,
    screen: str,
) -> Row:
    level, item, year = key = (row["level"], row["item"], row["year"])
    verdict = verdicts[key]
    flags = [*verdict.met, *(["single_point"] if row["is_single_point"] else [])]
    ours, others = friends.get(key, (None, None))
    notes = [note for note in (row["note"], verdict.note) if note]
    amount = row[AMOUNT]
    return {
        "level": level,
        "year": year,
        **_names(level, item, supply),
        supply.amount: amount if supply.amount == "quantity" or amount is None else round(amount),
        **{name: _steady(row[name]) for name in MEASURED},
        "top_partner_name": supply.partner_names.get(row["top_partner"] or ""),
        "flags": ", ".join(flags) or ("none" if row["hhi"] is not None else None),
        "friend_share": ours,
        "other_share": others,
        "screen": screen,
        "flag": verdict.flag,
        "criteria_met": verdict.criteria_met,
        "persistence": verdict.persistence,
        "distance": _steady(verdict.distance),
        "nearest_criterion": verdict.nearest,
        "vintage": supply.vintages.get(year),
        "note": "; ".join(notes) or None,
        "all_judged_met": verdict.all_judged_met,
        "item": item,
    }


def _steady(value: object) -> object:
    """Drop the digits of a sum of shares that depend on the order in which an engine added them."""
    return round(value, STEADY_DIGITS) if isinstance(value, float) else value


def _names(level: str, item: str, supply: Supply) -> Row:
    """The key columns of an item."""
    name = supply.item_names(level).get(item)
    if level == "product":
        return {"product": item, "product_name": name, "group": supply.group_of.get(item)}
    return {"group": item, "group_name": name or item}


def _kept(rows: list[Row], params: DependenceParams, supply: Supply) -> list[Row]:
    """Rows that are asked for."""
    if params.on is not None:
        members = chosen_suppliers(supply.store, params.on, supply.reporter)
        rows = [row for row in rows if row["top_partner"] in labels_of(supply.store, members, row["year"])]
    if params.flagged:
        rows = [row for row in rows if row["all_judged_met"]]
    return rows


def _shown(rows: list[Row], params: DependenceParams) -> list[Row]:
    """The first rows of each level and year, nulls last."""
    found: list[Row] = []
    value = next(
        (name for name in ("imports_usd", "consumption_usd", "quantity") if rows and name in rows[0]), ""
    )
    by = SORTS.get(params.sort, value)
    for level in params.level:
        for year in sorted({row["year"] for row in rows}):
            part = [row for row in rows if (row["level"], row["year"]) == (level, year)]
            part.sort(key=lambda row: (row[by] is None, -(row[by] or 0), -(row[value] or 0), row["item"]))
            found += part[: params.top]
    return found


def _by_criterion(rows: list[Row], screened: Screened, screen: Screen) -> list[Row]:
    """Each row once for each criterion of the screen."""
    judged = {(row["level"], row["item"], row["year"]): row for row in screened.criteria()}
    return [
        {**row, **_criterion(judged[row["level"], row["item"], row["year"]], criterion)}
        for row in rows
        for criterion in screen.criteria
    ]


def _criterion(judged: Row, criterion: Criterion) -> Row:
    return {
        "criterion": criterion.id,
        "measured": criterion.column,
        "value": _steady(judged[f"{criterion.id}_value"]),
        "comparator": criterion.comparator,
        "threshold": criterion.threshold,
        "distance": _steady(judged[f"{criterion.id}_distance"]),
        "is_met": judged[f"{criterion.id}_is_met"],
        "threshold_status": criterion.status,
        "note": judged[f"{criterion.id}_reason"],
    }


def _missing(
    years: tuple[int, ...], levels: tuple[str, ...], supply: Supply, rows: list[Row], kept: list[Row]
) -> list[Row]:
    """One row of nulls with the reason for each level of a year that has none."""
    there, shown = ({row["year"] for row in part} for part in (rows, kept))
    found: list[Row] = []
    for year in years or (None,):
        if year in shown:
            continue
        note = supply.why_empty
        if year in there:
            note = "no_match: no row meets what was asked for"
        elif supply.years and year not in supply.years:
            span = f"{supply.years[0]} to {supply.years[-1]}"
            note = f"not_covered: imports by product and partner are held for {span}"
        found += [{"level": level, "year": year, "note": note} for level in levels]
    return found


def _columns(
    params: DependenceParams, supply: Supply, levels: tuple[str, ...], years: tuple[int, ...]
) -> list[str]:
    """Keys that tell rows apart come first; a level or year that all rows share, last."""
    keys = [] if len(levels) == 1 else ["level"]
    keys += [] if len(years) <= 1 else ["year"]
    keys += ["group", "group_name"] if set(levels) & {"group", "all"} else []
    keys += ["product", "product_name"] if "product" in levels else []
    columns = [*keys, supply.amount]
    columns += CRITERION_COLUMNS if params.criteria else DEPENDENCE.columns[:-1]
    if params.friends and not params.criteria:
        place = columns.index("hhi") + 1
        columns[place:place] = ["friend_share", "other_share"]
    columns += [name for name in ("group", "year", "level") if name not in columns]
    return [*columns, "vintage", "note"]


def _notes(params: DependenceParams, supply: Supply, screen: Screen, years: tuple[int, ...]) -> list[str]:
    """What was asked of what, and the rule, before anything else."""
    notes = supply.notes_on(years)
    words = "; ".join(
        f"{one.id} {one.column} {one.comparator} {one.threshold:g}"
        + (" (cut-off not read in the source)" if one.status == "unverified" else "")
        for one in screen.criteria
    )
    rule = f", in {screen.minimum_years} of {screen.window} years" if screen.window > 1 else ""
    notes.append(f"Screen {screen.name}: {words}{rule}. {screen.source}".rstrip())
    if params.partner:
        notes.append(f"Shares are those among {params.partner} only.")
    if params.panel is None and years:
        span = ", ".join(str(year) for year in years)
        notes.insert(0, f"{params.concept.capitalize()} imports of {span}: what is made at home is not held.")
    return notes


def _cut_notes(rows: list[Row], params: DependenceParams) -> list[str]:
    counts = Counter((row["level"], row["year"]) for row in rows)
    cut = [
        f"{count} of level {level} in {year}" for (level, year), count in counts.items() if count > params.top
    ]
    return [f"The first {params.top} rows of {', '.join(cut)}; --top shows more."] if cut else []
