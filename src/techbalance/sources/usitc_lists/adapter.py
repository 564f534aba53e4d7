"""Where is the translation workbook? One file, handed to ``ingest`` as it came."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from techbalance.errors import CheckError, ParameterError
from techbalance.sources.adapter import Parsed, Part

if TYPE_CHECKING:
    from collections.abc import Sequence

    from techbalance.sources.adapter import Delivered, Request
    from techbalance.sources.declaration import Declaration


class UsitcLists:
    """Adapter of ``usitc-lists``."""

    id = "usitc-lists"
    options: frozenset[str] = frozenset()
    hands_over = True

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

    def follow(self, delivered: Delivered) -> Sequence[Part]:
        """Nothing follows."""
        return ()

    def divide(self, part: Part) -> Sequence[Part]:
        """It is one file."""
        return ()

    def parse(self, delivered: Delivered) -> Parsed:
        """The workbook is read by ``ingest``.

        Raises
        ------
        CheckError
            Always: ``hands_over`` says so.
        """
        raise CheckError("the workbook is handed to ingest", where=delivered.part.name)


ADAPTER: Final = UsitcLists()
