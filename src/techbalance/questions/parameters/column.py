"""What is known of one column of an answer: its kind, its unit, and what it holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["money", "ratio", "count", "number", "code", "name", "date", "text", "flag", "measured"]


@dataclass(frozen=True)
class Column:
    """One column.

    Parameters
    ----------
    kind
        How it is written for people: money scales to billions, a ratio to percent where that helps;
        ``measured`` is in the unit that the column ``unit`` of the same row names.
    unit
        Unit in words; empty for codes and texts.
    says
        What it holds, its sign, and when it is null.
    """

    kind: Kind
    unit: str
    says: str
