"""Which published elasticities are held, or named by the user, and which one belongs to each product?

None ships with the package: the files stay in the user's folder of outside data. METHODS G6.
"""

from __future__ import annotations

import csv
import hashlib
import math
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from techbalance.errors import ModelInputError, NotCoveredError, ParameterError, SchemaError, UnknownCodeError
from techbalance.models.elasticities import ElasticitySource, MatchedElasticities, match_elasticities
from techbalance.store import outside
from techbalance.store.userfiles import is_file, read_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from techbalance.models.validation import FloatArray
    from techbalance.store.catalogue import Store

Average = Literal["mean", "median"]
CODE_COLUMN: Final = "code"
FILES_REMEMBERED: Final = 8
STEPS: Final = {
    "exact": "their own code",
    "replaced": "a stand-in the source put in",
    "parent-8": "their eight-digit heading",
    "mean-8": "an average under eight digits",
    "parent-6": "their six-digit heading",
    "mean-6": "an average under six digits",
    "parent-4": "their four-digit heading",
    "mean-4": "an average under four digits",
    "parent-2": "their chapter",
    "mean-2": "an average of the chapter",
    "group": "an average of the group",
    None: "none",
}


@dataclass(frozen=True)
class Known:
    """A published source: where its file lies and how it is read.

    Parameters
    ----------
    name
        What a question calls it.
    file
        Path inside the folder of outside data.
    citation
        Who estimated what.
    average
        How several of its codes are averaged; estimates with a heavy right tail want the median.
    """

    name: str
    file: str
    citation: str
    average: Average


KNOWN: Final[dict[str, Known]] = {
    one.name: one
    for one in (
        Known(
            "protee",
            "elasticities/elasticity_protee_hs6.csv",
            "Fontagné, Guimbard & Orefice 2022, Journal of International Economics 137 (ProTEE, HS6 of 2007; "
            "sigma = 1 + trade elasticity)",
            "mean",
        ),
        Known(
            "broda-weinstein",
            "elasticities/elasticity_bw_us_hts10.csv",
            "Broda & Weinstein 2006, Quarterly Journal of Economics 121 (US imports 1990-2001, ten-digit "
            "codes of that time)",
            "median",
        ),
    )
}


@dataclass(frozen=True, eq=False)
class Estimates:
    """Elasticities of substitution from one source.

    Parameters
    ----------
    source
        Codes and values.
    citation
        For notes.
    average
        How headings are averaged.
    standard_error
        Of sigma by code, where the source gives it; NaN where it does not.
    digest
        First digits of the SHA-256 of the file.
    """

    source: ElasticitySource
    citation: str
    average: Average
    standard_error: FloatArray
    digest: str

    def match(self, products: Sequence[str], groups: Sequence[str]) -> MatchedElasticities:
        """Find an elasticity for each product: own code, heading, group."""
        return match_elasticities(products, self.source, groups=groups, average=self.average)


def held_estimates(store: Store, names: Iterable[str] = tuple(KNOWN)) -> tuple[list[Estimates], list[str]]:
    """Read the published sources that are in the user's folder.

    Returns
    -------
    list of Estimates, list of str
        Those that are held, in the order given; and of each that is not, where its file belongs.
    """
    found: list[Estimates] = []
    missing: list[str] = []
    for name in names:
        try:
            found.append(read_known(store, name))
        except NotCoveredError as absent:
            missing.append(str(absent))
    return found, missing


def named_estimates(store: Store, given: str) -> list[Estimates]:
    """Read what a question names: sources with commas between them, or one file.

    Raises
    ------
    UnknownCodeError
        Neither a source nor a file has this name.
    NotCoveredError
        The source's file is not held; the message says where it belongs.
    SchemaError
        The file is not such a table.
    """
    if is_file(given):
        return [read_user_file(given)]
    names = list(dict.fromkeys(part.strip() for part in given.split(",") if part.strip()))
    if not names:
        raise ParameterError(
            "elasticities: no source is named", remedy=f"Known: {', '.join(KNOWN)}, or a file"
        )
    for name in names:
        if name not in KNOWN:
            error = UnknownCodeError.among("source of elasticities", name, KNOWN)
            raise UnknownCodeError(
                error.what, remedy=f"{error.remedy}; or name a CSV file with code and sigma"
            )
    return [read_known(store, name) for name in names]


def read_known(store: Store, name: str) -> Estimates:
    """Read one published source from the user's folder.

    Raises
    ------
    NotCoveredError
        Its file is not there.
    SchemaError
        It is not the file that was published.
    """
    known = KNOWN[name]
    path = outside.find(store, known.file, what=f"elasticities of {known.citation.split(',')[0]}")
    return _known_of(name, outside.read_bytes(path), str(path))


@lru_cache(maxsize=FILES_REMEMBERED)
def _known_of(name: str, data: bytes, where: str) -> Estimates:
    known = KNOWN[name]
    rows = _rows(data.decode("utf-8-sig", errors="replace"), where)
    if name == "protee":
        codes = tuple(_cell(row, "hs6_2007", where, line) for line, row in rows)
        theta = np.array([_optional(row, "sigma", where, line) for line, row in rows])
        # The file holds tariff elasticities, so negative ones; a few stand-ins are missing.
        sigma = np.where(theta < 0, 1.0 - theta, np.nan)
        replaced = np.array([row.get("zero") == "1" or row.get("positive") == "1" for _, row in rows])
    else:
        codes, sigma = _one_each(rows, where)
        replaced = np.zeros(len(codes), dtype=np.bool_)
    source = ElasticitySource(name, codes, sigma, replaced & ~np.isnan(sigma))
    blank = np.full(len(codes), np.nan)
    return Estimates(source, known.citation, known.average, blank, hashlib.sha256(data).hexdigest()[:12])


def read_user_file(name: str) -> Estimates:
    """Read a user's file: ``code``, ``sigma`` or ``theta`` (above 0), and if known ``se``.

    Raises
    ------
    SchemaError
        A column is missing, or a value is not a number above 0; the line is named.
    """
    text = read_text(name)
    rows = _rows(text, name)
    heads = set(rows[0][1])
    kinds = [kind for kind in ("sigma", "theta") if kind in heads]
    if CODE_COLUMN not in heads or len(kinds) != 1:
        raise SchemaError(
            "a file of elasticities needs the columns code and one of sigma and theta",
            where=f"{name}, has {', '.join(sorted(heads))}",
        )
    codes = tuple(_cell(row, CODE_COLUMN, name, line).replace(".", "") for line, row in rows)
    values = np.array([_optional(row, kinds[0], name, line) for line, row in rows])
    for (line, _), value in zip(rows, values, strict=True):
        if not math.isnan(value) and not value > 0:
            raise SchemaError(
                f"{kinds[0]} must be above 0, found {value:g}",
                where=f"{name}, line {line}, column {kinds[0]}",
                remedy="Give the absolute value of a tariff elasticity, nothing where there is no estimate",
            )
    errors = np.array([_optional(row, "se", name, line) for line, row in rows])
    try:
        source = ElasticitySource(name, codes, values + (kinds[0] == "theta"))
    except ModelInputError as wrong:
        raise SchemaError(wrong.what, where=f"{name}, {wrong.where}", remedy=wrong.remedy) from wrong
    digest = hashlib.sha256(text.encode()).hexdigest()[:12]
    return Estimates(source, f"the user's file {name}", "mean", errors, digest)


def match_note(estimates: Estimates, found: MatchedElasticities) -> str:
    """Say by which step the elasticities of the products were found."""
    counts = Counter(found.matched)
    steps = ", ".join(f"{counts[step]:,} by {words}" for step, words in STEPS.items() if counts[step])
    stand_ins = estimates.source.is_replaced
    marked = set() if stand_ins is None else set(np.array(estimates.source.codes)[stand_ins].tolist())
    lengths = {len(code) for code in marked}
    borrowed = sum(any(code[:length] in marked for length in lengths) for code in found.products)
    told = (
        f"; {borrowed:,} of these are stand-ins of the source for estimates it rejected" if borrowed else ""
    )
    return (
        f"Elasticities {estimates.source.name}: {estimates.citation}; SHA-256 {estimates.digest}. "
        f"{len(found.products):,} products matched: {steps}{told}."
    )


def _one_each(rows: list[tuple[int, dict[str, str]]], where: str) -> tuple[tuple[str, ...], FloatArray]:
    """Give each code once: the published file holds a few codes several times, whose median is taken."""
    values: dict[str, list[float]] = {}
    for line, row in rows:
        code = _cell(row, CODE_COLUMN, where, line)
        values.setdefault(code, []).append(_optional(row, "sigma", where, line))
    medians = [several[0] if len(several) == 1 else np.median(several) for several in values.values()]
    return tuple(values), np.array(medians)


def _rows(text: str, where: str) -> list[tuple[int, dict[str, str]]]:
    reader = csv.DictReader(text.splitlines())
    reader.fieldnames = [str(head).strip() for head in reader.fieldnames or ()]
    rows = [(reader.line_num, row) for row in reader]
    if not rows:
        raise SchemaError("the file of elasticities is empty", where=where)
    return rows


def _cell(row: dict[str, str], column: str, where: str, line: int) -> str:
    value = (row.get(column) or "").strip()
    if not value:
        raise SchemaError(f"column {column} is missing or empty", where=f"{where}, line {line}")
    return value


def _optional(row: dict[str, str], column: str, where: str, line: int) -> float:
    value = (row.get(column) or "").strip()
    if not value:
        return math.nan
    try:
        return float(value)
    except ValueError as wrong:
        raise SchemaError(
            f"{value!r} is not a number", where=f"{where}, line {line}, column {column}"
        ) from wrong
