"""How much of what industries use comes from a partner, seen through suppliers? Answers ``exposure``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa

from techbalance.classifications.partners import taken_apart
from techbalance.classifications.wiod_industries import WIOD_INDUSTRIES
from techbalance.errors import NotCoveredError, ParameterError, UnknownCodeError
from techbalance.models.lookthrough import origin_exposure
from techbalance.questions.answer import Answer
from techbalance.questions.parameters.dependence import EXPOSURE, ExposureParams
from techbalance.questions.value_chains.tables import CODES_OF_TABLES, solved_tables

if TYPE_CHECKING:
    from techbalance.models.elasticities import MaskedFloats
    from techbalance.models.lookthrough import OriginExposure
    from techbalance.models.value_added.table import InterCountryTable
    from techbalance.questions.parameters.texts import PartnerRef
    from techbalance.questions.value_chains.tables import SolvedTable
    from techbalance.store.catalogue import Store

SCHEMA: Final = pa.schema(
    [
        ("industry", pa.string()),
        ("industry_name", pa.string()),
        ("face_share", pa.float64()),
        ("lookthrough_share", pa.float64()),
        ("lookthrough_ratio", pa.float64()),
        ("output_share", pa.float64()),
        ("year", pa.int16()),
        ("note", pa.string()),
    ]
)
NO_INPUTS: Final = "no_inputs: the industry buys nothing from any other"
Row = dict[str, Any]


def run(params: ExposureParams, store: Store) -> Answer:
    """Answer ``exposure``: one row per industry of the reporter, the most exposed first.

    Face value counts who delivers the inputs, looking through counts who made what is in them.

    Raises
    ------
    NotCoveredError
        No input-output table is held.
    UnknownCodeError
        The table shows no such country, or no industry has the text in its code or name.
    """
    (solved,) = solved_tables(store, params.year, params.io)
    (reporter,) = solved.countries([params.reporter])
    origins, notes = _origins(params.partner, solved)
    table = solved.table
    found = origin_exposure(
        table.intermediate * table.per_unit_of_output,
        [sector.country for sector in table.sectors],
        sectors=[str(sector) for sector in table.sectors],
        columns=_industries(params, table, reporter),
    )
    rows = [_row(found, place, origins, solved) for place in range(len(found.columns))]
    rows.sort(
        key=lambda row: (row["lookthrough_share"] is None, -(row["lookthrough_share"] or 0), row["industry"])
    )
    shown = rows[: params.top]
    said = [
        f"Inputs of industries of {solved.name(reporter)} by origin, home included, "
        f"{solved.year or 'year not known'}. No table has an ATP industry, and WIOD 2013 ends in 2011.",
        "It rests on proportionality: each buyer of a product takes the average mix of its origins.",
        *notes,
        *solved.lines(),
    ]
    if len(rows) > len(shown):
        said.append(f"The first {len(shown)} of {len(rows)} industries; --top shows more.")
    return Answer(EXPOSURE, params, store, pa.Table.from_pylist(shown, schema=SCHEMA), tuple(said))


def _origins(ref: PartnerRef, solved: SolvedTable) -> tuple[list[str], list[str]]:
    """The table's countries behind the names, an area's members included, and what the table does not show.

    Raises
    ------
    UnknownCodeError
        Nobody knows a name, or the table shows no such country.
    NotCoveredError
        The table shows neither the country nor a member of the area.
    ParameterError
        A country is named twice, by itself and inside an area.
    """
    found: dict[str, str] = {}
    notes = []
    for text in ref:
        for name in taken_apart(text, lambda one: solved.code(one) or solved.names.named(one)):
            code = solved.code(name)
            shown, hidden = ([code], []) if code else _members(name, solved)
            if not shown and solved.names.named(name):
                raise NotCoveredError(
                    f"{name} is not in the table, and no country was its member then that is",
                    where=f"{solved.table.name} shows {', '.join(solved.table.countries)}",
                )
            if not shown:
                solved.countries([name])
            for one in shown:
                if found.setdefault(one, name) != name:
                    raise ParameterError(
                        f"{name!r} and {found[one]!r} overlap", where=f"{one} is in both", remedy="Name one"
                    )
            if hidden:
                notes.append(f"{name}: {', '.join(hidden)} are not shown by the table and not counted.")
    return list(found), notes


def _members(name: str, solved: SolvedTable) -> tuple[list[str], list[str]]:
    """Members of an area in the table's year: those it shows, and those it does not."""
    codes = {row["code"]: row["iso3"] for row in solved.names.partners}
    own = set(solved.table.countries)
    shown: list[str] = []
    hidden: list[str] = []
    for member in solved.names.named(name) or ():
        year = solved.year
        if year and not (member.from_year or year) <= year <= (member.to_year or year):
            continue
        iso3 = codes.get(member.code) or member.code
        code = CODES_OF_TABLES.get(iso3, iso3)
        (shown if code in own else hidden).append(code)
    return shown, sorted(hidden)


def _industries(params: ExposureParams, table: InterCountryTable, reporter: str) -> list[str]:
    """Labels of the reporter's sectors whose industry has the text in its code or name."""
    text = (params.industry or "").casefold().strip()
    kept, known = [], []
    for sector in table.sectors:
        if sector.country != reporter:
            continue
        name = WIOD_INDUSTRIES.get(sector.industry, "")
        known += [sector.industry, name]
        if text == sector.industry.casefold() or text in name.casefold() or not text:
            kept.append(str(sector))
    if not kept:
        raise UnknownCodeError.among("industry", params.industry or "", [one for one in known if one])
    return kept


def _row(found: OriginExposure, place: int, origins: list[str], solved: SolvedTable) -> Row:
    label = found.columns[place]
    industry = label.partition(".")[2]
    positions = [found.origins.index(code) for code in origins]
    face, inputs, output = (
        _share(shares, positions, place) for shares in (found.face, found.inputs, found.gross_output)
    )
    return {
        "industry": industry,
        "industry_name": WIOD_INDUSTRIES.get(industry),
        "face_share": face,
        "lookthrough_share": inputs,
        "lookthrough_ratio": inputs / face if inputs is not None and face else None,
        "output_share": output,
        "year": solved.year,
        "note": NO_INPUTS if found.reason[place] else None,
    }


def _share(shares: MaskedFloats, positions: list[int], place: int) -> float | None:
    column = shares[positions, place]
    return None if np.ma.getmaskarray(column).any() else float(column.sum())
