"""What does the detail of an archive hold, row by row? Checked and added up while it passes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np

from techbalance.errors import RecordError, RecordPlace
from techbalance.sources.census_archive.books import MOST_CODES, Books
from techbalance.sources.census_archive.explain import Record, odd_length
from techbalance.sources.census_archive.layouts import LINE_END

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from numpy.typing import NDArray

    Take = Callable[[NDArray[np.uint8], Books, "Sink"], int]

IMPORT_CODES: Final = ("commodity", "cty_code", "cty_subco", "dist_entry", "dist_unlad", "rate_prov")
EXPORT_CODES: Final = ("df", "commodity", "cty_code", "district")


@dataclass
class Sink:
    """Rows that wait to become a batch, and the keys of every record so far.

    Parameters
    ----------
    books
        Whose sizes make the key.
    year, month
        What every record must say.
    capacity
        Rows of a batch.
    """

    books: Books
    year: int
    month: int
    capacity: int
    names: tuple[str, ...] = ()
    filled: int = 0
    records: int = 0
    kept: int = 0
    keys: list[NDArray[np.int64]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.names = EXPORT_CODES if "df" in self.books.detail.by_name else IMPORT_CODES
        sizes = {
            "commodity": len(self.books.products),
            "cty_code": len(self.books.countries),
            "df": 2,
            "cty_subco": MOST_CODES,
            "rate_prov": MOST_CODES,
        }
        self.sizes = tuple(sizes.get(name, len(self.books.districts)) for name in self.names)
        self.renew()

    def renew(self) -> None:
        """Take fresh arrays; the old ones belong to the batch that was made of them."""
        self.codes = np.empty((len(self.names), self.capacity), dtype=np.int32)
        self.values = np.empty((len(self.books.detail.measures), self.capacity), dtype=np.int64)
        self.filled = 0

    def pack(self, index: Mapping[str, NDArray[np.int64]]) -> NDArray[np.int64]:
        """One number per key, made of the numbers of its codes."""
        packed = np.zeros(len(index[self.names[0]]), dtype=np.int64)
        for name, size in zip(self.names, self.sizes, strict=True):
            packed = packed * size + index[name]
        return packed

    def put(
        self, index: Mapping[str, NDArray[np.int64]], month: NDArray[np.int64], keys: NDArray[np.int64]
    ) -> None:
        """Keep the rows with trade in the month; the others carry the year to date only."""
        trades = month.any(axis=1)
        end = self.filled + int(trades.sum())
        for row, name in enumerate(self.names):
            self.codes[row, self.filled : end] = index[name][trades]
        self.values[:, self.filled : end] = month[trades].T
        self.keys.append(keys)
        self.records, self.kept, self.filled = self.records + len(month), self.kept + end - self.filled, end

    @property
    def room(self) -> int:
        """Records that may still be put."""
        return self.capacity - self.filled


@dataclass(frozen=True)
class Rows:
    """A batch before it has its names: numbers of codes, and the figures of the month."""

    names: tuple[str, ...]
    codes: NDArray[np.int32]
    values: NDArray[np.int64]
    subcodes: list[str]
    provisions: list[str]


def rows(pieces: Iterable[bytes], sink: Sink, place: str, take: Take) -> Iterator[Rows]:
    """Check the records in a stream of bytes and hand on those with trade in the month.

    Keys and controls are checked when the stream has ended, so nothing is known to be right before the
    iterator has ended too.

    Parameters
    ----------
    pieces
        The bytes, cut anywhere.
    sink
        Where rows are gathered.
    place
        Archive and member, for messages.
    take
        Which reader to use.

    Raises
    ------
    RecordError
        A record is wrong, or repeats a key.
    CheckError
        The detail does not add up to a control.
    """
    layout = sink.books.detail
    held = b""
    for piece in pieces:
        data = memoryview(piece)
        if held:
            needed = layout.line - len(held)
            held += bytes(data[:needed])
            data = data[needed:]
            if len(held) < layout.line:
                continue
            yield from _records(held, sink, place, take)
        whole = len(data) - len(data) % layout.line
        yield from _records(data[:whole], sink, place, take)
        held = bytes(data[whole:])
    if held:
        raise odd_length(layout, held, place, sink.records + 1)
    if sink.filled:
        yield _batch(sink)
    _refuse_repeated(sink, place)
    sink.books.check(place)


def _records(data: bytes | memoryview, sink: Sink, place: str, take: Take) -> Iterator[Rows]:
    layout = sink.books.detail
    lines = np.frombuffer(data, dtype=np.uint8).reshape(-1, layout.line)
    at = 0
    while at < len(lines):
        if not sink.room:
            yield _batch(sink)
        part = lines[at : at + sink.room]
        record = sink.records + 1
        wrong = take(part, sink.books, sink)
        if wrong >= 0:
            rest = part[wrong : wrong + 2].tobytes()
            raise explained(Record(layout, rest[: layout.line], place, record + wrong), rest, sink)
        at += len(part)


def explained(record: Record, following: bytes, sink: Sink) -> RecordError:
    """Say what is wrong with a record of the detail that a reader refused.

    Parameters
    ----------
    record
        The record.
    following
        Its bytes and those behind it, where a line of another length shows itself.
    sink
        Which year and month, and which codes, there may be.
    """
    layout, line = record.layout, record.line
    if line[layout.length :] != LINE_END or b"\n" in line[: layout.length]:
        return odd_length(layout, following, record.place, record.number)
    return record.wrong() or _contradicts(record, sink)


def _contradicts(record: Record, sink: Sink) -> RecordError:
    """Say what a well-formed record contradicts."""
    layout = record.layout
    for name, wanted in (("year", sink.year), ("month", sink.month)):
        if int(record.text(name)) != wanted:
            what = f"the archive is of {sink.year}-{sink.month:02d} by its name"
            return record.error(layout.by_name[name], what)
    for name in sink.names:
        known = sink.books.known(name)
        if known is not None and record.text(name).rstrip(" ") not in known:
            return record.error(layout.by_name[name], "no look-up of the archive knows the code")
    for measure in layout.measures:
        month, to_date = (int(record.text(f"{measure}_{span}")) for span in ("mo", "yr"))
        if month > to_date or (sink.month == 1 and month != to_date):
            what = f"the year to date does not hold the month's {month:,}"
            return record.error(layout.by_name[f"{measure}_yr"], what)
    return record.error(layout.by_name["rate_prov"], f"more than {MOST_CODES} different codes")


def _batch(sink: Sink) -> Rows:
    made = Rows(
        sink.names,
        sink.codes[:, : sink.filled],
        sink.values[:, : sink.filled],
        sink.books.numbered(0),
        sink.books.numbered(1),
    )
    sink.renew()
    return made


def _refuse_repeated(sink: Sink, place: str) -> None:
    keys = np.concatenate([*sink.keys, np.empty(0, dtype=np.int64)])
    ordered = np.sort(keys)
    twice = np.flatnonzero(ordered[1:] == ordered[:-1])
    if not len(twice):
        return
    repeats = ordered[twice]
    del ordered
    # The first record whose key stood before.
    records = np.flatnonzero(np.isin(keys, repeats))
    seen: dict[int, int] = {}
    for record in records.tolist():
        key = int(keys[record])
        if key in seen:
            raise _repeated(sink, place, key, record, seen[key])
        seen[key] = record


def _repeated(sink: Sink, place: str, key: int, record: int, before: int) -> RecordError:
    layout = sink.books.detail
    shown = []
    for name, size in zip(reversed(sink.names), reversed(sink.sizes), strict=True):
        key, index = divmod(key, size)
        shown.append(sink.books.code(name, index))
    fields = [layout.by_name[name] for name in layout.key]
    start, end = fields[0].start, max(field.end for field in fields)
    at = RecordPlace(
        member=place,
        record=record + 1,
        byte=start + 1,
        last_byte=end,
        offset=record * layout.line + start + 1,
        field=", ".join(sink.names),
        value=" ".join(reversed(shown)),
    )
    return RecordError(f"the key stood in record {before + 1:,} already", at)
