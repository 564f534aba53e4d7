"""What are the figures to know, and where does each lead?"""

from __future__ import annotations

from techbalance.report.sections import balance, key_figures
from techbalance.web.pages.page import Asker, Content, NoParams, Page


def compose(asker: Asker, _: NoParams) -> Content:
    """Compose the first page: key figures, and the charts that matter."""
    return Content(
        heading=key_figures.headline(asker),
        lead=(
            "What the official record says about United States trade in advanced technology products, with "
            "the source, the basis, the vintage and the command behind every figure."
        ),
        key_figures=key_figures.key_figures(asker),
        sections=(balance.section(asker),),
    )


PAGE = Page("/", "Overview", NoParams, compose, "Key figures, and the charts that matter")
