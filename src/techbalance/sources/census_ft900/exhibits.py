"""What do exhibits 16 and 16a print? Trade in Advanced Technology Products by group, and by partner.

Each line is a group or a partner with six figures: exports, imports and balance, each of the month and of
the year up to it; the heads say in which order. The order is read, not assumed. That the exhibits of 2002 to
2007 look so was not confirmed: what looks otherwise is refused.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from techbalance.errors import CheckError, SchemaError, shortened
from techbalance.sources import schedule_c
from techbalance.sources.census_ft900 import printed

if TYPE_CHECKING:
    from typing import BinaryIO

    from techbalance.sources.census_ft900.printed import Line

MONTHS: Final = (
    *("january", "february", "march", "april", "may", "june", "july"),
    *("august", "september", "october", "november", "december"),
)
MEASURES: Final = ("exports", "imports", "balance")
COLUMNS: Final = 6
TOTALS: Final = frozenset(
    ("total", "total atp", "atp total", "total advanced technology products", "world total")
)
# Printed names of the ten groups; the publisher has written some of them in more than one way.
GROUPS: Final = {
    "biotechnology": "01",
    "life science": "02",
    "life sciences": "02",
    "opto electronics": "03",
    "optoelectronics": "03",
    "information and communications": "04",
    "information communications": "04",
    "information and communication": "04",
    "computers and telecommunications": "04",
    "electronics": "05",
    "flexible manufacturing": "06",
    "computer integrated manufacturing": "06",
    "advanced materials": "07",
    "material design": "07",
    "aerospace": "08",
    "weapons": "09",
    "nuclear technology": "10",
    "nuclear": "10",
}
# A balance is the difference of two rounded figures; a total the sum of ten.
_BALANCE_UNITS: Final = Decimal("1.5")
_TOTAL_UNITS: Final = Decimal("5.5")


@dataclass(frozen=True, slots=True)
class Figure:
    """Exports and imports of one group or partner.

    Parameters
    ----------
    group, partner
        ``all`` and ``WORLD`` for the whole.
    span
        ``month`` or ``to date``.
    exports_usd, imports_usd
        Whole dollars; None where the publisher prints none.
    """

    group: str
    partner: str
    span: str
    exports_usd: int | None
    imports_usd: int | None


@dataclass(frozen=True, slots=True)
class Exhibit:
    """One exhibit of one release.

    Parameters
    ----------
    year, month
        The month it is about.
    figures
        Its figures.
    unit_usd
        The last printed digit.
    notes
        Lines that were left unread.
    """

    year: int
    month: int
    figures: tuple[Figure, ...]
    unit_usd: int
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """Which exhibit was asked for.

    Parameters
    ----------
    by
        ``group`` (exhibit 16) or ``partner`` (exhibit 16a).
    year, month
        The month it must name.
    where
        For messages.
    """

    by: str
    year: int
    month: int
    where: str


def read_exhibit(file: BinaryIO, form: str, asked: Asked) -> Exhibit:
    """Read an exhibit.

    Parameters
    ----------
    file, form
        Its bytes; ``text`` or ``xlsx``.
    asked
        Which it is to be.

    Raises
    ------
    SchemaError
        It is about something else or another month, or a line has another form.
    CheckError
        Figures contradict each other, or a group or the total is missing.
    """
    by, where = asked.by, asked.where
    if form == "text":
        texts = printed.lines_of_text(file, where)
        lines = list(printed.table_of_text(texts, COLUMNS))
    else:
        rows = printed.cells_of_sheet(file, where)
        texts = [" ".join(cell for cell in row if cell) for row in rows]
        lines = list(printed.table_of_sheet(rows, COLUMNS))
    if not lines:
        raise SchemaError("the exhibit holds no line with six figures", where=where)
    head = " ".join(texts[: lines[0].number - 1])
    _check_head(head, asked)
    order = _order(texts[: lines[0].number - 1], where)
    unit = _unit(lines)
    notes: list[str] = []
    found: list[Figure] = []
    for line in lines:
        place = _place(line.name, by)
        if place is None:
            if not schedule_c.is_area(line.name):
                notes.append(
                    f"line {line.number}, {shortened(line.name)}: no {by} anybody knows, left unread"
                )
            continue
        found += _figures(line, place, order, unit, where)
    _check_whole(found, by, unit, where)
    return Exhibit(asked.year, asked.month, tuple(found), int(unit * printed.MILLION), tuple(notes))


def _check_head(head: str, asked: Asked) -> None:
    year, month, where = asked.year, asked.month, asked.where
    plain = re.sub(r"\s+", " ", head).casefold()
    if "advanced technology" not in plain and not re.search(r"\batp\b", plain):
        raise SchemaError("the head does not say that it is about Advanced Technology Products", where=where)
    if "million" not in plain:
        raise SchemaError("the head does not say that figures are in millions of dollars", where=where)
    if str(year) not in plain or MONTHS[month - 1] not in plain:
        raise SchemaError(
            f"the head does not name {MONTHS[month - 1].title()} {year}",
            where=f"{where}: {shortened(head.strip())}",
            remedy="The publisher may have put another release in its place; look at it there",
        )


def _order(head: list[str], where: str) -> tuple[str, ...]:
    """In which order exports, imports and balance stand: by the line of the head that names all three."""
    for line in reversed(head):
        plain = line.casefold()
        places = {name: plain.find(name) for name in MEASURES}
        if all(place >= 0 for place in places.values()):
            return tuple(sorted(MEASURES, key=places.__getitem__))
    raise SchemaError("no line of the head names exports, imports and balance", where=where)


def _unit(lines: list[Line]) -> Decimal:
    exponents = [
        int(value.as_tuple().exponent) for line in lines for value in line.values if value is not None
    ]
    return Decimal(1).scaleb(min(exponents, default=0))


def _place(name: str, by: str) -> tuple[str, str] | None:
    """Group and partner of a line."""
    bare = re.sub(r"^\(?\d{1,2}\)?[.\s]+|\s*\[\d\d\]\s*$", "", name)
    plain = schedule_c.plain(bare)
    if plain in TOTALS:
        return "all", "WORLD"
    if by == "group":
        return (GROUPS[plain], "WORLD") if plain in GROUPS else None
    code = schedule_c.partner_code(bare)
    return None if code is None else ("all", code)


def _figures(
    line: Line, place: tuple[str, str], order: tuple[str, ...], unit: Decimal, where: str
) -> list[Figure]:
    pairs = {name: line.values[2 * at : 2 * at + 2] for at, name in enumerate(order)}
    found = []
    for at, span in enumerate(("month", "to date")):
        exports, imports, balance = (pairs[name][at] for name in MEASURES)
        known = exports is not None and imports is not None and balance is not None
        if known and abs(exports - imports - balance) > _BALANCE_UNITS * unit:  # type: ignore[operator]
            raise CheckError(
                f"exports {exports} less imports {imports} are not the balance {balance}",
                where=f"{where}, line {line.number}, {line.name}, {span}",
                remedy="Nothing of the exhibit was stored",
            )
        found.append(Figure(*place, span, _dollars(exports), _dollars(imports)))
    return found


def _dollars(value: Decimal | None) -> int | None:
    return None if value is None else int(value * printed.MILLION)


def _check_whole(found: list[Figure], by: str, unit: Decimal, where: str) -> None:
    """The total is there once, nothing is there twice, and the ten groups add to the total."""
    places = [(one.group, one.partner, one.span) for one in found]
    if len(set(places)) < len(places):
        twice = next(place for place in places if places.count(place) > 1)
        raise CheckError("a line is there twice", where=f"{where}: {' '.join(twice)}")
    whole = {one.span: one for one in found if (one.group, one.partner) == ("all", "WORLD")}
    if not whole:
        raise CheckError("the total is missing", where=where)
    if by != "group":
        return
    for span, total in whole.items():
        parts = [one for one in found if one.span == span and one.group != "all"]
        if len(parts) < len(set(GROUPS.values())):
            raise CheckError(f"{len(parts)} of ten technology groups are there", where=where)
        for flow in ("exports_usd", "imports_usd"):
            values = [getattr(one, flow) for one in (*parts, total)]
            if None in values:
                continue
            apart = sum(values[:-1]) - values[-1]
            if abs(apart) > _TOTAL_UNITS * unit * printed.MILLION:
                raise CheckError(
                    f"the groups add to {apart:+,} dollars beside the total",
                    where=f"{where}, {flow.removesuffix('_usd')}, {span}",
                    remedy="Nothing of the exhibit was stored",
                )
