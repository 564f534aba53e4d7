"""Could a temporary subsidy pay for itself, if making a thing teaches how to make it, and to invent?

A thought experiment and nothing else: one good, one country, buyers who choose between home and foreign
makes, a cost that falls with experience, and a spillover to an activity that lives off that experience.
"""

from techbalance.models.learning.evidence import PARAMETERS, Evidence, find_evidence
from techbalance.models.learning.scenario import (
    THOUGHT_EXPERIMENT,
    BreakEven,
    LearningPath,
    LearningScenario,
    PayBackMap,
    find_break_even,
    map_pay_back,
    run_learning,
)

__all__ = [
    "PARAMETERS",
    "THOUGHT_EXPERIMENT",
    "BreakEven",
    "Evidence",
    "LearningPath",
    "LearningScenario",
    "PayBackMap",
    "find_break_even",
    "find_evidence",
    "map_pay_back",
    "run_learning",
]
