"""What is assumed where nothing is measured, and from where: ranges with their reasons, drawn and printed."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from techbalance.classifications.sectors import WIOD_OF, sector_of
from techbalance.errors import NotCoveredError, SchemaError
from techbalance.models.uncertainty import Alternatives, Lognormal, Triangular, Uncertain
from techbalance.models.validation import FloatArray
from techbalance.questions.elasticities import held_estimates, match_note, named_estimates
from techbalance.questions.parameters.whatif_texts import Span
from techbalance.store import outside

if TYPE_CHECKING:
    from collections.abc import Sequence

    from techbalance.models.uncertainty import Sample
    from techbalance.questions.elasticities import Estimates
    from techbalance.questions.parameters.whatif_scenario import Assumptions
    from techbalance.store.catalogue import Store

SIGMA, SOURCE, ERROR = "sigma", "elasticity source", "error of the estimates"
DEMAND, SUPPLY, HOME_SUPPLY = "demand elasticity", "supply elasticity abroad", "supply elasticity at home"
DOMESTIC, THETA = "domestic share", "trade elasticity"
INDUSTRY_YEAR: Final = 2011
INDUSTRY_FILE: Final = f"icio/wiod2013_npz/wiot_{INDUSTRY_YEAR}.npz"
ERROR_SPREAD: Final = 0.25
"""Assumed standard deviation of the log of (sigma - 1) where a source prints no standard error."""


@dataclass(frozen=True)
class Declared:
    """A range that is assumed, and why.

    Parameters
    ----------
    span
        Low, central, high.
    reason
        Sources of the ends, or that it is an assumption.
    """

    span: Span
    reason: str


DECLARED: Final[dict[str, Declared]] = {
    SIGMA: Declared(
        Span(2.5, 6.0, 14.0),
        "published range: 2.5, below the median 3.1 of Broda & Weinstein 2006 for ten-digit goods; 6, "
        "from the mean trade elasticity of about -5 of Fontagné, Guimbard & Orefice 2022 (sigma = 1 + "
        "theta); 14, from theta 12.9 of office and electrical machinery of Caliendo & Parro 2015",
    ),
    DEMAND: Declared(
        Span(-2.0, -1.0, -0.5),
        "assumption: demand for a product as a whole moves about as its price, half to twice",
    ),
    SUPPLY: Declared(
        Span(3.0, 20.0, float("inf")),
        "assumption: the tariffs of 2018-19 were passed on in full (Amiti, Redding & Weinstein 2019; "
        "Fajgelbaum et al. 2020), which is infinite supply; 3 lets foreign sellers bear a part",
    ),
    HOME_SUPPLY: Declared(
        Span(0.5, 1.5, 5.0), "assumption: home makers can expand less easily than the world's"
    ),
    DOMESTIC: Declared(
        Span(0.1, 0.5, 0.8),
        "assumption: no table of industries is held, so a tenth to four fifths of spending is made at home",
    ),
    THETA: Declared(
        Span(4.0, 5.0, 8.22),
        "published range: 4, of the exercise of Dekle, Eaton & Kortum's data; 5, the mean of Fontagné, "
        "Guimbard & Orefice 2022; 8.22, the aggregate of Caliendo & Parro 2015",
    ),
}


@dataclass(frozen=True, eq=False)
class Assumed:
    """The uncertain parameters of one model.

    Parameters
    ----------
    parameters
        What is drawn.
    notes
        Every assumption in words, with its range and source.
    source
        Elasticity source in a few words, for the column.
    """

    parameters: tuple[Uncertain, ...]
    notes: tuple[str, ...]
    source: str

    def sigma(self, sample: Sample, count: int) -> FloatArray:
        """Elasticity of substitution of each of ``count`` products in a draw."""
        if SIGMA in sample.values:
            return np.full(count, sample.number(SIGMA))
        estimate = sample.vector(SOURCE)
        moved = 1.0 + (estimate - 1.0) * sample.number(ERROR)
        return np.where(estimate > 1.0, moved, estimate)


def supply_of(sample: Sample, name: str) -> float:
    """Supply elasticity of a draw; drawn as its inverse, in which infinity is an ordinary end."""
    inverse = sample.number(name)
    return np.inf if inverse == 0 else 1.0 / inverse


def market_assumptions(
    given: Assumptions, store: Store, products: Sequence[str], groups: Sequence[str]
) -> Assumed:
    """Collect what the partial-equilibrium model assumes about these products.

    Raises
    ------
    NotCoveredError, SchemaError, UnknownCodeError
        A source that was named is not held, or is no such file.
    """
    parameters, notes, source = _sigma(given, store, products, groups)
    for name, span in ((DEMAND, given.demand), (SUPPLY, given.supply), (HOME_SUPPLY, given.home_supply)):
        made, note = spread(name, span, inverse=name != DEMAND)
        parameters.append(made)
        notes.append(note)
    share, note = domestic_share(given.domestic_share, store, products)
    return Assumed((*parameters, share), (*notes, note), source)


def spread(name: str, given: Span | None, *, inverse: bool = False) -> tuple[Triangular, str]:
    """Make a parameter from a range: the user's, or the declared one with its reason."""
    span = given or DECLARED[name].span
    reason = "as given" if given else DECLARED[name].reason
    low, high = (_inverse(span.high), _inverse(span.low)) if inverse else (span.low, span.high)
    middle = 0.5 * (low + high)
    if span.central is not None:
        middle = _inverse(span.central) if inverse else span.central
    made = Triangular(name, np.array(low), np.array(middle), np.array(high), source=reason)
    return made, f"Assumed {name}: {span} ({reason})."


def _inverse(elasticity: float) -> float:
    return NEVER if elasticity == 0 else 1.0 / elasticity


NEVER: Final = 1e6
"""Inverse supply elasticity that stands for none: quantity moves by a millionth of the price."""


def _sigma(
    given: Assumptions, store: Store, products: Sequence[str], groups: Sequence[str]
) -> tuple[list[Uncertain], list[str], str]:
    if given.sigma is not None:
        made, note = spread(SIGMA, given.sigma)
        return [made], [note], f"sigma {given.sigma}, as given"
    if given.sources is not None:
        found, missing = named_estimates(store, given.sources), list[str]()
    else:
        found, missing = held_estimates(store)
    if not found:
        made, note = spread(SIGMA, None)
        where = f" No file of elasticities is held: {missing[0]}" if missing else ""
        return [made], [note + where], f"declared range {DECLARED[SIGMA].span}"
    return _from_sources(found, products, groups)


def _from_sources(
    found: Sequence[Estimates], products: Sequence[str], groups: Sequence[str]
) -> tuple[list[Uncertain], list[str], str]:
    values, notes = [], []
    for one in found:
        matched = one.match(products, groups)
        lacking = sum(step is None for step in matched.matched)
        note = match_note(one, matched)
        if lacking:
            central = DECLARED[SIGMA].span.central
            note += f" {lacking:,} products have none and take {central}, the middle of the declared range."
        values.append(np.asarray(matched.sigma.filled(DECLARED[SIGMA].span.central), dtype=np.float64))
        notes.append(note)
    names = tuple(one.source.name for one in found)
    relative = np.concatenate([one.standard_error / (one.source.sigma - 1.0) for one in found])
    usable = relative[np.isfinite(relative) & (relative > 0)]
    log_sd = float(np.median(usable)) if usable.size else ERROR_SPREAD
    why = "median of the standard errors given" if usable.size else "assumption: the sources print no errors"
    notes.append(f"Assumed {ERROR}: log of (sigma - 1) with standard deviation {log_sd:.2g} ({why}).")
    error = Lognormal(ERROR, np.array(1.0), np.array(log_sd), source=why)
    choice = Alternatives(SOURCE, names, tuple(values), source=" or ".join(names))
    return [choice, error], notes, " / ".join(names)


def domestic_share(given: Span | None, store: Store, products: Sequence[str]) -> tuple[Triangular, str]:
    """Make the share of spending made at home: as given, from a table of industries, or a wide assumption."""
    if given is not None:
        return spread(DOMESTIC, given)
    try:
        path = outside.find(store, INDUSTRY_FILE, what="tables of industries")
    except NotCoveredError:
        return spread(DOMESTIC, None)
    shares = own_shares(outside.read_bytes(path), str(path), "USA")
    own = np.array([shares[WIOD_OF[sector_of(code)]] for code in products])
    reason = (
        f"industry's share of own make in US use, WIOD 2013 of {INDUSTRY_YEAR}; industries are wider than "
        "products and the table is old, so half of it to halfway between it and all"
    )
    made = Triangular(DOMESTIC, own / 2.0, own, (1.0 + own) / 2.0, source=reason)
    return made, (
        f"Assumed {DOMESTIC}: {own.min():.2f} to {own.max():.2f} by product at the centre, drawn "
        f"from {own.min() / 2:.2f} to {(1 + own.max()) / 2:.2f} ({reason}); --domestic-share sets another."
    )


def own_shares(data: bytes, name: str, country: str) -> dict[str, float]:
    """Share of a country's use of each industry's output that it makes itself.

    Raises
    ------
    SchemaError
        Not a table of this form.
    """
    try:
        with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
            inter, final = arrays["inter"], arrays["final"]
            countries, industries = arrays["countries"].tolist(), arrays["industries"].tolist()
    except (ValueError, OSError, KeyError, EOFError, zipfile.BadZipFile) as wrong:
        raise SchemaError("not a table of industries as NumPy arrays", where=name) from wrong
    place, size = countries.index(country), len(industries)
    used = inter[:, place * size : (place + 1) * size].sum(axis=1, dtype=np.float64) + final[:, place]
    by_origin = used.reshape(len(countries), size)
    whole = by_origin.sum(axis=0)
    return {
        label: float(np.clip(by_origin[place, at] / whole[at], 0.0, 0.99)) if whole[at] > 0 else 0.5
        for at, label in enumerate(industries)
    }
