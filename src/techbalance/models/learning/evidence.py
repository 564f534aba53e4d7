"""What is published about the parameters of learning, and what is only assumed?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from techbalance.errors import UnknownCodeError

Basis = Literal["published", "from memory", "assumption"]


@dataclass(frozen=True)
class Evidence:
    """Range of one parameter of ``LearningScenario`` and where it comes from.

    Attributes
    ----------
    name
        Field of ``LearningScenario``.
    unit
        In words.
    low, central, high
        The range to draw from and the value to start from.
    basis
        ``published``: the source's abstract or slides were read and say so; ``from memory``: the source is
        known to say so but was not read again; ``assumption``: nobody is known to have measured it.
    source
        Who found what.
    """

    name: str
    unit: str
    low: float
    central: float
    high: float
    basis: Basis
    source: str


PARAMETERS: Final[tuple[Evidence, ...]] = (
    Evidence(
        name="learning_rate",
        unit="part by which unit cost falls when experience doubles",
        low=0.10,
        central=0.20,
        high=0.24,
        basis="published",
        source=(
            "Memory chips 1974-92: 20 % on average (Irwin & Klenow 1994, Journal of Political Economy "
            "102). Lithium-ion cells 1992-2016: price falls 20 % per doubling of the market, 24 % for "
            "cylindrical cells (Ziegler & Trancik 2021, Energy & Environmental Science 14). Foundries "
            "today: smaller than commonly believed (Goldberg, Juhász, Lane, Lo Forte & Thurk 2024, NBER "
            "32651); the low end of 10 % stands for that and is an assumption."
        ),
    ),
    Evidence(
        name="foreign_weight",
        unit="worth of a unit made abroad for experience at home, a unit made at home being 1",
        low=0.0,
        central=1 / 3,
        high=1.0,
        basis="published",
        source=(
            "A firm learns three times more from its own unit than from another firm's, at home or abroad "
            "alike (Irwin & Klenow 1994). 0 is no spillover; 1 is knowledge that knows no border, towards "
            "which Goldberg et al. 2024 lean."
        ),
    ),
    Evidence(
        name="forgetting",
        unit="part of experience lost in a year",
        low=0.0,
        central=0.2,
        high=0.39,
        basis="from memory",
        source=(
            "Airliners: about 39 % a year (Benkard 2000, American Economic Review 90; figure not read "
            "again). Wartime ships: much less than once thought, and perhaps none (Thompson 2007, "
            "Management Science 53). The middle is the mean."
        ),
    ),
    Evidence(
        name="spillover",
        unit="elasticity of the linked activity's productivity with experience",
        low=0.0,
        central=0.02,
        high=0.20,
        basis="assumption",
        source=(
            "No estimate is known of how inventing depends on making in a whole country. External "
            "economies of scale inside sectors lie between 0.02 and 0.20 (Bartelme, Costinot, Donaldson & "
            "Rodríguez-Clare, lecture slides; NBER 26193). Plants near a large new one are 12 % more "
            "productive after five years (Greenstone, Hornbeck & Moretti 2010, Journal of Political "
            "Economy 118). 0 is no coupling at all."
        ),
    ),
    Evidence(
        name="discount_rate",
        unit="per year, real",
        low=0.02,
        central=0.03,
        high=0.07,
        basis="from memory",
        source="US Office of Management and Budget, Circular A-4: 3 % and 7 % (2003), 2 % (2023).",
    ),
    Evidence(
        name="cost_of_funds",
        unit="welfare cost of a dollar raised by taxes, beyond the dollar",
        low=0.0,
        central=0.25,
        high=0.5,
        basis="from memory",
        source="US Office of Management and Budget, Circular A-94 (1992): 25 cents per dollar.",
    ),
)


def find_evidence(name: str) -> Evidence:
    """Return what is known about one parameter.

    Raises
    ------
    UnknownCodeError
        The scenario has no such parameter, or nothing is recorded on it.
    """
    for one in PARAMETERS:
        if one.name == name:
            return one
    raise UnknownCodeError.among("parameter", name, [one.name for one in PARAMETERS])
