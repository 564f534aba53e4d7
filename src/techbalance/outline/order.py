"""In what order are the steps of an expression gone through? Parts before what is made of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from techbalance.outline.steps import Outline


def in_order(root: Outline, is_done: Callable[[Outline], bool]) -> list[Outline]:
    """The outlines an outline is made of, each once, parts before what is made of them."""
    order: list[Outline] = []
    seen: set[int] = set()
    stack: list[tuple[Outline, bool]] = [(root, False)]
    while stack:
        one, is_ready = stack.pop()
        if is_ready:
            order.append(one)
        elif id(one) not in seen and not is_done(one):
            seen.add(id(one))
            stack.append((one, True))
            stack.extend([(part, False) for part in one.o_parts[::-1]])
    return order
