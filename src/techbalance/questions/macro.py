"""Series of the world's countries in the record: the newest figure of each, one definition at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from techbalance.classifications.hightech import PRESENT, SITC, SITC_SOURCES
from techbalance.indicators import periods

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    from ibis import Table

    from techbalance.store.catalogue import Store

HIGHTECH: Final = "hightech_exports_usd"


def series_rows(store: Store, series: Iterable[str], day: dt.date | None) -> Table:
    """Stored rows of annual series by country, the newest vintage of each as known on ``day``.

    High-technology exports are of one definition only: the present one, or the SITC-based one where nothing
    of the present one was known yet.
    """
    rows = periods.up_to(store.table("macro"), day)
    rows = rows.filter(rows.series.isin(list(series)))
    older = rows.source_id.isin(sorted(SITC_SOURCES))
    if hightech_definition(store, day) == PRESENT:
        rows = rows.filter(~older | (rows.series != HIGHTECH))
    else:
        rows = rows.filter(older | (rows.series != HIGHTECH))
    keys = ["series", "country", "year"]
    newest = rows.group_by(keys).aggregate(vintage=rows.vintage.max())
    return store.kept(rows.semi_join(newest, [*keys, "vintage"]))


def hightech_definition(store: Store, day: dt.date | None) -> str:
    """Which definition of high-technology exports is read on ``day``."""
    rows = periods.up_to(store.table("macro"), day)
    present = rows.filter(rows.series == HIGHTECH, ~rows.source_id.isin(sorted(SITC_SOURCES)))
    return PRESENT if store.count(present) else SITC
