"""Values of parts in two years, from printed totals: what ways take that need no products."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from techbalance.questions.decompositions.split import Valued
from techbalance.questions.parameters.change import ChangeParams
from techbalance.questions.selection import REST
from techbalance.questions.values import Values

if TYPE_CHECKING:
    import datetime as dt

    from techbalance.questions.answer import Lineage
    from techbalance.store.catalogue import Store


@dataclass(frozen=True)
class Entries:
    """Values of one flow in two years.

    Parameters
    ----------
    valued
        The values.
    from_vintage, to_vintage
        Newest vintage of each year; None for a file.
    months
        Months of each year.
    lineage
        Stored rows behind them.
    notes
        What must be known to read them.
    """

    valued: Valued
    from_vintage: dt.date | None
    to_vintage: dt.date | None
    months: int
    lineage: tuple[Lineage, ...]
    notes: tuple[str, ...] = ()


def is_printed(params: ChangeParams, keys: tuple[str, ...]) -> bool:
    """Whether printed totals can answer, so that no products are needed."""
    if params.panel is not None or params.product is not None or params.group is not None:
        return False
    if params.list != ChangeParams.model_fields["list"].default:
        return False
    return set(keys) <= {"partner"} and (params.series != "atp" or not (keys or params.partner))


def printed(
    params: ChangeParams, store: Store, keys: tuple[str, ...], flow: str, span: tuple[int, int]
) -> Entries | str:
    """Read printed values of two years.

    Parameters
    ----------
    flow
        ``export`` or ``import``.
    span
        The two years.

    Returns
    -------
    Entries or str
        With the line of all others where the world total is held; or why a year has nothing.
    """
    start, end = span
    values = Values(params.model_copy(update={"flow": flow}), store, keys)
    years = {year: store.fetch(values.of(year)).to_pylist() for year in (start, end)}
    if missing := [year for year, rows in years.items() if not rows]:
        return "; ".join(f"{year}: {values.why_missing(year)}" for year in missing)
    found = [{tuple(row[key] for key in keys): row for row in years[year]} for year in (start, end)]
    shared = sorted(set(found[0]) & set(found[1]))
    columns = [[int(side[label]["value_usd"]) for label in shared] for side in found]
    vintages = [max(row["vintage"] for row in years[year]) for year in (start, end)]
    lineage = [*values.lineages(start, end)]
    notes = []
    lost = len(set(found[0]) ^ set(found[1]))
    labels = list(shared)
    if keys and values.members is None:
        whole = replace(values, keys=())
        totals = [store.fetch(whole.of(year)).to_pylist() for year in (start, end)]
        if all(totals):
            labels.append(tuple(REST for _ in keys))
            for column, rows in zip(columns, totals, strict=True):
                column.append(int(rows[0]["value_usd"]) - sum(column))
            lineage += whole.lineages(start, end)
    if lost:
        where = "in all others" if len(labels) > len(shared) else "left out"
        one = "partner is" if lost == 1 else "partners are"
        notes.append(f"{lost} {one} held in one of the two years only, and {where}.")
    return Entries(
        Valued(
            flow,
            {key: np.array([label[at] for label in labels], dtype=object) for at, key in enumerate(keys)},
            np.array(columns[0], dtype=np.int64),
            np.array(columns[1], dtype=np.int64),
        ),
        vintages[0],
        vintages[1],
        values.months,
        tuple(lineage),
        tuple(notes),
    )
