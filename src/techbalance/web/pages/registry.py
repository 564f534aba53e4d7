"""Which pages are there? One list: what stands in it is served, listed, tested and written to the site."""

from __future__ import annotations

from typing import Final

from techbalance.web.pages import (
    claims,
    data,
    dependence,
    explorer,
    ideas,
    overview,
    partner,
    question,
    story,
    whatif,
)
from techbalance.web.pages.page import Page

PAGES: Final[tuple[Page, ...]] = (
    overview.PAGE,
    explorer.PAGE,
    partner.PAGE,
    story.PAGE,
    dependence.PAGE,
    ideas.PAGE,
    whatif.PAGE,
    claims.PAGE,
    data.PAGE,
    question.LIST,
    *question.PAGES,
)
