"""Which part of trade was asked about, in the words of a sentence: ``from China``, ``in Electronics``?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from techbalance.charts.text import country, listing, tariff_code
from techbalance.classifications.groups import GROUPS
from techbalance.classifications.partners import COMBINED_NAMES, COMMON_AREAS, taken_apart
from techbalance.errors import UnknownCodeError
from techbalance.questions.parameters.texts import LAST_YEAR, ProductRef
from techbalance.questions.selection import partner_book

if TYPE_CHECKING:
    from collections.abc import Iterable

    from techbalance.store.catalogue import Store

_AREAS: Final = {
    **{name: f"the {name}" for name in ("EU27", "EU28", "OECD", "G7")},
    "EA": "the euro area",
    "FVEY": "the Five Eyes",
}
"""Areas that take an article or a name of their own in a sentence; the others are called by their code."""
_LINKS: Final = {"import": "from", "export": "to"}


def partners_in_words(store: Store, names: Iterable[str]) -> str:
    """Name partners and areas as a sentence does: ``China``, ``the EU27``, ``China and Mexico``.

    Parameters
    ----------
    store
        Who knows the partners.
    names
        Names, codes or areas as ``PartnerRef`` holds them.

    Raises
    ------
    UnknownCodeError
        A name nobody knows.
    """
    book = partner_book(store)
    book.members(names)
    areas = {row[key].casefold(): row["area"] for row in book.areas for key in ("area_name", "area")}
    areas |= COMMON_AREAS
    official = {row["code"]: row for row in book.partners}
    words = []
    for name in dict.fromkeys(one for text in names for one in taken_apart(text, book.named)):
        area = areas.get(name.casefold())
        if area is not None:
            words.append(_AREAS.get(area, area))
            continue
        # A country that changed its code is called as it is today.
        rows = sorted((official[member.code] for member in book.named(name) or ()), key=_until)
        words.append(country(COMBINED_NAMES.get(rows[-1]["iso3"], rows[-1]["name"])))
    return listing(words)


def _until(row: dict[str, Any]) -> int:
    return int(row["to_year"] or LAST_YEAR)


def _partners_asked_for(store: Store, names: Iterable[str]) -> str:
    """Name the partners of a question that was answered: a table of the user's has labels of its own."""
    try:
        return partners_in_words(store, names)
    except UnknownCodeError:
        return listing(list(names))


def groups_in_words(codes: Iterable[str]) -> str:
    """Name technology groups as a sentence does."""
    return listing([GROUPS.get(code, code) for code in codes])


def within(params: Any, store: Store, flow: str | None = None) -> str:  # noqa: ANN401 - of several questions
    """Say of which partners, groups and products figures are; empty when they are of all.

    Parameters
    ----------
    params
        What was asked.
    store
        Who knows the partners.
    flow
        ``import`` or ``export``, where only one is shown; what was asked for when left out.
    """
    said = []
    if getattr(params, "partner", None) is not None:
        link = _LINKS.get(flow or getattr(params, "flow", None) or "", "with")
        said.append(f"{link} {_partners_asked_for(store, params.partner)}")
    if getattr(params, "group", None) is not None:
        said.append(f"in {groups_in_words(params.group)}")
    if isinstance(getattr(params, "product", None), ProductRef):
        said.append(f"in {listing([tariff_code(code) for code in params.product])}")
    return " ".join(said)
