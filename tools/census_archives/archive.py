"""What goes into an archive: detail, controls summed from it, look-ups, and a Documentation folder."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, BinaryIO

import numpy as np

from techbalance.sources.census_archive.layouts import Layout, layout, of_flow

from . import draws, lookups
from .codes import Codes, sample
from .records import Padding, lines

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

# A fixed date inside the archive: the same plan gives the same bytes.
MADE = (2026, 1, 1, 0, 0, 0)
ROWS_AT_A_TIME = 50_000


@dataclass(frozen=True)
class Plan:
    """A year of archives of one flow.

    Parameters
    ----------
    flow
        ``import`` or ``export``.
    year
        From 2009 on.
    rows
        Keys that trade in the year; an archive holds those that traded by its month.
    seed
        The same plan gives the same bytes.
    idle
        Share of the keys that do not trade in a given month. Six in ten is usual for exports.
    padding
        What stands in front of numbers: ``zeros`` or ``blanks``.
    revision
        Another number gives other figures for the same keys, as a revised archive does.
    codes
        Code lists; the small sample where none are given.
    level
        Of compression.
    """

    flow: str = "import"
    year: int = 2024
    rows: int = 2_000
    seed: int = 7
    idle: float = 0.4
    padding: Padding = "zeros"
    revision: int = 0
    codes: Codes | None = None
    level: int = 6

    @cached_property
    def held(self) -> Codes:
        """The code lists."""
        return self.codes or sample(self.flow)

    @cached_property
    def keys(self) -> draws.Keys:
        """The keys of the year."""
        return draws.keys(self.flow, self.held, self.rows, self.seed)

    def values(self, month: int) -> NDArray[np.int64]:
        """Figures of a month for every key of the year."""
        seed = self.seed + 1_000_003 * self.revision
        return draws.month_values(self.keys, seed, month, self.idle)


def archive_name(plan: Plan, month: int) -> str:
    """The publisher's name: ``IMDB2407.ZIP``."""
    return f"{'IMDB' if plan.flow == 'import' else 'EXDB'}{plan.year % 100:02d}{month:02d}.ZIP"


def archive_bytes(plan: Plan, month: int) -> bytes:
    """One archive in memory."""
    target = io.BytesIO()
    write_archive(target, plan, month)
    return target.getvalue()


def write_archives(folder: Path, plan: Plan, months: Sequence[int]) -> list[Path]:
    """Write archives of several months into a folder; returns their paths."""
    paths = []
    for month in months:
        path = folder / archive_name(plan, month)
        with path.open("wb") as target:
            write_archive(target, plan, month)
        paths.append(path)
    return paths


def write_archive(target: BinaryIO, plan: Plan, month: int) -> None:
    """Write one archive to a binary file."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=plan.level) as archive:
        for name, parts in members(plan, month):
            entry = zipfile.ZipInfo(name, MADE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            with archive.open(entry, "w", force_zip64=True) as member:
                for part in parts:
                    member.write(part)


def members(plan: Plan, month: int) -> Iterator[tuple[str, Iterator[bytes]]]:
    """Every member of an archive: its name and its bytes in pieces."""
    now = plan.values(month)
    to_date = now.copy()
    for earlier in range(1, month):
        to_date += plan.values(earlier)
    present = np.asarray(to_date.any(axis=1))
    book = _Book(plan, month, now[present], to_date[present], present)
    for one in of_flow(plan.flow):
        # Names differ in case between the publisher's archives.
        name = f"{one.name}.TXT" if one.name.endswith("DETL") else f"{one.name[:4]}{one.name[4:].lower()}.txt"
        yield name, book.member(one)
        yield f"Documentation/{one.name}.STR", iter([structure(one)])


def structure(one: Layout) -> bytes:
    """The publisher's description of a record: a line per field."""
    rows = [
        f"{name.upper():<12}{'N' if field.kind == 'number' else 'C'} {field.width}\r\n"
        for name, field in one.by_name.items()
    ]
    return "".join(rows).encode("ascii")


class _Book:
    """The figures of one archive, and how each member is written from them."""

    def __init__(
        self,
        plan: Plan,
        month: int,
        now: NDArray[np.int64],
        to_date: NDArray[np.int64],
        present: NDArray[np.bool_],
    ) -> None:
        self.plan, self.month, self.now, self.to_date = plan, month, now, to_date
        self.index = {name: column[present] for name, column in plan.keys.columns.items()}
        self.text = lookups.key_texts(plan.flow, plan.held)

    def member(self, one: Layout) -> Iterator[bytes]:
        """Bytes of a member in pieces."""
        if one.name.endswith("DETL"):
            return self._detail(one)
        if one.measures:
            return iter([self._control(one)])
        return iter([lookups.written(one, self.plan.held)])

    def _detail(self, one: Layout) -> Iterator[bytes]:
        for start in range(0, len(self.now), ROWS_AT_A_TIME):
            rows = slice(start, start + ROWS_AT_A_TIME)
            heads = {name: self.text[name][column[rows]] for name, column in self.index.items()}
            heads |= self._dates(len(heads["commodity"]))
            yield lines(one, heads, self.now[rows], self.to_date[rows], self.plan.padding).tobytes()

    def _control(self, one: Layout) -> bytes:
        """Sums of the detail by the key of a control file, in the order of the key."""
        by = [self.index[lookups.DETAIL_KEY.get((one.name, name), name)] for name in one.key[:-2]]
        groups, inverse = np.unique(np.stack(by, axis=1), axis=0, return_inverse=True)
        detail = layout("IMP_DETL" if self.plan.flow == "import" else "EXP_DETL").measures
        columns = [detail.index(name) for name in one.measures]
        sums = []
        for block in (self.now, self.to_date):
            total = np.zeros((len(groups), len(columns)), dtype=np.int64)
            np.add.at(total, inverse.ravel(), block[:, columns])
            sums.append(total)
        heads = lookups.control_heads(one, self.plan.held, groups) | self._dates(len(groups))
        return lines(one, heads, sums[0], sums[1], self.plan.padding).tobytes()

    def _dates(self, count: int) -> dict[str, NDArray[np.bytes_]]:
        return {
            "year": np.full(count, f"{self.plan.year}".encode()),
            "month": np.full(count, f"{self.month:02d}".encode()),
        }
