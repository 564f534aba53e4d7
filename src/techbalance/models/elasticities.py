"""Which elasticity of substitution belongs to a product, how was it found, and how sure is it? METHODS G6.

An estimate for another code is used only where that is said: every answer carries the step by which it was
found, and a product that no step reaches has none.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from techbalance.errors import ModelInputError, ParameterError
from techbalance.models.validation import (
    BoolArray,
    FloatArray,
    numbers,
    refuse_where,
    undefined_where,
    unique_labels,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike

# Lengths of the headings a code falls back on, finest first: HTS8, HS6, HS4, HS2.
HEADING_LENGTHS: Final = (8, 6, 4, 2)
DRAWS: Final = 1000

Average = Literal["mean", "median"]
MaskedFloats = np.ma.MaskedArray[tuple[int, ...], np.dtype[np.float64]]


@dataclass(frozen=True)
class ElasticitySource:
    """Estimates of one author, by code.

    Parameters
    ----------
    name
        What a reader is told, for example ``Broda and Weinstein 2006``.
    codes
        Product codes, each once, of any length.
    sigma
        Elasticity of substitution of each code (> 0); NaN where the author has no estimate. A trade
        elasticity theta becomes sigma by :func:`substitution_elasticity`.
    is_replaced
        Whether the author put the mean of a heading in the place of an estimate; none if not given.

    Raises
    ------
    ModelInputError
        A code is there twice, lengths differ, or an estimate is not above zero.
    """

    name: str
    codes: tuple[str, ...]
    sigma: FloatArray
    is_replaced: BoolArray | None = None

    def __post_init__(self) -> None:
        codes = unique_labels("codes", self.codes)
        sigma = np.asarray(self.sigma, dtype=np.float64)
        marks = sigma.shape if self.is_replaced is None else self.is_replaced.shape
        if sigma.shape != (len(codes),) or marks != sigma.shape:
            raise ModelInputError(
                f"{len(codes)} codes need as many elasticities",
                where=f"source {self.name}, {sigma.shape} elasticities and {marks} marks",
                remedy="Give one for each code, NaN where there is none.",
            )
        refuse_where(
            ~np.isnan(sigma) & ~((sigma > 0) & np.isfinite(sigma)),
            "sigma",
            "must be above 0 and finite",
            [codes],
            values=sigma,
            remedy="For a trade elasticity theta give 1 + theta; for a missing estimate NaN.",
        )

    @cached_property
    def estimates(self) -> dict[str, float]:
        """The estimate of each code that has one."""
        pairs = zip(self.codes, np.asarray(self.sigma).tolist(), strict=True)
        return {code: value for code, value in pairs if not math.isnan(value)}

    @cached_property
    def stand_ins(self) -> frozenset[str]:
        """Codes whose estimate is the mean of a heading."""
        if self.is_replaced is None:
            return frozenset()
        return frozenset(np.array(self.codes)[self.is_replaced].tolist())

    @cached_property
    def by_heading(self) -> dict[str, list[str]]:
        """Codes that have an estimate, under each of their headings."""
        under: dict[str, list[str]] = {}
        for code in self.estimates:
            for length in HEADING_LENGTHS:
                if len(code) > length:
                    under.setdefault(code[:length], []).append(code)
        return under


@dataclass(frozen=True)
class MatchedElasticities:
    """An elasticity for each product, and how it was found.

    Parameters
    ----------
    products
        Product codes.
    sigma
        Elasticity of substitution, masked where none was found.
    matched
        ``exact``; ``replaced`` (the source's own stand-in); ``parent-8``, ``-6``, ``-4``, ``-2`` (the
        source's value of the heading of that length); ``mean-8`` … ``mean-2`` (average of the source's codes
        under it); ``group`` (average of the group's products found by a step before); None where masked.
    source
        Name of the source.
    """

    products: tuple[str, ...]
    sigma: MaskedFloats
    matched: tuple[str | None, ...]
    source: str


@dataclass(frozen=True)
class DrawnElasticities:
    """Elasticities drawn from what is known of them; the same seed gives the same draws.

    Parameters
    ----------
    sigma
        One row per draw, one column per product; masked columns have no estimate.
    seed
        The seed.
    """

    sigma: MaskedFloats
    seed: int


def substitution_elasticity(theta: ArrayLike) -> FloatArray:
    """Turn trade elasticities into elasticities of substitution: ``sigma = theta + 1``.

    Parameters
    ----------
    theta
        Trade elasticities, > 0 (the absolute value of a tariff elasticity); NaN where missing.

    Returns
    -------
    NDArray
        sigma, > 1; NaN where theta is.

    Raises
    ------
    ModelInputError
        A theta is not above zero: its sign is that of the coefficient, or it was not estimated.

    Examples
    --------
    >>> float(substitution_elasticity(4.0))
    5.0
    """
    given = np.array(theta, dtype=np.float64)
    if bool((given <= 0).any()):
        raise ModelInputError(
            "a trade elasticity must be above 0",
            where=f"theta, value {float(given[given <= 0].flat[0]):.6g}",
            remedy="Give the absolute value of a tariff elasticity, NaN for one of the wrong sign.",
        )
    return given + 1.0


def match_elasticities(
    products: Sequence[str],
    source: ElasticitySource,
    *,
    groups: Sequence[str] | None = None,
    average: Average = "mean",
) -> MatchedElasticities:
    """Find an elasticity for each product: its own, then its headings', then its group's.

    Parameters
    ----------
    products
        Product codes, each once.
    source
        Where to look.
    groups
        Group of each product; no group step without them.
    average
        How several codes of one heading or group are averaged; estimates with a heavy right tail (Broda and
        Weinstein) want the median.

    Returns
    -------
    MatchedElasticities
        With the step by which each was found. A heading the source lists itself comes before the average of
        the codes under it, and a longer heading before a shorter one.

    Raises
    ------
    ModelInputError
        A product is there twice, or there are not as many groups as products.

    Notes
    -----
    Fontagné, Guimbard and Orefice 2022 (Journal of International Economics 137) replace estimates of the
    wrong sign by the mean of the four-digit heading, in the same spirit.

    Examples
    --------
    >>> known = ElasticitySource("example", ("8507600020", "850780", "8541"), (3.0, 6.0, 4.0))
    >>> found = match_elasticities(("8507600020", "8507800000", "8507600090", "8541430010"), known)
    >>> found.sigma.tolist(), found.matched
    ([3.0, 6.0, 3.0, 4.0], ('exact', 'parent-6', 'mean-8', 'parent-4'))
    """
    labels = unique_labels("products", products)
    if groups is not None and len(groups) != len(labels):
        raise ModelInputError(
            f"{len(labels)} products need as many groups", where=f"groups, {len(groups)} given"
        )
    average_of = np.mean if average == "mean" else np.median
    sigma_of, under = source.estimates, source.by_heading
    sigma = np.full(len(labels), np.nan)
    matched: list[str | None] = [None] * len(labels)
    for position, code in enumerate(labels):
        headings = (code[:length] for length in HEADING_LENGTHS if length < len(code))
        heading = next((one for one in headings if one in sigma_of or one in under), None)
        if code in sigma_of:
            sigma[position] = sigma_of[code]
            matched[position] = "replaced" if code in source.stand_ins else "exact"
        elif heading in sigma_of:
            sigma[position] = sigma_of[heading]
            matched[position] = f"parent-{len(heading)}"
        elif heading is not None:
            sigma[position] = average_of([sigma_of[one] for one in under[heading]])
            matched[position] = f"mean-{len(heading)}"
    if groups is not None:
        names = np.array([str(name) for name in groups])
        found = ~np.isnan(sigma)
        for position in np.flatnonzero(~found).tolist():
            peers = sigma[found & (names == names[position])]
            if peers.size:
                sigma[position] = average_of(peers)
                matched[position] = "group"
    return MatchedElasticities(labels, undefined_where(sigma, np.isnan(sigma)), tuple(matched), source.name)


def draw_elasticities(
    estimates: Sequence[MaskedFloats],
    *,
    log_spread: ArrayLike = 0.0,
    draws: int = DRAWS,
    seed: int,
) -> DrawnElasticities:
    """Draw elasticities from alternative sources and from the spread of each estimate.

    Each draw takes one source for all products (for a product that lacks it, the one next to it in the order
    given), because sources differ in method and the difference does not average out over products. Then
    ``sigma = 1 + (estimate - 1) * exp(log_spread * z)`` with z standard normal, apart for each product: the
    median is the estimate and sigma stays above 1. An estimate of 1 or less is taken as it is.

    Parameters
    ----------
    estimates
        One array per source over the same products, masked where it has none.
    log_spread
        Standard deviation of ln(sigma - 1), for all products or each: the standard error of an estimate over
        (estimate - 1).
    draws
        How many.
    seed
        Of the generator.

    Returns
    -------
    DrawnElasticities
        Masked where no source has an estimate.

    Raises
    ------
    ModelInputError
        No source, sources of different length, or a negative spread.
    ParameterError
        Fewer than one draw.
    """
    if draws < 1:
        raise ParameterError(f"{draws} draws cannot be made", remedy="Give 1 or more")
    if not estimates or len({one.shape for one in estimates}) != 1 or estimates[0].ndim != 1:
        raise ModelInputError(
            "elasticities must come as one array per source over the same products",
            where=f"estimates, shapes {[one.shape for one in estimates]}",
        )
    products = [str(position) for position in range(estimates[0].size)]
    spread = numbers("log_spread", log_spread, [products])
    refuse_where(spread < 0, "log_spread", "must be 0 or more", [products], values=spread)
    generator = np.random.default_rng(seed)
    table = np.stack([np.ma.filled(one, np.nan) for one in estimates])
    has = ~np.isnan(table)
    available = has.sum(axis=0)
    in_order = np.take_along_axis(table, np.argsort(~has, axis=0, kind="stable"), axis=0)
    pick = (generator.random((draws, 1)) * available).astype(np.intp)
    central = np.take_along_axis(in_order, np.minimum(pick, np.maximum(available - 1, 0)), axis=0)
    noise = np.exp(spread * generator.standard_normal(central.shape))
    sigma = np.where(central > 1, 1 + (central - 1) * noise, central)
    return DrawnElasticities(undefined_where(sigma, np.isnan(sigma)), seed)
