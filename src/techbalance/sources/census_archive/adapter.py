"""Where are the monthly archives at ten digits? One file a month and flow, handed to ``ingest``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from techbalance.errors import CheckError
from techbalance.sources import census_api
from techbalance.sources.adapter import Parsed, Part
from techbalance.sources.census_hitech.adapter import asked_flows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from techbalance.sources.adapter import Delivered, Request
    from techbalance.sources.declaration import Declaration

# Folder and name of each flow's archives: {YYYY}/Merch/im_m/IMDB{YYMM}.ZIP.
PLACES: Final = {"import": ("im_m", "IMDB"), "export": ("ex_m", "EXDB")}


class CensusBulk:
    """Adapter of ``census-bulk``."""

    id = "census-bulk"
    options = frozenset({"flow"})
    hands_over = True

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

    def follow(self, delivered: Delivered) -> Sequence[Part]:
        """Nothing follows."""
        return ()

    def divide(self, part: Part) -> Sequence[Part]:
        """An archive is one file."""
        return ()

    def parse(self, delivered: Delivered) -> Parsed:
        """Archives are read by ``ingest``.

        Raises
        ------
        CheckError
            Always: ``hands_over`` says so.
        """
        raise CheckError("an archive is handed to ingest", where=delivered.part.name)


ADAPTER: Final = CensusBulk()
