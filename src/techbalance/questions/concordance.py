"""Which product codes belong together between two years, and how are goods divided? ``concordance``."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa

from techbalance.classifications.families import Family, families_of
from techbalance.models.correspondence import estimate_weights
from techbalance.questions.answer import Answer, Lineage
from techbalance.questions.parameters.stories import CONCORDANCE, ConcordanceParams
from techbalance.questions.stories.codes import VALUES, codes_between
from techbalance.questions.wording import money

if TYPE_CHECKING:
    from techbalance.questions.stories.codes import Codes
    from techbalance.store.catalogue import Store

Row = dict[str, Any]
FAMILIES: Final = {
    "family": pa.string(),
    "family_kind": pa.string(),
    "family_size": pa.int64(),
    "old_codes": pa.string(),
    "new_codes": pa.string(),
    "from_usd": pa.int64(),
    "to_usd": pa.int64(),
    "link_basis": pa.string(),
    "note": pa.string(),
}
WEIGHTS: Final = {
    "family": pa.string(),
    "old_code": pa.string(),
    "new_code": pa.string(),
    "weight_low": pa.float64(),
    "weight": pa.float64(),
    "weight_high": pa.float64(),
    "heldout_error": pa.float64(),
    "observations": pa.int64(),
    "link_basis": pa.string(),
    "note": pa.string(),
}
# A family of more codes than this is told with its value: it says little about any one product.
LARGE: Final = 5
# Solved weights are good to about eight decimals (models.correspondence).
STEADY_DIGITS: Final = 6


def run(params: ConcordanceParams, store: Store) -> Answer:
    """Answer ``concordance``: one row per family of codes, or with weights one per link within it."""
    codes = codes_between(params, store)
    found = families_of(codes.old, codes.new, codes.links)
    notes = [*codes.notes, *_census(found, codes)]
    shown = [
        family
        for family in found
        if (params.unchanged or family.kind != "same")
        and (params.product is None or any(code.startswith(tuple(params.product)) for code in family.members))
    ]
    shown.sort(key=lambda family: (-_size(family, codes), family.name))
    if len(shown) > params.top:
        notes.append(f"The first {params.top} of {len(shown):,} families by value; --top shows more.")
    shown = shown[: params.top]
    if params.weights:
        rows = [row for family in shown for row in _weights(family, codes, params)]
        schema = pa.schema(list(WEIGHTS.items()))
        notes.append(
            f"Weights: least squares over suppliers on {codes.first} and {codes.last}, at least 0, adding to "
            f"1 by old code; band: 5th to 95th percentile of {params.draws} draws of suppliers, seed "
            f"{params.seed}."
        )
    else:
        rows = [_row(family, codes) for family in shown]
        schema = pa.schema(list(FAMILIES.items()))
    if not rows:
        rows = [{"note": "no_match: no family of codes changed"}]
    table = pa.Table.from_pylist(rows, schema=schema)
    return Answer(CONCORDANCE, params, store, table, tuple(notes), _lineage(shown, codes, params))


def _lineage(shown: list[Family], codes: Codes, params: ConcordanceParams) -> tuple[Lineage, ...]:
    """Stored trade in the codes of the families shown."""
    if codes.stored is None:
        return ()
    members = sorted({code for family in shown for code in family.members})
    kept = codes.stored.year.isin([codes.first, codes.last]) & codes.stored["product"].isin(members or [""])
    value = VALUES[params.flow]
    return (Lineage("trade", codes.stored.filter(kept), f"sum of {value} by family of codes", value=value),)


def _size(family: Family, codes: Codes) -> int:
    return (codes.total(codes.first, family.old) or 0) + (codes.total(codes.last, family.new) or 0)


def _row(family: Family, codes: Codes) -> Row:
    value = codes.total(codes.first, family.members), codes.total(codes.last, family.members)
    notes = []
    if family.kind == "died":
        notes.append("where its goods went is not known")
    elif family.kind == "born":
        notes.append("where its goods came from is not known")
    if None in value:
        missing = [year for year, usd in zip((codes.first, codes.last), value, strict=True) if usd is None]
        notes.append(f"no_trade: no trade of it is held for {' and '.join(map(str, missing))}")
    return {
        "family": family.name,
        "family_kind": family.kind,
        "family_size": len(family.members),
        "old_codes": " ".join(family.old) or None,
        "new_codes": " ".join(family.new) or None,
        "from_usd": value[0],
        "to_usd": value[1],
        "link_basis": family.basis,
        "note": "; ".join(notes) or None,
    }


def _census(found: tuple[Family, ...], codes: Codes) -> list[str]:
    """How many families of each kind there are, and how much value the large ones hold."""
    kinds = Counter(family.kind for family in found)
    said = ", ".join(f"{count:,} {kind}" for kind, count in kinds.most_common())
    noun = "family" if len(found) == 1 else "families"
    notes = [f"{len(found):,} {noun} between {codes.first} and {codes.last}: {said}."]
    large = [family for family in found if len(family.members) > LARGE]
    whole = sum(codes.total(codes.last, family.new) or 0 for family in found)
    if large and whole:
        held = sum(codes.total(codes.last, family.new) or 0 for family in large)
        notes.append(
            f"{len(large):,} have more than {LARGE} codes, with {money(held)} in {codes.last}, "
            f"{held / whole:.1%} of what is compared."
        )
    return notes


def _weights(family: Family, codes: Codes, params: ConcordanceParams) -> list[Row]:
    """Weights of one family: a row for each old and new code that may be joined."""
    if not family.old or not family.new:
        kind = "came from" if not family.old else "went"
        return [{"family": family.name, "note": f"not_covered: where its goods {kind} is not known"}]
    allowed, basis = _allowed(family)
    pairs = _pairs(codes)
    observed = sorted(
        {
            (partner, pair)
            for pair in pairs
            for year in pair
            for code in family.members
            for partner in codes.by_code.get((year, code), {})
        }
    )
    sides = [
        np.array(
            [
                [float(codes.by_code.get((pair[at], code), {}).get(partner, 0)) for code in side]
                for partner, pair in observed
            ]
        ).reshape(len(observed), len(side))
        for at, side in enumerate((family.old, family.new))
    ]
    both = bool(observed) and bool(((sides[0].sum(axis=1) > 0) & (sides[1].sum(axis=1) > 0)).any())
    if not both:
        note = f"no_trade: no supplier traded it in both {codes.first} and {codes.last}"
        return [
            {
                "family": family.name,
                "old_code": old,
                "new_code": new,
                "link_basis": basis[old, new],
                "note": note,
            }
            for old, new in sorted(basis)
        ]
    folds = [pair if len(pairs) > 1 else partner for partner, pair in observed]
    found = estimate_weights(sides[0], sides[1], allowed, folds=folds, draws=params.draws, seed=params.seed)
    rows = []
    for k, old in enumerate(family.old):
        for j, new in enumerate(family.new):
            if not allowed[k, j]:
                continue
            notes = []
            if not found.is_traded[k]:
                notes.append("no_trade: the old code was not traded, so its weights are equal")
            elif not found.is_identified[k]:
                notes.append("degenerate: it moves with another old code, so nothing tells them apart")
            elif found.observations == 1:
                notes.append("one_observation: one supplier, so nothing says how sure this is")
            rows.append(
                {
                    "family": family.name,
                    "old_code": old,
                    "new_code": new,
                    "weight_low": _steady(found.low[k, j]),
                    "weight": None
                    if not found.is_identified[k] and found.is_traded[k]
                    else _steady(found.central[k, j]),
                    "weight_high": _steady(found.high[k, j]),
                    "heldout_error": None if found.heldout_error is None else _steady(found.heldout_error),
                    "observations": found.observations,
                    "link_basis": basis[old, new],
                    "note": "; ".join(notes) or None,
                }
            )
    return rows


def _steady(value: float) -> float:
    """Drop the digits of a solved weight that depend on how a machine adds up."""
    return round(float(value), STEADY_DIGITS)


def _pairs(codes: Codes) -> list[tuple[int, int]]:
    """The two years, and those beside them where both are held: ``(2020, 2023)`` by ``(2021, 2022)``."""
    years = {year for year, _ in codes.by_code}
    pairs = [(codes.first, codes.last)]
    wider = codes.first - 1, codes.last + 1
    return pairs + ([wider] if set(wider) <= years else [])


def _allowed(family: Family) -> tuple[Any, dict[tuple[str, str], str]]:
    """Which old code may have gone to which new one: as links say, through codes in between too."""
    ahead: dict[str, set[str]] = {}
    for link in family.links:
        ahead.setdefault(link.old, set()).add(link.new)
    basis: dict[tuple[str, str], str] = {}
    weakest = family.basis
    for old in family.old:
        reached, waiting = {old}, [old]
        while waiting:
            for new in ahead.get(waiting.pop(), set()) - reached:
                reached.add(new)
                waiting.append(new)
        # A code that went on may have kept some of its goods.
        for new in sorted(reached & set(family.new)):
            basis[old, new] = weakest if new != old else "stayed"
    allowed = np.array([[(old, new) in basis for new in family.new] for old in family.old])
    return allowed, basis
