"""Where is the translation workbook? One file, handed to ``ingest`` as it came."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from techbalance.errors import ParameterError
from techbalance.sources.adapter import HandedOver, Part

if TYPE_CHECKING:
    from collections.abc import Sequence

    from techbalance.sources.adapter import Request
    from techbalance.sources.declaration import Declaration


class UsitcLists(HandedOver):
    """Adapter of ``usitc-lists``."""

    id = "usitc-lists"
    options: frozenset[str] = frozenset()

    def locate(self, request: Request, declaration: Declaration) -> Sequence[Part]:
        """One file with every year: a span is refused, since the publisher has no other."""
        if request.first or request.last:
            raise ParameterError(
                f"{self.id} is one file with every year",
                where="--from, --to",
                remedy="Leave the span out",
            )
        address = declaration.addresses["workbook"]
        size = declaration.gates.about_bytes
        return [Part(address.rsplit("/", 1)[-1], address, "xlsb", about_bytes=size)]


ADAPTER: Final = UsitcLists()
