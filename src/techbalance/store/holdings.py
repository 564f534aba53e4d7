"""Which trade is held, of which months and partners, as of when, and in which files?

Trade comes in blocks: one flow, one year, whole months of it or the year as a sum, of all partners or of
some, as of one day. Blocks are few, so which of them stand for a period is decided here, before any row is
read; a question then opens those files only.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from techbalance.store.commit import Manifest

WHOLE_YEAR: Final = 12
# The place of a year as a sum among the months of a block.
ANNUAL: Final = 0
# The kind of fact that tells of a year whose months were added up.
ADDED_UP: Final = "year"
# The kind of fact that tells of months whose detail lies in one file now.
PACKED: Final = "packed"


@dataclass(frozen=True)
class Block:
    """Trade of one flow and year that came in together.

    Parameters
    ----------
    flow, year, vintage, source_id
        As in the rows.
    months
        Months that are held; ``(0,)`` where the year is held as a sum.
    partners
        Census codes of the partners it covers; None for all of them.
    files
        By table, the file inside the store; empty for what ships with the package. The file of
        ``trade_detail`` may hold other months of the year too: rows say which month and vintage they are of.
    serial
        Its place among the changes of the store; of two blocks of one vintage the later one is read.
    """

    flow: str
    year: int
    months: tuple[int, ...]
    vintage: dt.date
    source_id: str
    partners: tuple[str, ...] | None = None
    files: tuple[tuple[str, str], ...] = ()
    serial: int = 0

    @property
    def is_annual(self) -> bool:
        """Whether the year is held as a sum."""
        return self.months == (ANNUAL,)

    @property
    def key(self) -> str:
        """Names it within a store."""
        return f"{self.serial}:{self.flow}:{self.year}:{self.source_id}"

    def facts(self) -> dict[str, Any]:
        """Plain values for the manifest."""
        return {
            "kind": "block",
            "flow": self.flow,
            "year": self.year,
            "months": list(self.months),
            "vintage": self.vintage.isoformat(),
            "source_id": self.source_id,
            "partners": None if self.partners is None else list(self.partners),
            "files": dict(self.files),
        }


def block_facts(
    facts: Sequence[dict[str, Any]], held: frozenset[str]
) -> Iterator[tuple[int, dict[str, Any]]]:
    """What a manifest tells of the blocks it still holds, with their place among the changes.

    Parameters
    ----------
    facts
        What each change recorded.
    held
        Every file that some table still names.

    Yields
    ------
    tuple
        The place, from 1, and the fact; its ``files`` are those in which the rows lie now.
    """
    moved = {
        old: one["file"]
        for one in facts
        if one.get("kind") == PACKED and one["file"] in held
        for old in one["of"]
    }
    for serial, one in enumerate(facts, start=1):
        if one.get("kind") != "block":
            continue
        files = {table: moved.get(file, file) for table, file in one["files"].items()}
        if held.issuperset(files.values()):
            yield serial, one | {"files": files}


def stored_blocks(facts: Sequence[dict[str, Any]], held: frozenset[str]) -> tuple[Block, ...]:
    """Blocks that a manifest tells of, whose files are still held; parameters as of ``block_facts``."""
    return tuple(
        Block(
            one["flow"],
            one["year"],
            tuple(one["months"]),
            dt.date.fromisoformat(one["vintage"]),
            one["source_id"],
            None if one["partners"] is None else tuple(one["partners"]),
            tuple(sorted(one["files"].items())),
            serial,
        )
        for serial, one in block_facts(facts, held)
    )


def added_up(manifest: Manifest) -> dict[tuple[str, int], dict[str, Any]]:
    """Years whose months were added up, by flow and year: their ``files``, and the ``months`` they are of."""
    held = {file for files in manifest.tables.values() for file in files}
    return {
        (fact["flow"], fact["year"]): fact
        for fact in manifest.facts
        if fact.get("kind") == ADDED_UP and held.issuperset(fact["files"].values())
    }


@dataclass(frozen=True)
class Read:
    """What is read of one block: a month of it, or the year as a sum.

    Parameters
    ----------
    block
        The block.
    month
        1 to 12, or 0 for the year as a sum.
    partners
        Partners that are read; None for all partners.
    """

    block: Block
    month: int
    partners: frozenset[str] | None = None


@dataclass(frozen=True)
class Part:
    """What is read of one block for a whole question; None stands for all that it has."""

    block: Block
    months: frozenset[int] | None = None
    partners: frozenset[str] | None = None


@dataclass(frozen=True)
class Coverage:
    """What is known of one flow and period.

    Parameters
    ----------
    vintage, oldest
        The newest and the oldest day among the blocks read.
    partners
        Partners it is known for; None for all.
    """

    vintage: dt.date
    oldest: dt.date
    partners: frozenset[str] | None


def coverage(reads: Iterable[Read]) -> Coverage | None:
    """What is known of the period these reads stand for; None where there are none."""
    found = list(reads)
    if not found:
        return None
    days = [one.block.vintage for one in found]
    some = [one.partners for one in found if one.partners is not None]
    return Coverage(max(days), min(days), frozenset().union(*some) if some else None)


def parts(reads: Iterable[Read]) -> tuple[Part, ...]:
    """What to open for several periods: each block once, with the months and partners that count."""
    months: dict[tuple[Block, frozenset[str] | None], set[int]] = defaultdict(set)
    for one in reads:
        months[one.block, one.partners].add(one.month)
    found = [
        Part(
            block,
            None if held == set(block.months) else frozenset(held),
            None if partners is None or partners == frozenset(block.partners or ()) else partners,
        )
        for (block, partners), held in months.items()
    ]
    return tuple(sorted(found, key=lambda one: (one.block.flow, one.block.year, one.block.serial)))


def _newest(one: Block) -> tuple[dt.date, bool, int]:
    # Of one day, what was ingested is read before what ships.
    return one.vintage, bool(one.files), one.serial


class Selection:
    """The blocks that are read on a day.

    A block of all partners is read before blocks of some: a total made of two revisions would be neither.

    Parameters
    ----------
    blocks
        All that is held.
    day
        What was known on this day; None for the newest of all.
    """

    def __init__(self, blocks: Iterable[Block], day: dt.date | None = None) -> None:
        self._whole: dict[tuple[str, int, int], Block] = {}
        self._some: dict[tuple[str, int, int], dict[str, Block]] = defaultdict(dict)
        known = [one for one in blocks if day is None or one.vintage <= day]
        for block in sorted(known, key=_newest):
            for month in block.months:
                place = block.flow, block.year, month
                if block.partners is None:
                    self._whole[place] = block
                else:
                    self._some[place] |= dict.fromkeys(block.partners, block)

    @property
    def years(self) -> tuple[int, ...]:
        """Years of which anything is held."""
        return tuple(sorted({year for _, year, _ in (*self._whole, *self._some)}))

    def months(self, flow: str, year: int) -> tuple[int, ...]:
        """Months of a year that are held, of all partners or of some."""
        held = {*self._whole, *self._some}
        return tuple(month for month in range(1, WHOLE_YEAR + 1) if (flow, year, month) in held)

    def month(self, flow: str, year: int, month: int) -> list[Read]:
        """What stands for one month, or with 0 for the year as a sum."""
        place = flow, year, month
        if place in self._whole:
            return [Read(self._whole[place], month)]
        partners: dict[Block, set[str]] = defaultdict(set)
        for partner, block in self._some.get(place, {}).items():
            partners[block].add(partner)
        return [Read(block, month, frozenset(held)) for block, held in partners.items()]

    def span(self, flow: str, year: int, months: Iterable[int]) -> list[Read]:
        """What stands for several months together: nothing where one is missing, for a partner or for all."""
        reads = [self.month(flow, year, month) for month in months]
        found = [coverage(one) for one in reads]
        everywhere: frozenset[str] | None = None
        for one in found:
            if one is None:
                return []
            if one.partners is not None:
                everywhere = one.partners if everywhere is None else everywhere & one.partners
        flat = [one for some in reads for one in some]
        return flat if everywhere is None else _only(flat, everywhere)

    def whole_year(self, flow: str, year: int) -> list[Read]:
        """What stands for a full year: the newer of the year as a sum and its twelve months."""
        summed = self.span(flow, year, range(1, WHOLE_YEAR + 1))
        annual = self.month(flow, year, ANNUAL)
        one, other = coverage(summed), coverage(annual)
        if one is None or other is None:
            return summed or annual
        if (one.partners is None) != (other.partners is None):
            return summed if one.partners is None else annual
        return summed if one.vintage > other.vintage else annual


def _only(reads: list[Read], partners: frozenset[str]) -> list[Read]:
    """Keep what concerns these partners."""
    found = []
    for one in reads:
        mine = partners if one.partners is None else one.partners & partners
        if mine:
            found.append(Read(one.block, one.month, mine))
    return found
