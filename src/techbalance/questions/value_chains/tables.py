"""Which input-output table is meant, and which of its countries? Files of the user's, read and solved."""

from __future__ import annotations

import gzip
import hashlib
import re
import zlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final

from techbalance.classifications.partners import taken_apart
from techbalance.errors import NotCoveredError, ParameterError, SchemaError, UnknownCodeError
from techbalance.models.value_added.leontief import LeontiefSystem, solve_leontief
from techbalance.models.value_added.readers import read_oecd_csv, read_wiod_npz
from techbalance.questions.selection import partner_book
from techbalance.store import outside

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from techbalance.classifications.partners import PartnerBook
    from techbalance.models.value_added.table import InterCountryTable
    from techbalance.questions.parameters.texts import Years
    from techbalance.store.catalogue import Store

WIOD_FOLDER: Final = "icio/wiod2013_npz"
WIOD_FILE: Final = re.compile(r"wiot_(\d{4})\.npz")
WIOD_LAST: Final = 2011
YEAR_IN_NAME: Final = re.compile(r"(?<!\d)(?:19|20)\d{2}(?!\d)")
# Tables write some countries otherwise than ISO 3166 does today.
CODES_OF_TABLES: Final = {"ROU": "ROM"}
HOME, HOME_NAME = "USA", "United States"
HOME_NAMES: Final = {HOME_NAME.casefold(): HOME, "us": HOME}
REST: Final = ("RoW", "ROW", "WXD")
REST_NAME: Final = "rest of the world"
# Tables are in millions of dollars, answers in dollars.
DOLLARS: Final = 1e6


@dataclass(frozen=True, eq=False)
class SolvedTable:
    """A table that was read, balanced and solved.

    Parameters
    ----------
    system
        The solved table.
    year
        Its year; None where neither the file's name nor the question says.
    file, sha256
        What was read.
    names
        Every name a country can be called by.
    """

    system: LeontiefSystem
    year: int | None
    file: str
    sha256: str
    names: PartnerBook

    @property
    def table(self) -> InterCountryTable:
        """The balanced table."""
        return self.system.table

    @cached_property
    def rest(self) -> str | None:
        """The region that stands for all other countries; None where the table has none."""
        return next((code for code in self.table.countries if code in REST), None)

    @cached_property
    def _own(self) -> dict[str, str]:
        return {code.casefold(): code for code in self.table.countries}

    @cached_property
    def _iso3(self) -> dict[str, tuple[str | None, str]]:
        return {row["code"]: (row["iso3"], row["name"]) for row in self.names.partners}

    def code(self, text: str) -> str | None:
        """Give the table's code of a country; None for one that it does not show."""
        plain = text.strip()
        if plain.casefold() in (REST_NAME, "rest"):
            return self.rest
        wanted = HOME_NAMES.get(plain.casefold(), CODES_OF_TABLES.get(plain.upper(), plain))
        if (own := self._own.get(wanted.casefold())) is not None:
            return own
        members = self.names.named(plain) or ()
        codes = {self._iso3[member.code][0] for member in members if member.code in self._iso3}
        if len(codes) != 1 or (iso3 := codes.pop()) is None:
            return None
        return self._own.get(CODES_OF_TABLES.get(iso3, iso3).casefold())

    def countries(self, texts: Iterable[str]) -> tuple[str, ...]:
        """Look countries up.

        Raises
        ------
        UnknownCodeError
            The table shows no such country; near misses are named.
        """
        found = []
        for text in texts:
            for name in taken_apart(text, self.code):
                code = self.code(name)
                if code is None and len(self.names.named(name) or ()) > 1:
                    raise ParameterError(
                        f"{name} is an area, and value added of an area is not the sum of its members'",
                        remedy="Name its countries",
                    )
                if code is None:
                    known = [*self.table.countries, *map(self.name, self.table.countries)]
                    raise UnknownCodeError.among(f"country of {self.table.name}", name, known)
                found.append(code)
        return tuple(dict.fromkeys(found))

    def name(self, code: str) -> str:
        """Give the name of one of the table's countries."""
        if code == self.rest:
            return REST_NAME
        if code == HOME:
            return HOME_NAME
        iso3 = next((iso for iso, own in CODES_OF_TABLES.items() if own == code), code)
        return next((name for iso, name in self._iso3.values() if iso == iso3), code)

    def lines(self) -> tuple[str, ...]:
        """Say which file was read and what balancing changed."""
        return (
            f"Table: {self.table.name}, file {self.file}, SHA-256 {self.sha256}.",
            *self.table.record.lines(),
        )


def solved_tables(store: Store, years: Years | None, file: str | None) -> Iterator[SolvedTable]:
    """Read and solve the table of each year asked for, one at a time.

    Parameters
    ----------
    store
        Whose outside data are searched.
    years
        The years; with a file of the user's, the one year the file is of.
    file
        A table the user brings; WIOD 2013 where none is named.

    Raises
    ------
    NotCoveredError
        There is no table of a year; the message says which there are and where to put one.
    ParameterError
        Several years are asked of one file.
    SchemaError, ModelInputError
        The file is no such table, or does not add up; the row is named.
    """
    names = partner_book(store)
    if file is not None:
        yield _brought(store, years, file, names)
        return
    wanted = range(years.start, years.end + 1) if years else [_newest(store)]
    for year in wanted:
        path = _wiod(store, year)
        data = outside.read_bytes(path)
        table = read_wiod_npz(data, name=f"WIOD 2013, {year}")
        yield SolvedTable(solve_leontief(table), year, path.name, _sha256(data), names)


def _brought(store: Store, years: Years | None, file: str, names: PartnerBook) -> SolvedTable:
    if years is not None and years.start != years.end:
        raise ParameterError(
            "one file holds one year", where=f"year {years}", remedy="Name the year of the file"
        )
    path = outside.find(store, file, file, what="input-output tables")
    said = YEAR_IN_NAME.findall(path.name)
    year = years.start if years else int(said[-1]) if said else None
    data = outside.read_bytes(path)
    digest = _sha256(data)
    name = f"{path.name}, {year}" if year else path.name
    if path.name.endswith(".gz"):
        try:
            data = gzip.decompress(data)
        except (OSError, EOFError, zlib.error) as wrong:
            raise SchemaError("the file cannot be unpacked", where=path.name) from wrong
    kind = Path(path.name.removesuffix(".gz")).suffix.lower()
    if kind == ".npz":
        table = read_wiod_npz(data, name=name)
    elif kind == ".csv":
        table = read_oecd_csv(data, name=name)
    else:
        raise SchemaError(
            f"cannot tell what kind of table {path.name} is",
            remedy="Give an .npz file, or the publisher's .csv (or .csv.gz)",
        )
    return SolvedTable(solve_leontief(table), year, path.name, digest, names)


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _held(store: Store) -> list[int]:
    folder = outside.folder(store) / WIOD_FOLDER
    found = folder.iterdir() if folder.is_dir() else ()
    return sorted(int(match[1]) for path in found if (match := WIOD_FILE.fullmatch(path.name)))


def _newest(store: Store) -> int:
    return max(_held(store), default=WIOD_LAST)


def _wiod(store: Store, year: int) -> Path:
    held = _held(store)
    if held and year not in held:
        raise NotCoveredError(
            f"there is no input-output table of {year}",
            where=f"WIOD 2013 is held for {held[0]} to {held[-1]}",
            remedy="Choose one of these years, or bring a table of yours with --io FILE",
        )
    return outside.find(store, f"{WIOD_FOLDER}/wiot_{year}.npz", what="input-output tables")
