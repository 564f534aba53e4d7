"""What does one test say about a statement that no single number decides?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from techbalance.claims.compare import meets
from techbalance.claims.figures import Figure, Outcome, Status
from techbalance.claims.measures import MEASURES
from techbalance.claims.reading import Reading, newest_by_basis
from techbalance.claims.wording import basis_name, null_text, quantity

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from techbalance.claims.statement import BearingTest


def weigh(test: BearingTest, figures: Iterable[Figure] = ()) -> Outcome:
    """Weigh one test.

    Parameters
    ----------
    test
        The test.
    figures
        What its measure gave, on every vintage and basis; the newest on each basis counts.

    Returns
    -------
    Outcome
        ``supports`` or ``contradicts`` if the newest figure on every basis meets that condition, ``neutral``
        otherwise, also where the measure has no meaning; ``not covered`` where the record holds nothing, and
        ``not built`` for a test that is only named.
    """
    if test.measure == "not_built":
        return _outcome(test, "not built", test.needs or "")
    if test.measure == "not_held":
        return _outcome(test, "not covered", test.needs or "")
    given = tuple(figures)
    newest = [
        one.figure for one in newest_by_basis(Reading(figure, None) for figure in given if figure.is_held)
    ]
    if not newest:
        return _outcome(test, "not covered", _missing(given))
    days = [figure.vintage for figure in newest if figure.vintage]
    text = ", ".join(_figure_text(test, figure) for figure in newest)
    return Outcome(test.name, test.measure, _status(test, newest), text, max(days, default=None))


def _status(test: BearingTest, newest: Sequence[Figure]) -> Status:
    values = [figure.value for figure in newest if figure.value is not None]
    if len(values) == len(newest):
        if test.supports and all(meets(value, test.supports) for value in values):
            return "supports"
        if test.contradicts and all(meets(value, test.contradicts) for value in values):
            return "contradicts"
    return "neutral"


def _figure_text(test: BearingTest, figure: Figure) -> str:
    if figure.value is None:
        text = f"undefined: {null_text(figure)}"
    else:
        measure = MEASURES[test.measure]
        text = quantity(figure.value, measure.shown_as or measure.units[0])
    basis = f" on {basis_name(figure.basis)}" if figure.basis else ""
    detail = f" ({figure.detail})" if figure.detail else ""
    return f"{text}{basis}{detail}"


def _missing(figures: Sequence[Figure]) -> str:
    said = dict.fromkeys(figure.detail or null_text(figure) for figure in figures)
    return ", ".join(said) or "not covered"


def _outcome(test: BearingTest, status: Status, text: str) -> Outcome:
    return Outcome(test.name, test.measure, status, text)
