"""How do draws of a model become rows: ranges first, the parts that move most, the tornado?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa

from techbalance.errors import UnknownCodeError
from techbalance.questions.whatif.outcomes import USD, WELFARE, WHOLE, Outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from techbalance.models.validation import FloatArray
    from techbalance.questions.whatif.outcomes import Run

ENDS: Final = (0.05, 0.5, 0.95)
NO_DRAWS: Final = "no_draws: the central case alone, so there is no range"
BOUNDS: Final = "bounds over the sectors the group may lie in; no point inside them is meant"
EVERY: Final = "all models"
ROWS: Final = pa.schema(
    [
        ("outcome", pa.string()),
        ("part", pa.string()),
        ("low", pa.float64()),
        ("central", pa.float64()),
        ("high", pa.float64()),
        ("base", pa.float64()),
        ("model", pa.string()),
        ("unit", pa.string()),
        ("elasticity_source", pa.string()),
        ("closure", pa.string()),
        ("part_name", pa.string()),
        ("modelled", pa.bool_()),
        ("note", pa.string()),
    ]
)
TORNADO: Final = pa.schema(
    [
        ("outcome", pa.string()),
        ("parameter", pa.string()),
        ("low", pa.float64()),
        ("central", pa.float64()),
        ("high", pa.float64()),
        ("swing", pa.float64()),
        ("model", pa.string()),
        ("unit", pa.string()),
        ("low_setting", pa.string()),
        ("high_setting", pa.string()),
        ("parameter_source", pa.string()),
        ("modelled", pa.bool_()),
        ("note", pa.string()),
    ]
)
Row = dict[str, Any]


def outcome_rows(
    runs: Sequence[Run], by: Sequence[str], top: int, name_of: Callable[[str, str], str | None]
) -> list[Row]:
    """Write the whole of each model, then of each level the parts that move most.

    Parameters
    ----------
    runs
        Models in order.
    by
        Kinds of parts that are shown.
    top
        How many parts of each outcome and level.
    name_of
        Name of a part, from its level and code.
    """
    rows = _over_models(runs)
    for run in runs:
        ends = quantiles(run.sample)
        written = [
            (outcome, _row(run, place, outcome, ends, name_of))
            for place, outcome in enumerate(run.outcomes)
            if outcome.is_bound != "high" and outcome.level in (WHOLE, *by)
        ]
        rows += [row for outcome, row in written if outcome.level == WHOLE]
        for level in dict.fromkeys(one.level for one, _ in written if one.level != WHOLE):
            parts = [row for one, row in written if one.level == level]
            order = _order(parts)[:top]
            rows += [
                row
                for name in dict.fromkeys(row["outcome"] for row in parts)
                for part in order
                for row in parts
                if (row["outcome"], row["part"]) == (name, part) and _moves(row)
            ]
    return rows


def _moves(row: Row) -> bool:
    return any(row[name] for name in ("low", "central", "high"))


def _order(rows: Sequence[Row]) -> list[str]:
    """Parts by what moves most in any of their outcomes, dollars before ratios; equal ones by name."""
    largest: dict[str, tuple[float, float]] = {}
    for row in rows:
        size = max(
            (abs(row[name]) for name in ("low", "central", "high") if row[name] is not None), default=0.0
        )
        dollars, ratio = largest.get(row["part"], (0.0, 0.0))
        is_money = row["unit"] == USD
        largest[row["part"]] = (max(dollars, size * is_money), max(ratio, size * (not is_money)))
    return sorted(largest, key=lambda part: (-largest[part][0], -largest[part][1], part))


def whole_row(run: Run, place: int) -> Row:
    """One outcome of the whole, without a part."""
    return _row(run, place, run.outcomes[place], quantiles(run.sample), lambda _, __: None)


def null_row(run: Run, outcome: Outcome) -> Row:
    """An outcome that cannot be given; its note says why."""
    return {
        "outcome": outcome.name,
        "part": outcome.part,
        **dict.fromkeys(("low", "central", "high", "base")),
        "model": run.model,
        "unit": outcome.unit,
        "elasticity_source": run.source,
        "closure": run.closure,
        "part_name": None,
        "modelled": True,
        "note": outcome.note,
    }


def _row(
    run: Run, place: int, outcome: Outcome, ends: FloatArray, name_of: Callable[[str, str], str | None]
) -> Row:
    """Write one outcome; ``ends`` are the ``quantiles`` of all of them."""
    low, central, high = ends[:, place].tolist()
    note = None
    if outcome.is_bound:
        high = float(ends[2, place + 1])
        row = {"low": low, "central": None, "high": high}
        note = BOUNDS
    elif run.draws == 0:
        row = {"low": None, "central": central, "high": None}
        note = NO_DRAWS
    else:
        row = {"low": low, "central": central, "high": high}
    if outcome.note:
        note = outcome.note if note is None else f"{outcome.note}; {note}"
    return {
        "outcome": outcome.name,
        "part": outcome.part,
        **{key: _rounded(value, outcome.unit) for key, value in row.items()},
        "base": _rounded(outcome.base, outcome.unit),
        "model": run.model,
        "unit": outcome.unit,
        "elasticity_source": run.source,
        "closure": run.closure,
        "part_name": name_of(outcome.level, outcome.part),
        "modelled": True,
        "note": note,
    }


def quantiles(sample: FloatArray) -> FloatArray:
    """Low, median and high of each column of draws, one row each; the ends are actual draws, mirrored."""
    low, high = (
        sign * np.quantile(sign * sample, ENDS[0], axis=0, method="inverted_cdf") for sign in (1, -1)
    )
    return np.stack((low, np.median(sample, axis=0), high))


def _rounded(value: float | None, unit: str) -> float | None:
    """Whole dollars, and no minus before a zero."""
    if value is None:
        return None
    return (float(round(value)) if unit == USD else value) + 0.0


def _over_models(runs: Sequence[Run]) -> list[Row]:
    """Welfare over all models together, each as likely as the other."""
    pooled = pooled_welfare(runs)
    if pooled is None:
        return []
    low, central, high = pooled
    return [
        {
            "outcome": WELFARE,
            "part": WHOLE,
            "low": _rounded(low, USD),
            "central": _rounded(central, USD),
            "high": _rounded(high, USD),
            "base": None,
            "model": EVERY,
            "unit": USD,
            "elasticity_source": "each model's own",
            "closure": "each model's own",
            "part_name": None,
            "modelled": True,
            "note": "each model counts the same",
        }
    ]


def pooled_welfare(runs: Sequence[Run]) -> tuple[float, float, float] | None:
    """Quantiles of welfare over several models, each with the same weight; None for fewer than two."""
    samples = [
        run.sample[:, place] for run in runs if (place := find(run, WELFARE)) is not None and run.draws
    ]
    if len(samples) < 2:
        return None
    values = np.concatenate(samples)
    weights = np.concatenate([np.full(one.size, 1.0 / one.size) for one in samples])
    low, central, high = np.quantile(values, ENDS, weights=weights, method="inverted_cdf").tolist()
    return low, central, high


def find(run: Run, name: str, part: str = WHOLE) -> int | None:
    """Place of an outcome; None where the model does not give it."""
    places = [at for at, one in enumerate(run.outcomes) if (one.name, one.part) == (name, part)]
    return places[0] if places else None


def tornado_rows(runs: Sequence[Run], wanted: str) -> list[Row]:
    """Write which assumption moves one outcome most, model by model, the widest first.

    Parameters
    ----------
    runs
        Models in order.
    wanted
        An outcome, such as ``welfare``; with a part after a colon, ``imports:CHN``.

    Raises
    ------
    UnknownCodeError
        No model gives this outcome.
    """
    name, _, part = wanted.partition(":")
    part = part or WHOLE
    found = [(run, place) for run in runs if (place := find(run, name, part)) is not None]
    if not found:
        known = dict.fromkeys(_label(one) for run in runs for one in run.outcomes if not one.is_bound)
        raise UnknownCodeError.among("outcome", wanted, known)
    rows = []
    for run, place in found:
        bars = [_bar(run, place, wanted, lever) for lever in run.levers]
        rows += sorted(bars, key=lambda bar: (-bar["swing"], bar["parameter"]))
    return _model_bar(found, wanted) + [row for row in rows if row["swing"] > 0]


def _label(outcome: Outcome) -> str:
    return outcome.name if outcome.part == WHOLE else f"{outcome.name}:{outcome.part}"


def _bar(run: Run, place: int, wanted: str, lever: Any) -> Row:  # noqa: ANN401 - a lever of the model
    unit = run.outcomes[place].unit
    return {
        "outcome": wanted,
        "parameter": lever.name,
        "low": _rounded(float(lever.low[place]), unit),
        "central": _rounded(float(run.central[place]), unit),
        "high": _rounded(float(lever.high[place]), unit),
        "swing": _rounded(float(lever.swing[place]), unit),
        "model": run.model,
        "unit": unit,
        "low_setting": lever.low_setting[place],
        "high_setting": lever.high_setting[place],
        "parameter_source": lever.source,
        "modelled": True,
        "note": f"did not solve at {', '.join(lever.failed)}" if lever.failed else None,
    }


def _model_bar(found: Iterable[tuple[Run, int]], wanted: str) -> list[Row]:
    """The choice of the model as a bar of its own, where several give the outcome in one unit."""
    ends = [(float(run.central[place]), run.model, run.outcomes[place].unit) for run, place in found]
    if len({unit for _, _, unit in ends}) != 1 or len(ends) < 2:
        return []
    (low, low_model, unit), (high, high_model, _) = min(ends), max(ends)
    return [
        {
            "outcome": wanted,
            "parameter": "model",
            "low": _rounded(low, unit),
            "central": None,
            "high": _rounded(high, unit),
            "swing": _rounded(high - low, unit),
            "model": EVERY,
            "unit": unit,
            "low_setting": low_model,
            "high_setting": high_model,
            "parameter_source": "the models' central cases",
            "modelled": True,
            "note": None,
        }
    ]
