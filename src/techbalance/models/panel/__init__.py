"""Does making move with ideas within countries over time? A panel with country and year effects (METHODS F6).

Observations are checked in ``observations``, effects taken out in ``within``, errors made in ``inference``,
and ``estimate`` puts the answer together with what it cannot identify.
"""

from techbalance.models.panel.estimate import Coefficient, PanelEstimate, estimate_panel
from techbalance.models.panel.observations import Panel
from techbalance.models.panel.within import within_coefficients

__all__ = ["Coefficient", "Panel", "PanelEstimate", "estimate_panel", "within_coefficients"]
