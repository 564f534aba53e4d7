"""The ATP balance of the United States in terms of value added: an interval, and what it rests on (E4)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from techbalance.errors import ParameterError
from techbalance.models.value_added.bounds import ProcessingTrade, bound_value_added
from techbalance.models.value_added.industry_mix import Interval, ProductFlow
from techbalance.models.value_added.partner_mix import ANYONE, PartnerMix, gather_content, spread_flow
from techbalance.questions.value_chains.measures import dollars

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from techbalance.models.value_added.bounds import ValueAddedBounds
    from techbalance.models.value_added.industry_mix import FlowKind
    from techbalance.questions.value_chains.atp_trade import AtpTrade
    from techbalance.questions.value_chains.tables import SolvedTable

HOME: Final = "USA"
WORLD: Final = "WORLD"
ORIGINS_SHOWN: Final = 10
# Share of processing in China's ATP exports to the United States, and domestic content of such exports: from
# the iPhone of 2009, the lowest in print, to the most that is reported for electronics before 2008.
CHINA_PROCESSING: Final = ProcessingTrade(
    country="CHN",
    share=(0.9, 1.0),
    domestic_content=(0.0363, 0.30),
    source="processing trade of China: over 90 % of its ATP exports (Ferrantino et al. 2008/2010), domestic "
    "content from 3.6 % (Xing and Detert 2010, ADBI WP 257) to 30 % (Koopman, Wang and Wei 2012, JDE 99:178)",
)

# The least certain treatment in a row is the one that is shown.
FLAGS: Final = ("processing_unknown", "processing_corrected", "processing_split")

Row = dict[str, Any]


def balance_rows(
    solved: SolvedTable, trade: AtpTrade, *, mix: PartnerMix, correct: bool, top: int | None
) -> list[Row]:
    """Bound the ATP balance in value added, its two sides, and whose value added the imports are.

    Parameters
    ----------
    solved, trade
        The table and the trade.
    mix
        What is taken for partners that are not known.
    correct
        Whether China's exports are corrected for processing trade.
    top
        How many origins of imports are shown, where partners are held.

    Returns
    -------
    list of dict
        Rows ``balance``, ``export`` and ``import``; with partners also one row per origin of the imports.
    """
    corrections = (_correction(solved),) if correct else ()
    exported = spread(solved, trade, "export", mix)
    if trade.imports:
        flows = [
            ProductFlow("import", country, value, one.weights)
            for country, (value, one) in trade.imports.items()
        ]
    else:
        flows = list(spread(solved, trade, "import", mix))
    bounds = bound_value_added(solved.system, [*exported, *flows], home=HOME, processing=corrections)
    own = gather_content(bounds, "export", HOME, trade.mixes["export"].weights, mix)
    returned = (
        bounds.content("import", origin=HOME)
        if trade.imports
        else gather_content(bounds, "import", HOME, trade.mixes["import"].weights, mix)
    )
    imports = trade.itemised or trade.totals["import"]
    balance = Interval(own.low + returned.low - imports, own.high + returned.high - imports)
    treated = _treated(bounds)
    rows = [
        _row(("balance", WORLD, "all"), trade.totals["export"] - imports, balance, treated),
        _row(("export", WORLD, HOME), trade.totals["export"], own, {}),
        _row(("import", WORLD, HOME), imports, returned, treated),
    ]
    if trade.imports:
        rows += _by_origin(bounds, trade, top or ORIGINS_SHOWN)
    return [row | {"year": trade.year, "country": HOME} for row in rows]


def assumptions(solved: SolvedTable, trade: AtpTrade, *, mix: PartnerMix, correct: bool) -> list[str]:
    """Say in words what the interval rests on."""
    lines = [
        "Modelled: a table has no ATP industry, so the answer is an interval over what is not known.",
        f"Industries of exports: {trade.mixes['export'].source}.",
    ]
    if trade.imports:
        sources = dict.fromkeys(mix_of.source for _, mix_of in trade.imports.values())
        lines.append(f"Partners of imports: as recorded. Industries of imports: {'; '.join(sources)}.")
        if (rest := solved.rest) in trade.imports:
            share = trade.imports[str(rest)][0] / trade.itemised
            lines.append(f"Partners that the table does not show ({share:.0%} of imports) count as {rest}.")
    else:
        lines.append(f"Industries of imports: {trade.mixes['import'].source}.")
        said = {
            "unknown": "Partners of imports: unknown, any of the table's countries; the widest interval",
            "table": "Partners of imports: those of the same industries in the table, an assumption",
        }
        lines.append(f"{said[mix]}.")
    if solved.year is not None and solved.year != trade.year:
        lines.append(f"Trade of {trade.year} with the supply chains of {solved.year}.")
    if correct:
        lines.append(f"Corrected for {CHINA_PROCESSING.source}.")
    return lines


def _correction(solved: SolvedTable) -> ProcessingTrade:
    """Give the correction for China.

    Raises
    ------
    ParameterError
        The table does not show China, or keeps its processing trade apart already.
    """
    country, table = CHINA_PROCESSING.country, solved.table
    if country not in table.countries:
        raise ParameterError(f"processing corrects {country}, which {table.name} does not show")
    if any(sector.variant for sector in table.sectors if sector.country == country):
        raise ParameterError(
            f"{table.name} keeps the processing trade of {country} apart", remedy="Leave processing out"
        )
    return CHINA_PROCESSING


def spread(solved: SolvedTable, trade: AtpTrade, flow: FlowKind, mix: PartnerMix) -> tuple[ProductFlow, ...]:
    """Spread a flow that is known in total over the partners it could have."""
    whole = ProductFlow(flow, ANYONE, trade.totals[flow], trade.mixes[flow].weights)
    return spread_flow(solved.table, whole, home=HOME, mix=mix)


def _row(keys: tuple[str, str, str], gross: float, interval: Interval, treated: Mapping[str, str]) -> Row:
    """Make a row; ``treated`` says how the processing trade of each exporter in it is treated."""
    averaged = [code for code, flag in treated.items() if flag == "processing_unknown"]
    said = [
        f"processing_unknown: the table averages assembly for export in {' and '.join(averaged)} with other "
        "exports, an error that the interval leaves out"
        + ("; --processing corrects China" if CHINA_PROCESSING.country in averaged else "")
    ]
    if "processing_corrected" in treated.values():
        said.append("exports of China are corrected for processing trade")
    if "processing_split" in treated.values():
        said.append("the table keeps processing trade apart")
    flags = set(treated.values())
    return {
        **dict(zip(("flow", "partner", "made_in"), keys, strict=True)),
        "gross_usd": dollars(gross),
        "value_added_usd": None,
        "low_usd": dollars(interval.low),
        "high_usd": dollars(interval.high),
        "processing": next((name for name in FLAGS if name in flags), None),
        "note": "; ".join(said[0 if averaged else 1 :]) or None,
    }


def _treated(bounds: ValueAddedBounds) -> dict[str, str]:
    return {row.partner: row.processing for row in bounds.rows if row.flow == "import" and row.processing}


def _by_origin(bounds: ValueAddedBounds, trade: AtpTrade, top: int) -> list[Row]:
    """Value added of each origin in all ATP imports, beside the imports shipped from there."""
    origins: Sequence[str] = list(dict.fromkeys(row.origin for row in bounds.rows if row.flow == "import"))
    treated = _treated(bounds)
    rows = [
        _row(
            ("import", origin, origin),
            trade.imports[origin][0] if origin in trade.imports else 0.0,
            bounds.content("import", origin=origin),
            {code: flag for code, flag in treated.items() if code == origin},
        )
        for origin in origins
        if origin != HOME
    ]
    return sorted(rows, key=lambda row: -row["high_usd"])[:top]
