"""What is wrong with this one record? Read again byte by byte, to name the field.

It is the reference that every faster reading is tested against.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from techbalance.errors import RecordError, RecordPlace
from techbalance.sources.census_archive.layouts import LINE_END, Field, Kind, Layout

BLANK: Final = 0x20
DIGITS: Final = frozenset(b"0123456789")
ALLOWED: Final[dict[Kind, frozenset[int]]] = {
    "digits": DIGITS,
    "code": DIGITS | frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ*+ "),
    "text": frozenset(range(0x20, 0x7F)),
    "number": DIGITS | {BLANK},
    "blank": frozenset({BLANK}),
}
SAYS: Final[dict[Kind, str]] = {
    "digits": "every byte must be a digit",
    "code": "only capital letters, digits, * and +, from the left",
    "text": "only printable ASCII",
    "number": "a number is digits with optional blanks in front",
    "blank": "between fields there are blanks only",
}
LONGEST_LINE_SHOWN: Final = 40


@dataclass(frozen=True)
class Record:
    """One record and where it stands: its bytes with the line end, archive and member, and number from 1."""

    layout: Layout
    line: bytes
    place: str
    number: int

    def wrong(self) -> RecordError | None:
        """Say what is wrong with it by its layout; None where nothing is."""
        for field in self.layout.fields:
            if not fits(field.kind, self.line[field.start : field.end]):
                return self.error(field, SAYS[field.kind])
        if self.line[self.layout.length :] != LINE_END:
            return self.error(
                Field("line end", self.layout.length, len(LINE_END), "blank"), "a record ends with CR and LF"
            )
        return None

    def error(self, field: Field, what: str) -> RecordError:
        """Make the error for one field."""
        return self._error(field.name or "between fields", field.start, field.end, what)

    def repeated(self, before: int) -> RecordError:
        """Make the error for a key that stood in an earlier record."""
        parts = [self.layout.by_name[name] for name in self.layout.key]
        first, last = min(part.start for part in parts), max(part.end for part in parts)
        names = ", ".join(self.layout.key)
        return self._error(names, first, last, f"the key stood in record {before:,} already")

    def text(self, name: str) -> str:
        """The text of a field."""
        field = self.layout.by_name[name]
        return _shown(self.line[field.start : field.end])

    def _error(self, name: str, start: int, end: int, what: str) -> RecordError:
        offset = (self.number - 1) * self.layout.line + start + 1
        value = _shown(self.line[start:end])
        return RecordError(what, RecordPlace(self.place, self.number, start + 1, end, offset, name, value))


def contradicted(form: Layout, field: str, value: str, at: tuple[str, int], what: str) -> RecordError:
    """Make the error for a well-formed field that contradicts something else.

    ``at`` is archive and member, and the number of the record from 1.
    """
    place, number = at
    found = form.by_name[field]
    offset = (number - 1) * form.line + found.start + 1
    return RecordError(what, RecordPlace(place, number, found.start + 1, found.end, offset, field, value))


def odd_length(layout: Layout, data: bytes, place: str, first_record: int = 1) -> RecordError:
    """Make the error for bytes that are no whole number of records: the first line of another length."""
    at, record = 0, first_record
    while at < len(data):
        end = data.find(b"\n", at)
        length = (len(data) if end < 0 else end + 1) - at
        if length != layout.line or data[at + layout.length : at + layout.line] != LINE_END:
            break
        at, record = at + length, record + 1
    else:
        at, record, length = max(0, at - layout.line), max(1, record - 1), 0
    shown = _shown(data[at : at + LONGEST_LINE_SHOWN])
    offset = (first_record - 1) * layout.line + at + 1
    line = (
        f"a line of {length} bytes" if b"\n" in data[at:] or not length else f"no line end in {length} bytes"
    )
    return RecordError(
        f"{line} where {layout.line} are needed, line end included",
        RecordPlace(place, record, 1, length, offset, "", shown),
    )


def fits(kind: Kind, cell: bytes) -> bool:
    """Whether the bytes of a field are what its kind allows."""
    if not ALLOWED[kind].issuperset(cell):
        return False
    if kind == "number":
        written = cell.lstrip(b" ")
        return bool(written) and b" " not in written
    return kind != "code" or b" " not in cell.rstrip(b" ")


def _shown(data: bytes) -> str:
    return data.decode("ascii", "backslashreplace")
