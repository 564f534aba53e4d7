"""What does each partner supply of a story in each year, what of it is the product, and where is a break?"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

from techbalance.classifications.stories import REVISIONS, dotted, first_year_of
from techbalance.models.correspondence import measure_drift

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from techbalance.classifications.stories import Era, Part, Story
    from techbalance.models.correspondence import Drift
    from techbalance.questions.stories.cells import Cell, Traded

Row = dict[str, Any]

# A part that cannot be followed breaks the line of the whole story from this share of its value on, in the
# year before or in the year of the switch; below it, it is a seam and its size is told.
BREAK_SHARE: Final = 0.05
# Years before the switch to which shares seen after it are cast back; further back only the code's own value
# bounds what was the product.
REACH: Final = 2


@dataclass(frozen=True)
class Supplier:
    """Whose trade a row shows.

    Parameters
    ----------
    code, name
        How it is shown.
    members
        Partners by year that belong to it: itself, or the members of an area; None for all there are.
    """

    code: str
    name: str
    members: dict[int, frozenset[str]] | None

    def of(self, year: int, traded: Traded) -> frozenset[str]:
        """The partners meant in a year."""
        return frozenset(traded.partners) if self.members is None else self.members[year]


@dataclass(frozen=True)
class Figures:
    """Figures of one story, or of some of its parts.

    Parameters
    ----------
    story, parts
        What is told.
    traded
        What is held.
    years
        Years shown.
    weighs
        Whether unit values are by weight.
    """

    story: Story
    parts: tuple[Part, ...]
    traded: Traded
    years: tuple[int, ...]
    weighs: bool = False

    def _revised(self, year: int) -> int:
        """The year whose codes are in force: that of a panel's one revision, where it has one."""
        if year not in self._in_force:
            name = self.traded.revision(year)
            held = year if name is None else max(first_year_of(name), min(year, _last_year_of(name)))
            self._in_force[year] = held
        return self._in_force[year]

    @cached_property
    def _in_force(self) -> dict[int, int]:
        return {}

    def era(self, part: Part, year: int) -> Era | None:
        """The codes of a part in a year."""
        return part.era(self._revised(year))

    def row(self, supplier: Supplier, year: int, part: Part | None = None) -> Row:
        """The figures of a supplier in a year, of one part or of all that are told."""
        parts = self.parts if part is None else (part,)
        notes: list[str] = []
        row: Row = {
            "period": str(year),
            "year": year,
            "part": part.name if part else None,
            "part_name": part.title if part else None,
            "partner": supplier.code,
            "partner_name": supplier.name,
            "system": self.traded.revision(year),
            "vintage": self.traded.vintages.get(year),
            "break_note": self.break_note(year, part),
        }
        value = self._value(supplier, year, parts, notes)
        row["value_usd"] = value
        if value is not None:
            row |= self._shares(supplier, year, parts, value, notes)
            row |= self._band(supplier, year, parts)
            row |= self._comparable(supplier, year, parts)
            row |= self._unit_value(self._cells(supplier, year, parts), notes)
        row["note"] = "; ".join(dict.fromkeys(notes)) or None
        return row

    def _cells(self, supplier: Supplier, year: int, parts: Iterable[Part]) -> list[Cell]:
        codes = [code for part in parts if (era := self.era(part, year)) is not None for code in era.codes]
        return [
            cell
            for one in sorted(supplier.of(year, self.traded))
            for cell in self.traded.of(year, one, codes)
        ]

    def _value(self, supplier: Supplier, year: int, parts: Sequence[Part], notes: list[str]) -> int | None:
        """Value of the codes held; None with the reason where nothing is."""
        missing = [one for one in supplier.of(year, self.traded) if (one, year) not in self.traded.held]
        if year in self.traded.too_early:
            notes.append("no_vintage_that_early: it was first published after that day")
            return None
        if missing or not supplier.of(year, self.traded):
            notes.append(f"not_covered: {_some(sorted(missing)) or supplier.code} not held for {year}")
            return None
        off = self.traded.uncovered.get(year, {})
        absent, partly, told = [], [], []
        for part in parts:
            era = self.era(part, year)
            if era is None:
                first = part.eras[0].from_year
                notes.append(f"not_covered: {part.title} cannot be told from other goods before {first}")
            elif all(off.get(code) == "none" for code in era.codes):
                absent.append(part.title)
            else:
                told.append(part)
                partly += [part.title] if any(code in off for code in era.codes) else []
        if absent:
            notes.append(f"not_covered: {', '.join(absent)}: not on the list, so not held by partner")
        if not told:
            return None
        if partly:
            notes.append(f"partial: of {', '.join(partly)} only products on the list")
        cells = self._cells(supplier, year, told)
        if not cells and not self.traded.fills_zeros:
            notes.append("not_covered: the panel has no row of these codes, which is no zero")
            return None
        return sum(cell.value for cell in cells)

    @cached_property
    def held_throughout(self) -> tuple[str, ...]:
        """Partners that are held in every year shown; none where all suppliers are held."""
        if self.traded.is_world:
            return ()
        held = self.traded.held
        return tuple(one for one in self.traded.partners if all((one, year) in held for year in self.years))

    def total(self, year: int, parts: Iterable[Part]) -> int:
        """Value of all partners held."""
        return self._together(self.traded.partners, year, tuple(parts))

    def _together(self, partners: tuple[str, ...], year: int, parts: tuple[Part, ...]) -> int:
        """Value of several partners: every supplier of a year is a share of the same."""
        key = (partners, year, tuple(part.name for part in parts))
        if key not in self._sums:
            among = Supplier("", "", {year: frozenset(partners)})
            self._sums[key] = sum(cell.value for cell in self._cells(among, year, parts))
        return self._sums[key]

    @cached_property
    def _sums(self) -> dict[tuple[tuple[str, ...], int, tuple[str, ...]], int]:
        return {}

    def _shares(
        self, supplier: Supplier, year: int, parts: Sequence[Part], value: int, notes: list[str]
    ) -> Row:
        if self.traded.is_world:
            whole = self.total(year, parts)
            if not whole:
                notes.append("no_trade: nothing of this was traded, so there is no share")
            return {"share": value / whole if whole else None}
        notes.append("not_covered: no share of all, since not all partners are held")
        among = self.held_throughout
        if len(among) < 2 or supplier.members is None or not supplier.of(year, self.traded) <= set(among):
            return {}
        whole = self._together(among, year, tuple(parts))
        return {"held_share": value / whole if whole else None}

    def _band(self, supplier: Supplier, year: int, parts: Sequence[Part]) -> Row:
        """The least and the most of the value that is the product itself."""
        low = high = 0.0
        for part in parts:
            era = self.era(part, year)
            if era is None:
                continue
            for one in sorted(supplier.of(year, self.traded)):
                value = sum(cell.value for cell in self.traded.of(year, one, era.codes))
                share = self.share_band(part, one, year) if era.wide else (1.0, 1.0)
                low, high = low + share[0] * value, high + share[1] * value
        return {"product_low_usd": round(low), "product_high_usd": round(high)}

    def share_band(self, part: Part, partner: str, year: int) -> tuple[float, float]:
        """Bounds of the product's share in a wide code: cast back from after the switch, else 0 and 1."""
        after = self._narrowed(part)
        drift = self.drift(part)
        shares = self._shares_after(part, partner)
        if after is None or drift is None or not shares or shares[0][0] != after.from_year:
            return 0.0, 1.0
        years = after.from_year - year
        return drift.band(shares[0][1], years) if 0 < years <= REACH else (0.0, 1.0)

    def _narrowed(self, part: Part) -> Era | None:
        """The era in which a wide code with a family was divided."""
        found = [later for era, later in pairwise(part.eras) if era.wide and era.family and later.family]
        return found[-1] if found else None

    def _shares_after(self, part: Part, partner: str) -> list[tuple[int, float]]:
        """Years one after the other from the switch on, each with the product's share in the family."""
        after = self._narrowed(part)
        found: list[tuple[int, float]] = []
        for year in self.traded.years:
            if after is None or part.era(year) is not after or self.era(part, year) is not after:
                continue
            whole = sum(cell.value for cell in self.traded.of(year, partner, after.family))
            own = sum(cell.value for cell in self.traded.of(year, partner, after.codes))
            if not whole or self._has_gaps(after.family, year) or (found and found[-1][0] != year - 1):
                break
            found.append((year, own / whole))
        return found

    def _has_gaps(self, codes: Iterable[str], year: int) -> bool:
        return any(code in self.traded.uncovered.get(year, {}) for code in codes)

    def drift(self, part: Part) -> Drift | None:
        """How shares of a divided code move from year to year; None where that is not seen."""
        series = [self._shares_after(part, one) for one in self.traded.partners]
        return measure_drift([[share for _, share in one] for one in series if one])

    def _comparable(self, supplier: Supplier, year: int, parts: Sequence[Part]) -> Row:
        total = 0
        for part in parts:
            codes = part.comparable(tuple(self._revised(one) for one in self.years)).get(self._revised(year))
            if not codes or self._has_gaps(codes, year):
                return {"comparable_usd": None}
            for one in sorted(supplier.of(year, self.traded)):
                total += sum(cell.value for cell in self.traded.of(year, one, codes))
        return {"comparable_usd": total}

    def _unit_value(self, cells: Sequence[Cell], notes: list[str]) -> Row:
        value = sum(cell.value for cell in cells)
        measured = [
            (cell.value, cell.weight if self.weighs else cell.quantity, "kg" if self.weighs else cell.unit)
            for cell in cells
        ]
        known = [(usd, amount, unit) for usd, amount, unit in measured if amount and unit]
        if not known:
            if value:
                notes.append("not_covered: no quantity is held")
            return {}
        units = sorted({unit for _, _, unit in known})
        if len(units) > 1:
            notes.append(f"unit_differs: quantities are in {' and '.join(units)}")
            return {}
        covered = sum(usd for usd, _, _ in known)
        return {
            "unit_value": covered / sum(amount for _, amount, _ in known),
            "quantity_unit": units[0],
            "quantity_share": covered / value,
        }

    def breaks(self, year: int, part: Part | None = None) -> list[tuple[str, str]]:
        """Kind (``break``, ``seam``) and text of what happened to the codes since the year shown before."""
        earlier = [one for one in self.years if one < year]
        if not earlier:
            return []
        found = []
        for one in self.parts if part is None else (part,):
            for era in one.joins(self._revised(earlier[-1]), self._revised(year)):
                kind, size = self._weighed(one, era, part is None)
                found.append((kind, f"{era.from_year}: {era.why}{size}"))
        return found

    def _weighed(self, part: Part, era: Era, of_story: bool) -> tuple[str, str]:
        """A break of a small part is a seam of the whole; its share is told."""
        if era.join == "seam" or not of_story or len(self.parts) == 1:
            return era.join, ""
        shares = []
        for year in self._around(era):
            whole = self.total(year, self.parts)
            shares.append(self.total(year, (part,)) / whole if whole else 1.0)
        largest = max(shares, default=1.0)
        if largest >= BREAK_SHARE:
            return "break", ""
        return "seam", f" ({part.title} are at most {largest:.1%} of the value)"

    def _around(self, era: Era) -> list[int]:
        before = [year for year in self.traded.years if self._revised(year) < era.from_year]
        after = [year for year in self.traded.years if self._revised(year) >= era.from_year]
        return before[-1:] + after[:1]

    def break_note(self, year: int, part: Part | None = None) -> str | None:
        """What happened to the codes, breaks first; None where nothing did."""
        found = sorted(self.breaks(year, part))
        return "; ".join(f"{kind} in {text}" for kind, text in found) or None

    def codes_in_use(self) -> set[str]:
        """Codes that went into the figures of the years shown."""
        found = set()
        for part in self.parts:
            for year in self.years:
                era = self.era(part, year)
                found |= set(era.codes if era else ())
            for codes in part.comparable(tuple(self._revised(one) for one in self.years)).values():
                found |= set(codes)
        return found

    def off_list(self) -> list[str]:
        """Codes in use in the years shown of which nothing, or not all, is held."""
        found = set()
        for year in self.years:
            eras = [self.era(part, year) for part in self.parts]
            codes = {code for era in eras if era is not None for code in era.codes}
            found |= codes & set(self.traded.uncovered.get(year, {}))
        return sorted(found)

    def codes_told(self) -> str:
        """The codes in use in the years shown, by revision, for a note."""
        by_revision: dict[str, list[str]] = {}
        for year in self.years:
            codes = by_revision.setdefault(self.traded.revision(year) or "", [])
            for part in self.parts:
                era = self.era(part, year)
                codes += [dotted(code) for code in (era.codes if era else ()) if dotted(code) not in codes]
        told = (f"{name} {', '.join(codes)}" for name, codes in by_revision.items() if codes)
        return "; ".join(told) or "none in these years"


def _last_year_of(revision: str) -> int:
    """Last year of a revision; far ahead for the newest."""
    starts = sorted(REVISIONS)
    place = next(at for at, start in enumerate(starts) if REVISIONS[start] == revision)
    return starts[place + 1] - 1 if place + 1 < len(starts) else 9999


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
