"""Splits of one or two flows as the rows of an answer: each part's effects in order, largest part first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa

from techbalance.questions.decompositions.split import Split
from techbalance.questions.parameters.change import CHANGE
from techbalance.questions.selection import REST

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from techbalance.models.validation import BoolArray, FloatArray, IntArray
    from techbalance.questions.decompositions.split import Extra

OTHERS_NAME: Final = "all others"
ZERO_CHANGE: Final = "zero_denominator: the whole did not change, so nothing made a part of it"
FROM_ZERO: Final = "from_zero: nothing at the start to grow from"
SIGN_DIFFERS: Final = (
    "sign_differs: from surplus to deficit or back, so growth has no meaning; see change_usd"
)
TYPES: Final = {
    "from_usd": pa.int64(),
    "to_usd": pa.int64(),
    "change_usd": pa.int64(),
    "contribution_ratio": pa.float64(),
    "base_points": pa.float64(),
    "growth_ratio": pa.float64(),
    "growth_of": pa.string(),
    "months": pa.int8(),
    "from_vintage": pa.date32(),
    "to_vintage": pa.date32(),
    "note": pa.string(),
}


@dataclass(frozen=True)
class Span:
    """Two years that are compared, and as of when each is known.

    Parameters
    ----------
    start, end
        The years.
    months
        Months of each: 12, or those of the year so far.
    from_vintage, to_vintage
        Newest vintage of the figures of each; None for a file.
    """

    start: int
    end: int
    months: int = 12
    from_vintage: dt.date | None = None
    to_vintage: dt.date | None = None


@dataclass(frozen=True)
class Joined:
    """Splits of the flows of one measure on shared parts, imports with their sign turned in a balance."""

    parts: tuple[tuple[str, ...], ...]
    start: IntArray
    end: IntArray
    flows: tuple[str, ...]
    effects: tuple[str, ...]
    dollars: IntArray
    undefined: BoolArray
    reasons: tuple[str | None, ...]
    remarks: tuple[str | None, ...]
    extras: dict[str, tuple[pa.DataType, FloatArray, BoolArray]]


def joined(splits: Sequence[Split], *, balance: bool) -> Joined:
    """Lay the splits of one measure side by side.

    Parameters
    ----------
    splits
        One for each flow.
    balance
        Whether imports count against exports.
    """
    labels = sorted({label for split in splits for label in split.parts})
    place = {label: at for at, label in enumerate(labels)}
    size, width = len(labels), sum(len(split.effects) for split in splits)
    start, end = np.zeros(size, dtype=np.int64), np.zeros(size, dtype=np.int64)
    dollars = np.zeros((size, width), dtype=np.int64)
    undefined = np.zeros((size, width), dtype=np.bool_)
    extras: dict[str, tuple[pa.DataType, FloatArray, BoolArray]] = {}
    column = 0
    for split in splits:
        sign = -1 if balance and split.flow == "import" else 1
        at = np.fromiter((place[label] for label in split.parts), dtype=np.int64, count=len(split.parts))
        start[at] += sign * split.start
        end[at] += sign * split.end
        columns = slice(column, column + len(split.effects))
        dollars[at, columns] = sign * split.dollars
        undefined[at, columns] = split.undefined
        for extra in split.extras:
            _lay(extras, extra, split, at, column, sign, (size, width))
        column += len(split.effects)
    return Joined(
        tuple(labels),
        start,
        end,
        tuple(split.flow for split in splits for _ in split.effects),
        tuple(name for split in splits for name in split.effects),
        dollars,
        undefined,
        tuple(split.reasons.get(name) for split in splits for name in split.effects),
        tuple(split.remarks.get(name) for split in splits for name in split.effects),
        extras,
    )


def _lay(  # noqa: PLR0913, PLR0917 - where to lay what
    extras: dict[str, tuple[pa.DataType, FloatArray, BoolArray]],
    extra: Extra,
    split: Split,
    at: IntArray,
    column: int,
    sign: int,
    shape: tuple[int, int],
) -> None:
    if extra.name not in extras:
        extras[extra.name] = (extra.type, np.zeros(shape), np.ones(shape, dtype=np.bool_))
    _, figures, hidden = extras[extra.name]
    turned = sign if extra.name.endswith("_usd") else 1
    for name, values in extra.figures.items():
        where = column + split.effects.index(name)
        figures[at, where] = turned * np.ma.getdata(values)
        hidden[at, where] = np.ma.getmaskarray(values)


def only_largest(found: Joined, top: int | None) -> Joined:
    """Keep the parts that changed most, and put all others, so that the parts still add up."""
    change = found.end - found.start
    rest = [at for at, label in enumerate(found.parts) if REST in label]
    order = sorted(
        set(range(len(found.parts))) - set(rest), key=lambda at: (-abs(int(change[at])), found.parts[at])
    )
    if top is None or len(order) <= top:
        return _taken(found, [*order, *rest])
    kept = _taken(found, order[:top])
    others = np.array([*order[top:], *rest])
    label = tuple(REST for _ in found.parts[0])
    return Joined(
        (*kept.parts, label),
        np.append(kept.start, found.start[others].sum()),
        np.append(kept.end, found.end[others].sum()),
        found.flows,
        found.effects,
        np.vstack([kept.dollars, found.dollars[others].sum(axis=0)]),
        np.vstack([kept.undefined, found.undefined[others].all(axis=0)]),
        found.reasons,
        found.remarks,
        {
            name: (
                kind,
                np.vstack([figures, np.zeros(figures.shape[1])]),
                np.vstack([hidden, ~hidden[:1] | True]),
            )
            for name, (kind, figures, hidden) in kept.extras.items()
        },
    )


def _taken(found: Joined, order: list[int]) -> Joined:
    at = np.array(order, dtype=np.int64)
    return Joined(
        tuple(found.parts[place] for place in order),
        found.start[at],
        found.end[at],
        found.flows,
        found.effects,
        found.dollars[at],
        found.undefined[at],
        found.reasons,
        found.remarks,
        {name: (kind, figures[at], hidden[at]) for name, (kind, figures, hidden) in found.extras.items()},
    )


def as_table(  # noqa: PLR0913 - the parts of one table
    found: Joined,
    keys: Sequence[str],
    names: dict[str, dict[str, str]],
    span: Span,
    *,
    whole: tuple[int, int],
    balance: bool,
    part_notes: dict[str, str] | None = None,
    period: str | None = None,
) -> pa.Table:
    """Write the rows: one per part and effect.

    Parameters
    ----------
    found
        Parts and effects in the order in which they are shown.
    keys
        Keys of the parts.
    names
        Name of each label, by key.
    span
        The years.
    whole
        Value of all parts together in both years.
    balance
        Whether the values are a balance: growth across a change of sign has no meaning.
    part_notes
        What must be known of a partner.
    period
        The step, where there are several.
    """
    size, width = found.dollars.shape
    after = found.start[:, None] + np.cumsum(found.dollars, axis=1)
    hidden = found.undefined.ravel()
    change = found.dollars.ravel()
    shown = {
        "from_usd": (after - found.dollars).ravel(),
        "to_usd": after.ravel(),
        "change_usd": change,
    }
    columns: dict[str, Any] = {}
    if period is not None:
        columns["period"] = pa.array([period] * (size * width), pa.string())
    for place, key in enumerate(keys):
        labels = [part[place] for part in found.parts]
        columns[key] = _repeated(labels, width)
        columns[f"{key}_name"] = _repeated([_name(names[key], label) for label in labels], width)
    columns["effect"] = pa.array(list(found.effects) * size, pa.string())
    columns["flow"] = pa.array(list(found.flows) * size, pa.string())
    for name, values in shown.items():
        columns[name] = pa.array(values, TYPES[name], mask=hidden)
    moved = whole[1] - whole[0]
    columns["contribution_ratio"] = _over(change, np.full(change.size, moved), hidden)
    columns["base_points"] = _over(change, np.full(change.size, abs(whole[0])), hidden)
    same_sign = np.sign(found.start) == np.sign(found.end)
    grows = (found.start != 0) & (same_sign if balance else True)
    base = np.repeat(np.where(grows, found.start, 0), width)
    columns["growth_ratio"] = _over(change, base, hidden)
    of = np.where(found.start < 0, "deficit", "surplus") if balance else np.full(size, "flow")
    columns["growth_of"] = pa.array(
        np.repeat(of, width).astype(object), pa.string(), mask=hidden | (base == 0)
    )
    columns["months"] = pa.array(np.full(change.size, span.months), TYPES["months"])
    for name in ("from_vintage", "to_vintage"):
        columns[name] = pa.array([getattr(span, name)] * change.size, pa.date32())
    columns["note"] = pa.array(_notes(found, keys, moved, whole[0], grows, part_notes or {}), pa.string())
    for name, (kind, figures, masked) in found.extras.items():
        told = np.rint(figures).astype(np.int64) if pa.types.is_integer(kind) else figures
        columns[name] = pa.array(told.ravel(), kind, mask=masked.ravel())
    front = [name for name in columns if name not in CHANGE.columns and name not in found.extras]
    # Beside the change stands what the way itself measures.
    order = [*front, *CHANGE.columns[:3], *found.extras, *CHANGE.columns[3:]]
    return pa.table({name: columns[name] for name in order})


def _name(names: dict[str, str], label: str) -> str | None:
    return OTHERS_NAME if label == REST and label not in names else names.get(label)


def _repeated(values: Sequence[str | None], width: int) -> pa.Array:
    return pa.array(values, pa.string()).take(pa.array(np.repeat(np.arange(len(values)), width)))


def _over(part: IntArray, whole: IntArray, hidden: BoolArray) -> pa.Array:
    known = ~hidden & (whole != 0)
    ratio = np.divide(part, whole, out=np.zeros(part.size), where=known)
    # Adding zero turns a minus zero into a plain one.
    return pa.array(ratio + 0.0, pa.float64(), mask=~known)


def _notes(  # noqa: PLR0913, PLR0917 - every reason
    found: Joined, keys: Sequence[str], moved: int, base: int, grows: BoolArray, part_notes: dict[str, str]
) -> list[str | None]:
    """Why figures of a row are null, and what must be known of its effect and its part."""
    size, width = found.dollars.shape
    partner = list(keys).index("partner") if "partner" in keys else None
    notes: list[str | None] = []
    for part in range(size):
        own = []
        if moved == 0:
            own.append(ZERO_CHANGE)
        if found.start[part] == 0 or base == 0:
            own.append(FROM_ZERO)
        elif not grows[part]:
            own.append(SIGN_DIFFERS)
        if partner is not None and (told := part_notes.get(found.parts[part][partner])):
            own.append(told)
        plain = "; ".join(own) or None
        for effect in range(width):
            reason, remark = found.reasons[effect], found.remarks[effect]
            if found.undefined[part, effect] and reason:
                notes.append("; ".join([reason, *own]))
            elif remark and found.dollars[part, effect]:
                notes.append("; ".join([remark, *own]))
            else:
                notes.append(plain)
    return notes


def nothing(keys: Sequence[str], why: str) -> pa.Table:
    """One row of nulls and the reason, in place of no row at all."""
    columns: dict[str, Any] = {}
    for key in keys:
        columns[key] = pa.array([None], pa.string())
        columns[f"{key}_name"] = pa.array([None], pa.string())
    for name in ("effect", "flow"):
        columns[name] = pa.array([None], pa.string())
    for name in CHANGE.columns:
        columns[name] = pa.array([why if name == "note" else None], TYPES[name])
    return pa.table(columns)
