"""Can every group of countries pay for what it buys from the others, given the routes that are open?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.sparse.csgraph import connected_components  # type: ignore[import-untyped]

from techbalance.errors import ModelInputError
from techbalance.models.validation import Note, name_some

if TYPE_CHECKING:
    from techbalance.models.validation import BoolArray, FloatArray

BALANCED: Final = 1e-9
"""Net deficit of a group, as a part of world output, that counts as none."""


def refuse_unpayable(
    routes: BoolArray, deficit: FloatArray, labels: tuple[str, ...], *, fixed: bool = True
) -> tuple[Note, ...]:
    """Raise where no wages whatever could balance payments; note where they are not comparable.

    A group that cannot trade with the rest must have no deficit with it. A group that only sells must lend,
    and one that only buys must borrow.

    Parameters
    ----------
    routes
        [exporter, importer], whether anything can flow; the diagonal is ignored.
    deficit
        [country], net borrowing as a part of world output.
    labels
        Of the countries.
    fixed
        Whether the deficits stay as they are; if not, only groups without any route are judged.

    Returns
    -------
    tuple of Note
        ``wage_undetermined`` where the world falls into parts that do not trade, else empty.

    Raises
    ------
    ModelInputError
        A group cannot finance its trade; its members are named.
    """
    if _all_linked(routes):
        return ()
    open_routes = routes & ~np.eye(len(labels), dtype=np.bool_)
    count, part = connected_components(open_routes, directed=True, connection="strong")
    net = np.bincount(part, weights=deficit, minlength=count)
    between = np.zeros((count, count), dtype=np.bool_)
    sellers, buyers = np.nonzero(open_routes)
    between[part[sellers], part[buyers]] = True
    np.fill_diagonal(between, False)
    sells: BoolArray = np.asarray(between.any(axis=1))
    buys: BoolArray = np.asarray(between.any(axis=0))
    for group in range(count):
        problem = ""
        if not sells[group] and not buys[group] and abs(net[group]) > BALANCED:
            problem = "cannot trade with the rest of the world while a deficit or surplus has to be financed"
        elif fixed and sells[group] and not buys[group] and net[group] > -BALANCED:
            problem = "can sell to the rest of the world but not buy from it, and lends nothing"
        elif fixed and buys[group] and not sells[group] and net[group] < BALANCED:
            problem = "can buy from the rest of the world but not sell to it, and borrows nothing"
        if problem:
            members = [name for name, one in zip(labels, part, strict=True) if one == group]
            raise ModelInputError(
                f"{name_some(members)} {problem}",
                where="deficits and open routes",
                remedy="Keep or remove the deficits instead, or leave a route open in each direction",
            )
    parts, _ = connected_components(open_routes, directed=False)
    if parts == 1:
        return ()
    text = (
        f"the world falls into {parts} parts that do not trade; wages, and the real size of deficits kept in "
        "dollars, are comparable inside a part only"
    )
    return (Note("wage_undetermined", text),)


def _all_linked(routes: BoolArray) -> bool:
    """Tell whether every country reaches every other, along open routes, in both directions."""
    for steps in (routes, routes.T):
        reached = np.zeros(steps.shape[0], dtype=np.bool_)
        reached[0] = True
        found = 0
        while found < int(reached.sum()) < reached.size:
            found = int(reached.sum())
            reached = reached | steps[reached].any(axis=0)
        if not reached.all():
            return False
    return True
