"""Where are the monthly archives at ten digits? One file a month and flow, handed to ``ingest``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from techbalance.sources import census_api
from techbalance.sources.adapter import HandedOver, Part
from techbalance.sources.census_hitech.adapter import asked_flows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from techbalance.sources.adapter import Request
    from techbalance.sources.declaration import Declaration

# Folder and name of each flow's archives: {YYYY}/Merch/im_m/IMDB{YYMM}.ZIP.
PLACES: Final = {"import": ("im_m", "IMDB"), "export": ("ex_m", "EXDB")}


class CensusBulk(HandedOver):
    """Adapter of ``census-bulk``."""

    id = "census-bulk"
    options = frozenset({"flow"})

    def locate(self, request: Request, declaration: Declaration) -> Sequence[Part]:
        """One archive for each month and flow."""
        first, last = census_api.asked_span(
            request, first_year=declaration.coverage[0].from_year, source=self.id
        )
        parts = []
        for start, _ in census_api.windows(first, last, 1):
            for flow in asked_flows(request):
                folder, name = PLACES[flow]
                file = f"{name}{start.year % 100:02d}{start.month:02d}.ZIP"
                parts.append(
                    Part(
                        name=file,
                        address=f"{declaration.address}{start.year}/Merch/{folder}/{file}",
                        form="zip",
                        batch=file,
                        about_bytes=declaration.gates.about_bytes,
                        facts={"flow": flow, "month": str(start)},
                    )
                )
        return parts


ADAPTER: Final = CensusBulk()
