"""Does the year to date of an archive hold what its months hold? Partner by partner, where they are held.

Within an archive the year to date is held against the archive's own controls. Against the months in the
store it may differ: the publisher corrects earlier months, and the newest archive is the first to know. So a
difference refuses nothing; it is told, since sums of months lack the corrections until those months come
again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import pyarrow as pa
import pyarrow.parquet as pq

from techbalance.store.commit import HELD
from techbalance.store.failures import as_store_error
from techbalance.store.holdings import Selection, stored_blocks

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping
    from pathlib import Path

    from techbalance.sources.census_archive import Archive
    from techbalance.store.commit import Manifest

# By flow: the control by partner, its year to date, and the value of ``group_month`` that adds up to it.
BY_PARTNER: Final = {
    "import": ("IMP_CTY", "gen_val_yr", "general_usd"),
    "export": ("EXP_CTY", "all_val_yr", "export_usd"),
}
TABLE: Final = "group_month"


@dataclass(frozen=True)
class ToDate:
    """What one archive says of its year so far, in dollars by Census code of the partner."""

    flow: str
    year: int
    month: int
    by_partner: Mapping[str, int]


def of_archive(archive: Archive) -> ToDate:
    """The year to date of an archive, as its control says and its detail adds up to."""
    control, measure, _ = BY_PARTNER[archive.flow]
    table = archive.controls[control]
    partners = table["cty_code"].cast(pa.string()).to_pylist()
    totals = dict(zip(partners, table[measure].to_pylist(), strict=True))
    return ToDate(archive.flow, archive.year, archive.month, totals)


def compare(home: Path, manifest: Manifest, to_date: ToDate, day: dt.date | None) -> str:
    """Hold a year to date against the months of the store, as they were known on a day.

    Parameters
    ----------
    home, manifest
        The store, and what it holds.
    to_date
        What an archive says.
    day
        The vintage of the archive.

    Returns
    -------
    str
        By how much they differ and what to do; empty where they agree, or where a month is not held.

    Raises
    ------
    StoreError
        A file of the store cannot be read.
    """
    held = frozenset(file for files in manifest.tables.values() for file in files)
    selection = Selection(stored_blocks(manifest.facts, held), day)
    reads = selection.span(to_date.flow, to_date.year, range(1, to_date.month + 1))
    if not reads or any(one.partners is not None or one.block.months != (one.month,) for one in reads):
        return ""
    value = BY_PARTNER[to_date.flow][2]
    with as_store_error():
        months = pa.concat_tables(
            pq.ParquetFile(home / HELD / dict(one.block.files)[TABLE]).read(columns=["partner", value])
            for one in reads
        )
    sums = months.group_by("partner").aggregate([(value, "sum")])
    found = dict(zip(sums["partner"].to_pylist(), sums[f"{value}_sum"].to_pylist(), strict=True))
    differences = {
        partner: to_date.by_partner.get(partner, 0) - found.get(partner, 0)
        for partner in sorted(to_date.by_partner.keys() | found.keys())
    }
    differences = {partner: dollars for partner, dollars in differences.items() if dollars}
    if not differences:
        return ""
    largest = max(differences, key=lambda partner: abs(differences[partner]))
    return (
        f"the year to date differs from the months held by {sum(differences.values()):+,} dollars, of "
        f"{len(differences)} partner{'s' * (len(differences) > 1)}, most of {largest} "
        f"({differences[largest]:+,}): take the newer archives of the earlier months"
    )
