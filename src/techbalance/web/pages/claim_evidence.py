"""Which charts bear on a statement? Those of the figures it is judged by."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from techbalance.charts import rows as origins
from techbalance.charts.denominators import deficit_ratios
from techbalance.claims.load import shipped
from techbalance.classifications.groups import ALL_GROUPS
from techbalance.classifications.partners import WORLD
from techbalance.report.drafting import Draft
from techbalance.report.sections.denominators import ratios
from techbalance.web.pages.drafts import chart

if TYPE_CHECKING:
    from collections.abc import Callable

    from techbalance.claims.statement import Statement
    from techbalance.report.blocks import Block
    from techbalance.web.pages.page import Asker

    Maker = Callable[[Asker], Block]


def evidence(claim_id: str) -> tuple[Maker, ...]:
    """Return what draws the figures that a statement is judged by; none where no chart shows them."""
    claim = next(one for file in shipped() for one in file.claims if one.id == claim_id)
    filters = claim.filters
    if filters.partner not in {None, WORLD} or filters.group not in {None, ALL_GROUPS}:
        return ()
    if claim.metric.startswith("ip_"):
        return (
            (partial(_drawn, name="ip", origin=origins.WORLD_BANK, year=filters.year),)
            if filters.year
            else ()
        )
    if "ratio" in claim.metric:
        return (_ratios,)
    if claim.metric in {"level", "sign", "record", "change"}:
        return (partial(_drawn, name="balance"), *_revised(claim))
    return ()


def _revised(claim: Statement) -> tuple[Maker, ...]:
    """Draw every stored vintage of the year a level is of."""
    if claim.metric != "level" or claim.filters.year is None:
        return ()
    return (partial(_drawn, name="revisions", series="atp", period=str(claim.filters.year)),)


def _drawn(asker: Asker, *, name: str, origin: origins.Origin = origins.CENSUS, **given: Any) -> Block:  # noqa: ANN401
    return chart(asker, asker.ask(name, **given), origin)


def _ratios(asker: Asker) -> Block:
    answers = ratios(asker)
    rows = pa.concat_tables([answer.arrow for answer in answers])
    return Draft(asker, answers, origins.DENOMINATORS).chart(deficit_ratios, rows=rows)
