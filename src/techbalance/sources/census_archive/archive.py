"""What is in one monthly archive? Month, flow, look-ups and controls at once; its detail as it is read."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, BinaryIO, Final

import pyarrow.compute as pc

from techbalance.errors import SchemaError
from techbalance.sources.census_archive import readers, records, structure
from techbalance.sources.census_archive.ahead import Ahead
from techbalance.sources.census_archive.books import Books
from techbalance.sources.census_archive.container import Container, Member
from techbalance.sources.census_archive.detail import Sink, rows
from techbalance.sources.census_archive.explain import contradicted
from techbalance.sources.census_archive.layouts import Layout, layout, of_flow
from techbalance.sources.census_archive.rows import Naming

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

    import pyarrow as pa

NAME: Final = re.compile(r"(?P<flow>IMDB|EXDB)(?P<year>\d\d)(?P<month>\d\d)(?!\d).*\.ZIP", re.IGNORECASE)
FLOWS: Final = {"IMDB": "import", "EXDB": "export"}
DETAIL: Final = {"import": "IMP_DETL", "export": "EXP_DETL"}
FIRST_YEAR: Final = 2009
# Official lists hold some 20,000 products; a month of detail some 1.2 million records.
MOST_LIST_RECORDS: Final = 100_000
MOST_DETAIL_RECORDS: Final = 20_000_000
LARGEST_STRUCTURE: Final = 1_000_000
MOST_SHOWN: Final = 3
GROUPS: Final = tuple(f"{number:02d}" for number in range(11))

# Inflated at a time: small enough to be read again from the processor's cache.
PIECE_BYTES: Final = 2 << 20
PIECES_AHEAD: Final = 4
BATCHES_AHEAD: Final = 1
BATCH_BYTES: Final = 64 << 20


@dataclass
class Counts:
    """Records of the detail read so far, and those with trade in the month, which become rows."""

    records: int = 0
    rows: int = 0

    @property
    def carriers(self) -> int:
        """Records that carry the year to date only."""
        return self.records - self.rows


@dataclass
class Archive:
    """One monthly archive, open; made by ``open_archive``.

    Parameters
    ----------
    name
        Of the file.
    flow
        ``import`` or ``export``.
    year, month
        By its name; every record says the same.
    lists
        CONCORD, COUNTRY, DISTRICT, and the other look-ups that are there, as published: text columns.
    controls
        Commodity, country and district totals as published: int64, month (``_mo``), year to date (``_yr``).
    notes
        What was odd and let through: members that are not read, units that two members give differently.
    counts
        How far the detail was read; whole once ``detail`` has ended.
    """

    container: Container
    name: str
    flow: str
    year: int
    month: int
    lists: dict[str, pa.Table]
    controls: dict[str, pa.Table]
    members: dict[str, Member]
    notes: tuple[str, ...] = ()
    counts: Counts = field(default_factory=Counts)

    @property
    def period(self) -> str:
        """The month as text: ``2024-07``."""
        return f"{self.year}-{self.month:02d}"

    @property
    def is_by_product(self) -> bool:
        """Whether the detail is in the order of products; exports have domestic goods before foreign ones."""
        return layout(DETAIL[self.flow]).key[0] == "commodity"

    def detail(
        self,
        *,
        batch_bytes: int = BATCH_BYTES,
        modes: bool = True,
        vintage: dt.date | None = None,
        source_id: str | None = None,
        reader: readers.Name | None = None,
    ) -> Iterator[pa.RecordBatch]:
        """Read the detail: rows of ``trade_detail`` that have trade in the month.

        Records are checked as they pass; that keys are unique and that everything adds up to the controls is
        known only when the iterator has ended. Publish nothing before.

        Parameters
        ----------
        batch_bytes
            Bytes of records that make about one batch.
        modes
            Whether to keep what came by air, by vessel and in containers.
        vintage, source_id
            Columns of that name, the same in every row; left out where not given.
        reader
            ``compiled`` or ``plain``; chosen by what is installed and how much there is to read when None.

        Yields
        ------
        RecordBatch
            Codes as dictionaries of text, figures int64, in the order of the archive.

        Raises
        ------
        RecordError
            A record is wrong, or repeats a key: the first one.
        CheckError
            The detail does not add up to a control, or a checksum is wrong.
        SchemaError
            The member is damaged.
        """
        form = layout(DETAIL[self.flow])
        member = self.members[form.name]
        places = {name: self.container.place(self.members[name]) for name in self.controls}
        books = Books(form, self.lists, self.controls, places)
        sink = Sink(books, self.year, self.month, capacity=max(1, batch_bytes // form.line))
        stamp = {"vintage": vintage, "source_id": source_id}
        given = {name: value for name, value in stamp.items() if value is not None}
        naming = Naming(books, self.flow, (self.year, self.month), modes=modes, stamp=given)
        pieces = Ahead(self.container.pieces(member, PIECE_BYTES), PIECES_AHEAD)
        place = self.container.place(member)
        take = readers.choose(member.size, reader)
        for part in Ahead(rows(pieces, sink, place, take), BATCHES_AHEAD):
            self.counts = Counts(sink.records, sink.kept)
            yield naming.batch(part)
        self.counts = Counts(sink.records, sink.kept)


def open_archive(file: BinaryIO, name: str) -> Archive:
    """Open a monthly archive and read everything but its detail.

    Parameters
    ----------
    file
        Binary file that can be read from any position. The archive reads from it until the detail has ended;
        it stays the caller's to close.
    name
        File name, ``IMDByymm.ZIP`` or ``EXDByymm.ZIP`` in any case: it says the flow and the month.

    Returns
    -------
    Archive
        Its ``detail`` is read by its caller.

    Raises
    ------
    SchemaError
        The name is another, the file is no sound ZIP archive, a member is missing, there twice or described
        otherwise than it is read.
    RecordError
        A record of a look-up or control is wrong, or contradicts the name.
    CheckError
        A checksum is wrong, or the archive describes another layout.
    """
    flow, year, month = named(name)
    container = Container(file, name)
    members, notes = _known(container, flow)
    structure.compare(container, of_flow(flow), LARGEST_STRUCTURE)
    tables: dict[str, pa.Table] = {}
    for form in of_flow(flow):
        member = members.get(form.name)
        if member is None or form.name == DETAIL[flow]:
            continue
        data = container.read(member, MOST_LIST_RECORDS * form.line)
        if form.need and not data:
            raise SchemaError("the member holds no records", where=container.place(member))
        tables[form.name] = records.read(form, data, container.place(member))
        _check_month(form, tables[form.name], container.place(member), year, month)
    _check_groups(tables, container.place(members["CONCORD"]))
    return Archive(
        container=container,
        name=name,
        flow=flow,
        year=year,
        month=month,
        lists={form.name: tables[form.name] for form in _present(flow, tables) if form.flow == "both"},
        controls={form.name: tables[form.name] for form in _present(flow, tables) if form.flow != "both"},
        members=members,
        notes=(*notes, *_units_differ(tables, "IMP_COMM" if flow == "import" else "EXP_COMM")),
    )


def named(name: str) -> tuple[str, int, int]:
    """Flow, year and month by the name of an archive.

    Raises
    ------
    SchemaError
        It is not the publisher's.
    """
    found = NAME.fullmatch(name)
    year = 2000 + int(found["year"]) if found else 0
    if not found or not 1 <= int(found["month"]) <= 12 or year < FIRST_YEAR:
        raise SchemaError(
            "an archive's name says its flow and month: IMDByymm.ZIP (imports) or EXDByymm.ZIP (exports)",
            where=name,
            remedy=f"Give it its published name; archives of this form begin in {FIRST_YEAR}",
        )
    return FLOWS[found["flow"].upper()], year, int(found["month"])


def _present(flow: str, tables: dict[str, pa.Table]) -> list[Layout]:
    return [form for form in of_flow(flow) if form.name in tables]


def _known(container: Container, flow: str) -> tuple[dict[str, Member], tuple[str, ...]]:
    """Members that are read, by the name of their layout, and a note on those that are not."""
    wanted = {form.member: form for form in of_flow(flow)}
    found: dict[str, Member] = {}
    others = []
    for member in container.members:
        if structure.DOCUMENTATION in member.folders:
            continue
        form = wanted.get(member.base)
        if form is None:
            others.append(member.name)
        elif form.name in found:
            raise SchemaError(
                f"the archive holds {found[form.name].name!r} and {member.name!r}", where=container.name
            )
        else:
            found[form.name] = member
    for form in wanted.values():
        if form.need and form.name not in found:
            raise SchemaError(
                f"the archive lacks {form.name}.TXT",
                where=container.name,
                remedy="Fetch the archive again",
            )
    limit = MOST_DETAIL_RECORDS * layout(DETAIL[flow]).line
    detail = found[DETAIL[flow]]
    if detail.size > limit:
        raise SchemaError(
            f"the member declares {detail.size:,} bytes; at most {limit:,} are read",
            where=container.place(detail),
        )
    notes = (f"not read: {', '.join(sorted(others))}",) if others else ()
    return found, notes


def _check_month(form: Layout, table: pa.Table, place: str, year: int, month: int) -> None:
    for name, wanted in (("year", year), ("month", month)):
        if name in form.by_name:
            other = pc.index(pc.equal(table.column(name), wanted), False).as_py()
            if other >= 0:
                found = str(table.column(name)[other].as_py())
                what = f"the {name} is {found}, by the name of the archive it is {wanted}"
                raise contradicted(form, name, found, (place, other + 1), what)


def _check_groups(tables: dict[str, pa.Table], place: str) -> None:
    """Technology groups are those of the list, and those of the archive's own look-up."""
    known = set(GROUPS)
    if "HITECH" in tables:
        known &= set(tables["HITECH"].column("hitech").to_pylist())
    for row, group in enumerate(tables["CONCORD"].column("hitech").to_pylist()):
        if group not in known:
            what = f"the technology group {group!r} is none of {', '.join(sorted(known)) or 'no groups'}"
            raise contradicted(layout("CONCORD"), "hitech", group, (place, row + 1), what)


def _units_differ(tables: dict[str, pa.Table], control: str) -> tuple[str, ...]:
    """A note where a product has other units in its control than in the list that rows take them from."""
    columns = ("commodity", "unit_qy1", "unit_qy2")
    listed, told = (
        {row[0]: row[1:] for row in zip(*(tables[name][one].to_pylist() for one in columns), strict=True)}
        for name in ("CONCORD", control)
    )
    differ = [code for code, units in told.items() if listed.get(code, units) != units]
    if not differ:
        return ()
    shown = ", ".join(differ[:MOST_SHOWN]) + (" and others" if len(differ) > MOST_SHOWN else "")
    return (f"units of {shown} are others in {control} than in CONCORD, which are kept",)
