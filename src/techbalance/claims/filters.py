"""Do the filters fit the measure? Defaults for those left out, and what is wrong with those given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from techbalance.claims.measures import MEASURES

DEFAULTS: Final[dict[str, str]] = {"series": "atp", "partner": "WORLD", "group": "all", "by": "partner"}


@dataclass(frozen=True, slots=True)
class Misfit:
    """One thing in a claim file that does not fit: where, what was found, what was expected.

    ``known`` are the words that would have been accepted there, for "did you mean".
    """

    key: str
    found: str
    expected: str
    known: tuple[str, ...] = ()


def with_defaults(name: str, given: Mapping[str, object]) -> dict[str, object]:
    """Add the default of every filter that measure ``name`` takes and ``given`` leaves out."""
    measure = MEASURES[name]
    filled = dict(given)
    for key in measure.takes:
        if key in DEFAULTS:
            filled.setdefault(key, DEFAULTS[key])
    if "flow" in measure.takes:
        filled.setdefault("flow", measure.flows[0])
    return filled


def filter_misfit(name: str, given: Mapping[str, object]) -> Misfit | None:
    """Say what is wrong with the filters of measure ``name``, or None.

    Parameters
    ----------
    name
        A key of ``MEASURES``.
    given
        The filters by the names a file uses (``from``, not ``from_year``), without those left out.
    """
    measure = MEASURES[name]
    for key in given:
        if key not in measure.filters:
            takes = ", ".join(measure.filters) or "no filter"
            return Misfit(
                f"filters.{key}", f"{key!r}", f"a filter that {name} takes: {takes}", measure.filters
            )
    for key in measure.needs:
        if key not in given:
            return Misfit(f"filters.{key}", "nothing", f"{key}, which {name} needs")
    flow = given.get("flow")
    if flow is not None and flow not in measure.flows:
        return Misfit("filters.flow", f"{flow!r}", f"one of {', '.join(measure.flows)}", measure.flows)
    return _span_misfit(name, given) or _rank_misfit(name, given) or _share_misfit(name, given)


def _span_misfit(name: str, given: Mapping[str, object]) -> Misfit | None:
    first, last = given.get("from"), given.get("to")
    if not isinstance(first, int) or not isinstance(last, int):
        return None
    if name == "sign":
        return None if first <= last else Misfit("filters.to", str(last), f"a year not before {first}")
    return None if first < last else Misfit("filters.to", str(last), f"a year after {first}")


def _rank_misfit(name: str, given: Mapping[str, object]) -> Misfit | None:
    if name != "rank":
        return None
    ranked = str(given.get("by", DEFAULTS["by"]))
    if given.get(ranked, DEFAULTS[ranked]) == DEFAULTS[ranked]:
        return Misfit(f"filters.{ranked}", "nothing", f"the {ranked} whose rank is stated")
    return None


def _share_misfit(name: str, given: Mapping[str, object]) -> Misfit | None:
    named = [key for key in ("partner", "group") if given.get(key, DEFAULTS[key]) != DEFAULTS[key]]
    if name != "flow_share" or named:
        return None
    return Misfit("filters.partner", "nothing", "the partner, or the group, whose share is stated")
