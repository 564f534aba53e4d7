"""What does the pattern of who exports what say about countries and products? METHODS C1, C3, C4."""

from techbalance.models.complexity.index import Complexity, PciScale, complexity
from techbalance.models.complexity.space import Proximity, density, proximity
from techbalance.models.complexity.specialisation import Specialisation, specialisation

__all__ = [
    "Complexity",
    "PciScale",
    "Proximity",
    "Specialisation",
    "complexity",
    "density",
    "proximity",
    "specialisation",
]
