"""What is lost when suppliers fail, what do others make good, and what is short?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import altair as alt
import pyarrow as pa

from techbalance.charts import layout, text, theme
from techbalance.charts import rows as answer
from techbalance.charts.figure import Figure, compose
from techbalance.charts.rows import Origin

if TYPE_CHECKING:
    from collections.abc import Sequence

    from techbalance.charts.rows import Credit, Row

_BN = 1e9
_ROW, _THICKNESS = 34, 19
_VALUE_ROOM = 60
_COLUMNS = {"step": pa.string(), "from_usd": pa.int64(), "to_usd": pa.int64(), "amount_usd": pa.int64()}
_MONEY = ("loss_usd", "recovered_usd", "recovered_high_usd", "shortfall_usd", "shortfall_low_usd")


@dataclass(frozen=True, slots=True)
class StressFinding:
    """What one shock does to the whole.

    Parameters
    ----------
    row
        The row of the whole.
    who
        Who fails, in words.
    steps
        ``step`` (name), ``from_usd``, ``to_usd``, ``amount_usd`` (signed), from loss to shortfall.
    """

    row: Row
    who: str
    steps: list[Row]


def find_stress(listed: Sequence[Row], *, who: str) -> StressFinding:
    """Lay the loss out: lost, made good at the low capacity, perhaps more at the high one, short.

    Raises
    ------
    NotCoveredError
        There is no row of the whole, or it has no loss.
    """
    whole = [row for row in listed if row["level"] == "all" and row["loss_usd"] is not None]
    if not whole:
        raise answer.nothing("stress", "there is no row of the whole with a loss")
    if not whole[0]["loss_usd"]:
        raise answer.nothing("stress", "nothing is lost")
    row = whole[0]
    loss, least, most = row["loss_usd"], row["recovered_usd"], row["recovered_high_usd"]
    places = [
        ("Lost", 0, loss),
        ("Made good", loss, loss - least),
        ("Perhaps made good", loss - least, loss - most),
        ("Short at most", 0, loss - least),
        ("Short at least", 0, loss - most),
    ]
    steps = [
        {"step": name, "from_usd": start, "to_usd": end, "amount_usd": end - start}
        for name, start, end in places
    ]
    return StressFinding(row, who, steps)


def stress_waterfall(rows: pa.Table, *, who: str, credit: Credit) -> Figure:
    """Draw the way from the loss to the shortfall, at both ends of the assumed capacity.

    Parameters
    ----------
    rows
        One row for the whole (``level`` ``all``) of one shock: the money columns of ``stress``, ``capacity``
        and ``capacity_basis``, ``year``.
    who
        Who fails, in words.
    credit
        The command that recomputes the rows, and their origin.

    Raises
    ------
    NotCoveredError
        There is no row of the whole, or nothing is lost.
    SchemaError
        A column is missing, or there are several shocks.
    """
    needs = ("level", *_MONEY, "capacity", "capacity_basis", "lost_share", "year")
    listed = answer.read(rows, "stress", needs=needs, values=("loss_usd",))
    answer.one_each([row for row in listed if row["level"] == "all"], "stress", ("level",))
    finding = find_stress(listed, who=who)
    alt_text = _alternative(finding)
    row = finding.row
    unit = (
        f"Modelled from imports of {row['year']}, billions of US dollars; the other suppliers sell more by "
        f"{row['capacity']} of their {row['capacity_basis']}, an assumption"
    )
    origin = credit.origin or Origin("US Census Bureau", "imports at customs value")
    return Figure(
        id="stress",
        title=_title(finding),
        subtitle=answer.subtitle([row], origin, unit),
        alt_text=alt_text,
        spec=_draw(finding, alt_text),
        table=answer.tidy(finding.steps, _COLUMNS),
        columns_shown=("step", "amount_usd"),
        command=credit.command,
    )


def _range(finding: StressFinding) -> str:
    low, high = finding.row["shortfall_low_usd"], finding.row["shortfall_usd"]
    if low == high:
        return text.money(high)
    return f"{text.money(low)} to {text.money(high)}"


def _title(finding: StressFinding) -> str:
    loss = text.money(finding.row["loss_usd"])
    return f"Without {finding.who} {loss} of imports are lost, and {_range(finding)} cannot be made good"


def _alternative(finding: StressFinding) -> str:
    row = finding.row
    said = [
        f"Bars from the loss without {finding.who} to what is short, modelled: {text.money(row['loss_usd'])} "
        f"lost, {text.percent(row['lost_share'])} of imports."
    ]
    if row["recovered_usd"] == row["recovered_high_usd"]:
        said.append(f"Others make {text.money(row['recovered_usd'])} good.")
    else:
        said.append(
            f"Others make {text.money(row['recovered_usd'])} to {text.money(row['recovered_high_usd'])} good."
        )
    said.append(f"{_range(finding)} are short.")
    return " ".join(said)


_TOOLTIP = [alt.Tooltip("name:N", title="Step"), alt.Tooltip("money:N", title="US dollars")]


def _draw(finding: StressFinding, description: str) -> dict[str, Any]:
    shades = {
        "Lost": theme.VERMILLION,
        "Made good": theme.GREEN,
        "Perhaps made good": theme.TEAL,
        "Short at most": theme.SLATE,
        "Short at least": theme.GREY,
    }
    records = [
        {
            "place": place,
            "next": min(place + 1, 4),
            "name": step["step"],
            "start": step["from_usd"] / _BN,
            "end": step["to_usd"] / _BN,
            "right": max(step["from_usd"], step["to_usd"]) / _BN,
            "amount": text.signed_billions(step["amount_usd"])
            if step["amount_usd"] < 0
            else text.billions(step["amount_usd"]),
            "money": text.money(step["amount_usd"]),
            "light": shades[step["step"]].light,
            "dark": shades[step["step"]].dark,
        }
        for place, step in enumerate(finding.steps, start=1)
    ]
    names = max(text.pixels(record["name"], theme.LABEL_SIZE) for record in records) + 12
    scale = layout.between(
        0, max(record["right"] for record in records), f"{names:.0f}", f"width - {_VALUE_ROOM}"
    )
    y = layout.places(len(records))
    base = layout.records(records).encode(y=y, tooltip=_TOOLTIP)
    bars = base.mark_bar(height=_THICKNESS, color=layout.OWN_COLOUR)
    amounts = base.mark_text(align="left", dx=6, fontWeight=600)
    words = base.mark_text(align="left", x=0)
    links = base.transform_filter("datum.place < 4").mark_rule(color=theme.FAINT.colour)
    return compose(
        links.encode(x=alt.X("end:Q", axis=None), y2=alt.Y2("next:Q")),
        bars.encode(x=alt.X("start:Q", axis=None, scale=scale), x2=alt.X2("end:Q")),
        *layout.haloed(amounts.encode(x=alt.X("right:Q", axis=None), text=alt.Text("amount:N"))),
        words.encode(text=alt.Text("name:N")),
        height=_ROW * len(records),
        description=description,
    )
