"""Which years are whole? Their months are added up once, and their detail is put together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from techbalance.store.commit import HELD
from techbalance.store.holdings import ADDED_UP, WHOLE_YEAR, Selection, added_up, stored_blocks
from techbalance.store.ingestion.marts import write_mart
from techbalance.store.ingestion.packing import pack

if TYPE_CHECKING:
    from techbalance.store.commit import Writer
    from techbalance.store.holdings import Block
    from techbalance.store.ingestion.marts import Marts

Fact = dict[str, Any]
BY_PRODUCT: Final = ("product", "partner")
BY_GROUP: Final = ("group", "partner", "match")


def complete(writer: Writer, marts: Marts) -> None:
    """Add up every year that is whole by now and was not, or whose months were revised; pack its detail."""
    manifest = writer.manifest
    held = {file for files in manifest.tables.values() for file in files}
    selection = Selection(stored_blocks(manifest.facts, frozenset(held)))
    done = added_up(manifest)
    for year in selection.years:
        for flow in ("export", "import"):
            reads = selection.span(flow, year, range(1, WHOLE_YEAR + 1))
            if not reads or any(one.partners is not None or one.block.partners for one in reads):
                continue
            if any(one.block.months != (one.month,) for one in reads):
                # Months of one file are added up as they are read.
                continue
            months = sorted(dict(one.block.files)["trade_month"] for one in reads)
            before = done.get((flow, year))
            if before is None or before["months"] != months:
                _add_up(writer, marts, reads[0].block, months, before)
            pack(writer, [one.block for one in reads])


def _add_up(writer: Writer, marts: Marts, block: Block, months: list[str], before: Fact | None) -> None:
    flow, year = block.flow, block.year
    with writer.change() as draft:
        root = writer.home / HELD
        by_product = draft.path("trade_year", f"{flow}/{year}/{flow}-{year}")
        write_mart(marts.by_year, [root / one for one in months], by_product, BY_PRODUCT, threads=2)
        by_group = draft.path("group_year", f"{flow}/{year}/{flow}-{year}")
        write_mart(marts.by_group, [by_product], by_group, BY_GROUP, threads=2)
        if before is not None:
            for table, file in before["files"].items():
                draft.retire(table, file)
        files = {"trade_year": draft.name_of(by_product), "group_year": draft.name_of(by_group)}
        draft.record({"kind": ADDED_UP, "flow": flow, "year": year, "months": months, "files": files})
