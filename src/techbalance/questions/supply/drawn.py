"""Elasticities of substitution of products, drawn from every source that is held and from its errors."""

from __future__ import annotations

import csv
import hashlib
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import numpy as np

from techbalance.errors import NotCoveredError, SchemaError, UnknownCodeError
from techbalance.models.elasticities import DrawnElasticities, ElasticitySource, draw_elasticities
from techbalance.questions.elasticities import (
    FILES_REMEMBERED,
    KNOWN,
    Estimates,
    held_estimates,
    match_note,
    named_estimates,
)
from techbalance.questions.product_lists.naming import or_a_file
from techbalance.store import outside
from techbalance.store.userfiles import is_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from techbalance.models.elasticities import MatchedElasticities
    from techbalance.models.validation import FloatArray
    from techbalance.store.catalogue import Store

HAUK: Final = "hauk"
HAUK_FILE: Final = "elasticities/elasticity_hauk_us_import_hs10.csv"
HAUK_CITATION: Final = (
    "Hauk, US imports by ten-digit code, with standard errors; those significant at 5 % and above one"
)
HAUK_FIELDS: Final = ("hs10", "sedemandprice", "impliedelasticity", "positive", "sigat5per")


@dataclass(frozen=True)
class Sampling:
    """How elasticities are drawn.

    Parameters
    ----------
    given
        A file of the user's, or names of sources with commas; None for all that are held.
    draws, seed
        How many draws, from which seed.
    """

    given: str | None
    draws: int
    seed: int


@dataclass(frozen=True)
class ProductElasticities:
    """Elasticities of products, drawn.

    Parameters
    ----------
    drawn
        One row per draw, one column per product; masked where no source has one.
    found
        By which step of which source each product's was found; None where by none.
    notes
        What must be known to read a result.
    why_none
        Why nothing is held; None where something is.
    """

    drawn: DrawnElasticities
    found: tuple[str | None, ...]
    notes: tuple[str, ...] = ()
    why_none: str | None = None


def drawn_elasticities(
    store: Store, products: Sequence[str], groups: Sequence[str] | None, sampling: Sampling
) -> ProductElasticities:
    """Find and draw the elasticity of each product.

    Parameters
    ----------
    store
        Whose data folder is searched.
    products, groups
        Codes, and the group of each; without groups there is no group step.
    sampling
        From which sources, how often, from which seed.

    Raises
    ------
    UnknownCodeError
        What is named is neither a file nor a source.
    NotCoveredError
        A source that is named is not held.
    SchemaError
        A file has another layout.
    """
    held = _held(store, sampling.given)
    if not held:
        files = ", ".join([*(one.file for one in KNOWN.values()), HAUK_FILE])
        why = (
            f"not_covered: no elasticities are held; put {files} into {outside.named(store)}, or name a file"
        )
        none = DrawnElasticities(np.ma.array(np.ones((1, len(products))), mask=True), sampling.seed)
        return ProductElasticities(none, tuple(None for _ in products), why_none=why)
    matched = [one.match(products, groups or products) for one in held]
    spread, says = _spread(products, held)
    drawn = draw_elasticities(
        [one.sigma for one in matched], log_spread=spread, draws=sampling.draws, seed=sampling.seed
    )
    notes = (
        *(match_note(one, found) for one, found in zip(held, matched, strict=True)),
        "Codes of older editions are matched by number; one that was moved may meet another product.",
        f"{sampling.draws:,} draws, seed {sampling.seed}: each takes one source for all products; {says}",
    )
    return ProductElasticities(drawn, tuple(_steps(matched, place) for place in range(len(products))), notes)


def _steps(matched: Sequence[MatchedElasticities], place: int) -> str | None:
    found = [f"{one.source} {one.matched[place]}" for one in matched if one.matched[place] is not None]
    return "; ".join(found) or None


def _held(store: Store, given: str | None) -> list[Estimates]:
    """Read the sources named, or all that are held."""
    if given is None:
        found, _ = held_estimates(store)
        try:
            return [*found, read_hauk(store)]
        except NotCoveredError:
            return found
    if is_file(given):
        return named_estimates(store, given)
    names = [name.strip() for name in given.split(",") if name.strip()]
    for name in names:
        if name not in (*KNOWN, HAUK):
            error = UnknownCodeError.among("source of elasticities", name, (*KNOWN, HAUK))
            raise UnknownCodeError(error.what, remedy=or_a_file(error.remedy, "CSV file with code and sigma"))
    if HAUK not in names:
        return named_estimates(store, given)
    others = ",".join(name for name in names if name != HAUK)
    return [*(named_estimates(store, others) if others else ()), read_hauk(store)]


def _spread(products: Sequence[str], held: Iterable[Estimates]) -> tuple[FloatArray | float, str]:
    """Standard error over (sigma - 1) of each product's estimate, from the source that publishes errors.

    A product is given the median of its heading, and the overall median where no heading has an error.
    """
    for one in held:
        sigma = np.asarray(one.source.sigma)
        above = np.where(sigma > 1, sigma - 1, np.nan)
        relative = np.where(one.standard_error > 0, one.standard_error / above, np.nan)
        if np.isnan(relative).all():
            continue
        errors = Estimates(
            ElasticitySource(one.source.name, one.source.codes, relative), "", "median", relative, ""
        )
        near = errors.match(products, products).sigma
        usual = float(np.nanmedian(relative))
        return np.ma.filled(near, usual), (
            f"the error of an estimate is the one {one.source.name} publishes (over sigma - 1, median "
            f"{usual:.2f}), assumed for every source."
        )
    return 0.0, "no source held publishes errors, so the range is that between sources."


def read_hauk(store: Store) -> Estimates:
    """Read Hauk's estimates from the user's folder: those that are significant and above one.

    Raises
    ------
    NotCoveredError
        The file is not there.
    SchemaError
        It is not the file that was published.
    """
    path = outside.find(store, HAUK_FILE, what="elasticities of Hauk")
    return _hauk_of(outside.read_bytes(path), str(path))


@lru_cache(maxsize=FILES_REMEMBERED)
def _hauk_of(data: bytes, where: str) -> Estimates:
    reader = csv.DictReader(data.decode("utf-8-sig", errors="replace").splitlines())
    if missing := [field for field in HAUK_FIELDS if field not in (reader.fieldnames or ())]:
        raise SchemaError(f"the file of elasticities lacks the column {missing[0]!r}", where=where)
    codes, sigma, error = [], [], []
    for row in reader:
        try:
            numbers = [float(row[field] or "nan") for field in HAUK_FIELDS[1:]]
        except ValueError as wrong:
            raise SchemaError("a figure is not a number", where=f"{where}, line {reader.line_num}") from wrong
        se, implied, positive, significant = numbers
        if positive == significant == 1 and implied > 1 and se > 0:
            codes.append(row["hs10"])
            sigma.append(implied)
            error.append(se)
    if not codes:
        raise SchemaError("the file of elasticities has no estimate above one", where=where)
    source = ElasticitySource(HAUK, tuple(codes), np.array(sigma))
    digest = hashlib.sha256(data).hexdigest()[:12]
    return Estimates(source, HAUK_CITATION, "median", np.array(error), digest)
