"""Which effects led from one year's value to another's?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from techbalance.charts import rows as answer
from techbalance.charts.change import waterfall
from techbalance.charts.findings import ChangeFinding

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyarrow as pa

    from techbalance.charts.figure import Figure
    from techbalance.charts.rows import Credit, Row

_FLOWS = {"export": "Exports", "import": "Imports"}


def effect_waterfall(
    rows: pa.Table, *, years: tuple[int, int], credit: Credit, flow: str = "imports"
) -> Figure:
    """Draw the way from one year's value to another's, one floating bar for each effect.

    Parameters
    ----------
    rows
        One row per effect, of one part or of several whose effects are added up: ``flow``, ``effect``,
        ``from_usd``, ``to_usd``, ``change_usd``, in the order in which they lead from the first value to the
        last. An effect that cannot be told has no bar.
    years
        The years compared, the earlier first.
    credit
        The command that recomputes the rows, and their origin.
    flow
        ``imports``, ``exports`` or ``balance``; of a balance each effect is told with its flow.

    Raises
    ------
    NotCoveredError
        No effect has a change.
    SchemaError
        A column is missing.
    """
    needs = ("flow", "effect", "from_usd", "to_usd", "change_usd")
    listed = answer.read(rows, "effects", needs=needs, values=("change_usd",))
    finding = find_effects(listed, years=years, flow=flow)
    return waterfall("effects", finding, listed, credit)


def find_effects(listed: Sequence[Row], *, years: tuple[int, int], flow: str) -> ChangeFinding:
    """Add effects of several parts up, in the order in which they are told.

    The value of the first year is what the parts' first effects start from: a part's effects follow each
    other, so that the one before a row of another part ends where its part does.
    """
    told = [row for row in listed if row["change_usd"] is not None]
    sums: dict[tuple[str, str], int] = {}
    for row in told:
        key = (row["flow"], row["effect"])
        sums[key] = sums.get(key, 0) + row["change_usd"]
    order = {(row["flow"], row["effect"]): None for row in listed}
    start, previous = 0, None
    for row in told:
        # A row that does not take up where the one before it ended begins a part.
        part = tuple(value for name, value in row.items() if name in ("group", "partner", "product"))
        if part != previous:
            start += row["from_usd"]
        previous = part
    end = start + sum(sums.values())
    steps: list[Row] = []
    running = start
    for pair in order:
        if pair not in sums or not sums[pair]:
            continue
        steps.append(
            {
                "key": " ".join(pair),
                "name": _name(*pair, balance=flow == "balance"),
                "change_usd": sums[pair],
                "start_usd": running,
                "end_usd": running + sums[pair],
                "contribution_ratio": sums[pair] / (end - start) if end != start else None,
            }
        )
        running += sums[pair]
    if not steps:
        raise answer.nothing("effects", f"nothing changed from {years[0]} to {years[1]}")
    missing = [_name(*pair, balance=flow == "balance") for pair in order if pair not in sums]
    return ChangeFinding(
        from_year=years[0],
        to_year=years[1],
        by="effect",
        flow=flow,
        from_usd=start,
        to_usd=end,
        steps=steps,
        missing=missing,
    )


def _name(flow: str, effect: str, *, balance: bool) -> str:
    if not balance or effect == _FLOWS[flow].lower():
        return effect[0].upper() + effect[1:]
    return f"{_FLOWS[flow]}: {effect}"
