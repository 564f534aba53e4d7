"""Where do the page's figures come from, and what do its words mean?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from techbalance.report.blocks import Definitions, Section, Source, Sources

if TYPE_CHECKING:
    from techbalance.report.inquiry import Inquiry


def section(inquiry: Inquiry) -> Section:
    """List the sources of every answer asked for so far; this section comes after those with figures."""
    return Section(
        id="sources",
        title="Sources, vintages and definitions",
        prose=(
            "A vintage is the day on which the publisher's figure was current, or the end of that month. "
            "Every file that was read is listed with its SHA-256, so that its bytes can be recognised "
            "anywhere.",
        ),
        blocks=(
            Definitions(),
            Sources(tuple(Source(one, inquiry.store.sources[one]) for one in inquiry.source_ids)),
        ),
    )
