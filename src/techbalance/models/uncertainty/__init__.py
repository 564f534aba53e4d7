"""How sure is a modelled answer, and which assumption is it most about?

Elasticities are drawn from their estimates, models and closures from their alternatives; the answer is a
range first and a point second. The same seed gives the same answer, and a parameter keeps its draws when
another one joins.
"""

from techbalance.models.uncertainty.draws import Lever, Model, OfMany, Sample, UncertaintyResult, run_draws
from techbalance.models.uncertainty.parameters import Alternatives, Lognormal, Triangular, Uncertain

__all__ = [
    "Alternatives",
    "Lever",
    "Lognormal",
    "Model",
    "OfMany",
    "Sample",
    "Triangular",
    "Uncertain",
    "UncertaintyResult",
    "run_draws",
]
