"""Which product codes belong together over time, whatever they were called in between?

Codes are born, die, are divided and joined. Two codes linked by a change hold some of the same goods; codes
that hang together through any chain of changes are a family, and only families can be followed from the
first year to the last (Pierce & Schott 2012). Imports (HTS) and exports (Schedule B) have families of their
own: equal numbers there are not equal goods.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.sparse import coo_array  # type: ignore[import-untyped]
from scipy.sparse.csgraph import connected_components  # type: ignore[import-untyped]

if TYPE_CHECKING:
    from collections.abc import Iterable

# Digits by which a code that died is held against codes that were born: the tariff line, then the heading of
# the Harmonized System. A deeper match is never looked for past the first that has any.
PARENT_DIGITS: Final = (8, 6)
NOTICE, PARENT = "notice", "parent"


@dataclass(frozen=True, slots=True, order=True)
class Link:
    """A change that led from an old code to a new one.

    Parameters
    ----------
    old, new
        The codes.
    year
        Year in which it took effect.
    basis
        ``notice``, where somebody who knows says so; ``parent8`` or ``parent6``, where the one code died
        and the other was born under the same eight or six digits, which is a guess.
    """

    old: str
    new: str
    year: int
    basis: str = NOTICE


@dataclass(frozen=True, slots=True)
class Family:
    """Codes that hang together.

    Parameters
    ----------
    members
        All of them, sorted; the first names the family.
    old, new
        Members in force at the start and at the end, sorted.
    links
        The changes that hold it together, sorted; none for a code that stayed what it was.
    """

    members: tuple[str, ...]
    old: tuple[str, ...]
    new: tuple[str, ...]
    links: tuple[Link, ...]

    @property
    def name(self) -> str:
        """The smallest code of the family."""
        return self.members[0]

    @property
    def kind(self) -> str:
        """What happened: same, renamed, split, merge, mixed, died, or born."""
        before, after = len(self.old), len(self.new)
        if not after:
            return "died"
        if not before:
            return "born"
        if before == after == 1:
            return "same" if self.old == self.new else "renamed"
        if before == 1:
            return "split"
        return "merge" if after == 1 else "mixed"

    @property
    def basis(self) -> str:
        """The weakest ground on which it holds together; none where nothing was linked."""
        order = (NOTICE, *(f"{PARENT}{digits}" for digits in PARENT_DIGITS))
        return max((link.basis for link in self.links), key=order.index, default="none")


def families_of(old: Iterable[str], new: Iterable[str], links: Iterable[Link]) -> tuple[Family, ...]:
    """Put codes into time-invariant families: the connected components of the changes between two years.

    Parameters
    ----------
    old, new
        Codes in force at the start and at the end. A code in both is one code.
    links
        The changes in between. A code that only links name, since it was born and died in between, is a
        member.

    Returns
    -------
    tuple of Family
        Every code is in exactly one; a code without links is a family of its own. Sorted by first member.

    Notes
    -----
    METHODS H1; Pierce & Schott 2012, J. Off. Stat. 28:53. Their families also hold every code of a family
    through all years; so do these, for the years between which links are given.

    Examples
    --------
    >>> links = [Link("a", "b", 2022), Link("a", "c", 2022), Link("d", "c", 2022)]
    >>> [family.members for family in families_of(["a", "d"], ["b", "c"], links)]
    [('a', 'b', 'c', 'd')]
    """
    before, after, changes = set(old), set(new), sorted(set(links))
    codes = sorted(before | after | {code for link in changes for code in (link.old, link.new)})
    if not codes:
        return ()
    place = {code: at for at, code in enumerate(codes)}
    ends = np.array([[place[link.old], place[link.new]] for link in changes], dtype=np.int64).reshape(-1, 2)
    graph = coo_array((np.ones(len(ends)), (ends[:, 0], ends[:, 1])), shape=(len(codes), len(codes)))
    count, labels = connected_components(graph, directed=False)
    members: list[list[str]] = [[] for _ in range(count)]
    for code, label in zip(codes, labels, strict=True):
        members[label].append(code)
    held: list[list[Link]] = [[] for _ in range(count)]
    for link in changes:
        held[labels[place[link.old]]].append(link)
    return tuple(
        Family(
            tuple(one),
            tuple(code for code in one if code in before),
            tuple(code for code in one if code in after),
            tuple(own),
        )
        for one, own in sorted(zip(members, held, strict=True))
    )


def guessed_links(old: Iterable[str], new: Iterable[str], year: int) -> tuple[Link, ...]:
    """Guess changes between two lists of codes: what died is linked with what was born under the same parent.

    Parameters
    ----------
    old, new
        All codes of the two lists; a code in both stayed.
    year
        Year of the later list.

    Returns
    -------
    tuple of Link
        With the longest shared parent under which anything was born, eight digits before six. A code that
        died and has none gets no link: where its goods went is not known from lists.
    """
    before, after = set(old), set(new)
    died, born = before - after, after - before
    found: set[Link] = set()
    for code in died:
        for digits in PARENT_DIGITS:
            heirs = {one for one in born if one[:digits] == code[:digits]} if len(code) >= digits else set()
            if heirs:
                found |= {Link(code, heir, year, f"{PARENT}{digits}") for heir in heirs}
                break
    linked = {link.new for link in found}
    for code in born - linked:
        for digits in PARENT_DIGITS:
            sources = {one for one in died if one[:digits] == code[:digits]} if len(code) >= digits else set()
            if sources:
                found |= {Link(one, code, year, f"{PARENT}{digits}") for one in sources}
                break
    return tuple(sorted(found))


def between(links: Iterable[Link], first: int, last: int) -> tuple[Link, ...]:
    """Keep the changes that took effect after the first year and not after the last."""
    return tuple(link for link in links if first < link.year <= last)
