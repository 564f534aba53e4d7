"""How much work, and whose, is in what a country trades?

Tables of flows know nothing of people. With a satellite account, persons employed by country and industry,
the same multipliers that trace value added trace work; without one there is no answer, and the error says
what is needed.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from techbalance.errors import ModelInputError, NotCoveredError, SchemaError
from techbalance.models.value_added.industry_mix import (
    ContentBounds,
    Interval,
    ProductFlow,
    bound_content,
    bound_rows,
    processing_flag,
)
from techbalance.models.value_added.leontief import by_country_of_origin
from techbalance.models.value_added.table import Array, InterCountryTable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from techbalance.models.value_added.leontief import LeontiefSystem

COLUMNS: Final = ("country", "industry", "persons")


@dataclass(frozen=True, eq=False)
class EmploymentAccount:
    """Persons employed in each sector of a table.

    Attributes
    ----------
    countries
        Countries that the account covers, each in all its industries, in the order of the table.
    persons
        One per sector of the table; 0 in countries that are not covered.
    unattributed
        Persons given for sectors without output, by label: no flow carries their work.
    """

    countries: tuple[str, ...]
    persons: Array
    unattributed: Mapping[str, float]


@dataclass(frozen=True, eq=False)
class WorkContent:
    """Persons of each covered country behind flows of the table.

    Attributes
    ----------
    countries
        Countries covered: order of the rows.
    multipliers
        Persons of the row's country per unit of the column's sector, covered x sectors.
    absorbed
        Persons of the row's country in the final demand of each country of the table.
    """

    countries: tuple[str, ...]
    multipliers: Array
    absorbed: Array


@dataclass(frozen=True)
class WorkBounds(ContentBounds):
    """Persons of each covered country behind the trade of ``home``.

    Attributes
    ----------
    replaced
        Persons at home who would be needed to make the imports with home's own techniques: an accounting
        measure of the work that imports stand for, not a forecast of jobs.
    """

    replaced: Interval

    def balance(self) -> Interval:
        """Give persons at home in exports less persons replaced by imports; below 0 more is replaced."""
        sold = self.content("export", origin=self.home)
        return Interval(sold.low - self.replaced.high, sold.high - self.replaced.low)


def need_account(account: EmploymentAccount | None) -> EmploymentAccount:
    """Give the account, or say what is needed where there is none.

    Raises
    ------
    NotCoveredError
        No account was given.
    """
    if account is None:
        raise NotCoveredError(
            "the work content of trade needs employment by country and industry, and none is held",
            remedy=f"Bring a CSV with the columns {', '.join(COLUMNS)}: persons employed in each industry "
            "of each country, industries named as in the input-output table, of the table's year",
        )
    return account


def read_employment_csv(data: bytes, table: InterCountryTable) -> EmploymentAccount:
    """Read persons employed from the bytes of a CSV with the columns ``country,industry,persons``.

    Raises
    ------
    SchemaError
        A column is missing, a sector is given twice, or a figure is not a number.
    ModelInputError
        As in :func:`employment_account`.
    """
    reader = csv.DictReader(io.StringIO(data.decode("utf-8-sig", errors="replace")))
    if missing := [column for column in COLUMNS if column not in (reader.fieldnames or ())]:
        raise SchemaError(
            f"the employment file lacks {', '.join(missing)}", remedy=f"It needs {', '.join(COLUMNS)}"
        )
    persons: dict[tuple[str, str], float] = {}
    for line in reader:
        key = (line["country"], line["industry"])
        if key in persons:
            raise SchemaError(f"{'.'.join(key)} is given twice", where=f"line {reader.line_num}")
        try:
            persons[key] = float(line["persons"])
        except (TypeError, ValueError) as error:
            raise SchemaError(
                f"persons is {line['persons']!r}, not a number", where=f"line {reader.line_num}"
            ) from error
    return employment_account(persons, table)


def employment_account(
    persons: Mapping[tuple[str, str], float], table: InterCountryTable
) -> EmploymentAccount:
    """Fit persons employed by (country, industry) to the sectors of a table.

    Parameters
    ----------
    persons
        (country, industry) -> persons, >= 0. Countries may be left out, industries of a country may not.
    table
        The table whose work is asked for.

    Raises
    ------
    ModelInputError
        A figure below 0 or not a number, a sector the table lacks, an industry with output that is missing,
        or an industry that the table splits.
    """
    given = {country for country, _ in persons}
    values = np.zeros(len(table.sectors))
    unattributed: dict[str, float] = {}
    placed = 0
    for row, sector in enumerate(table.sectors):
        if sector.country not in given:
            continue
        if sector.variant:
            raise ModelInputError(
                f"{table.name} splits {sector.country}.{sector.industry}",
                where=f"row {sector}",
                remedy="Use the regular table, in which an industry is one row",
            )
        number = persons.get((sector.country, sector.industry))
        if number is None and table.output[row]:
            raise ModelInputError(
                f"no persons are given for {sector}", remedy="Give every industry of a country, or none"
            )
        if number is None:
            continue
        placed += 1
        if not 0 <= number < np.inf:
            raise ModelInputError(f"persons of {sector} is {number}", remedy="Give 0 or more")
        if table.output[row]:
            values[row] = number
        elif number:
            unattributed[str(sector)] = number
    if placed < len(persons):
        known = {(sector.country, sector.industry) for sector in table.sectors}
        odd = next(key for key in persons if key not in known)
        raise ModelInputError(
            f"{table.name} has no sector {'.'.join(odd)}", remedy="Name countries and industries as it does"
        )
    covered = tuple(country for country in table.countries if country in given)
    return EmploymentAccount(covered, values, unattributed)


def work_content(system: LeontiefSystem, account: EmploymentAccount | None) -> WorkContent:
    """Trace work through supply chains: persons of each covered country per unit, and by final buyer.

    Raises
    ------
    NotCoveredError
        No account was given; the message says what it has to hold.

    Notes
    -----
    Persons of covered countries in the final demand of all countries sum to the persons of the account.
    """
    table = system.table
    held = need_account(account)
    rows = [table.position(country) for country in held.countries]
    per_output = held.persons * table.per_unit_of_output
    multipliers = system.solver.content_of(by_country_of_origin(table, per_output)[rows])
    return WorkContent(held.countries, multipliers, multipliers @ table.final)


def bound_work(
    system: LeontiefSystem,
    account: EmploymentAccount | None,
    flows: Sequence[ProductFlow],
    *,
    home: str = "USA",
) -> WorkBounds:
    """Bound the work in flows of products that a table does not show as a sector.

    Parameters
    ----------
    system
        A solved table.
    account
        Persons employed; must cover ``home``.
    flows
        Gross trade of ``home``, with the industries the products come from; values in the table's unit.
    home
        Country whose trade it is.

    Raises
    ------
    NotCoveredError
        No account, or none that covers ``home``.
    """
    table = system.table
    work = work_content(system, account)
    if home not in work.countries:
        raise NotCoveredError(
            f"the employment account does not cover {home}",
            where=f"it covers {', '.join(work.countries) or 'no country'}",
            remedy=f"Add the persons employed in each industry of {home}",
        )
    place = work.countries.index(home)
    rows, replaced_low, replaced_high = [], 0.0, 0.0
    for flow in flows:
        exporter, importer = (home, flow.partner) if flow.flow == "export" else (flow.partner, home)
        low, high = bound_content(table, work.multipliers, exporter, importer, flow.weights)
        rows += bound_rows(flow, work.countries, low, high, processing_flag(table, exporter))
        if flow.flow == "import":
            low, high = bound_content(table, work.multipliers, home, home, flow.weights)
            replaced_low += float(low[place]) * flow.value
            replaced_high += float(high[place]) * flow.value
    return WorkBounds(home, tuple(rows), Interval(replaced_low, replaced_high))
