"""Which products are largest, and who supplies them?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import altair as alt
import pyarrow as pa

from techbalance.charts import alternative, layout, text, theme, titles
from techbalance.charts import rows as answer
from techbalance.charts.figure import Figure, compose
from techbalance.charts.findings import OTHERS, ProductFinding, find_products

if TYPE_CHECKING:
    from techbalance.charts.rows import Credit, Row

_BN = 1e9
_ROW, _THICKNESS, _DROP = 44, 18, 8
_VALUE_ROOM = 50
_KEY_LINE = 19
"""Pixels from one line of the key to the next."""
_NAMED_FROM = 0.15
"""Share of a product from which a partner without a colour of its own is named in the bar."""
_COLUMNS = {
    "year": pa.int16(),
    "product": pa.string(),
    "name": pa.string(),
    "partner": pa.string(),
    "partner_name": pa.string(),
    "value_usd": pa.int64(),
    "share": pa.float64(),
}


def product_suppliers(
    rows: pa.Table, *, year: int, credit: Credit, flow: str = "imports", top: int = 10
) -> Figure:
    """Draw the largest products of a year as bars divided by partner.

    Parameters
    ----------
    rows
        One row per year, product and partner: ``year``, ``product``, ``product_name``, ``partner``,
        ``partner_name``, ``imports_usd`` or ``exports_usd``. All products of the year, since the title states
        the part of those drawn in the whole; rows of the world are left out.
    year
        The year drawn.
    credit
        The command that recomputes the rows, and their origin.
    flow
        ``imports`` or ``exports``.
    top
        How many products are drawn.

    Raises
    ------
    NotCoveredError
        The year has no value.
    SchemaError
        A column is missing.
    """
    field = f"{flow}_usd"
    needs = ("year", "product", "product_name", "partner", "partner_name", field)
    listed = answer.read(rows, "products", needs=needs, values=(field,))
    finding = find_products(listed, year=year, field=field, top=top, is_named=_is_named)
    traded = f"{flow} {credit.within}".rstrip()
    alt_text = alternative.products(finding, traded)
    of_year = [row for row in listed if row["year"] == year]
    unit = f"Largest ten-digit products by partner, {traded} in {year}, billions of US dollars"
    return Figure(
        id=f"products-{flow}-{year}",
        title=titles.products(finding, traded),
        subtitle=answer.subtitle(of_year, credit.origin or answer.census(flow), unit),
        alt_text=alt_text,
        spec=_draw(finding, alt_text),
        table=answer.tidy(finding.parts, _COLUMNS),
        columns_shown=("product", "name", "partner_name", "value_usd", "share"),
        command=credit.command,
    )


def _is_named(partner: str, share: float) -> bool:
    return theme.partner_colour(partner) != theme.FAINT or share >= _NAMED_FROM


def _draw(finding: ProductFinding, description: str) -> dict[str, Any]:
    spots = {row["product"]: place for place, row in enumerate(finding.products, start=1)}
    parts = [_part(part, spots[part["product"]]) for part in finding.parts]
    heads = layout.records([_head(row, spots[row["product"]]) for row in finding.products])
    longest = max(row["value_usd"] for row in finding.products) / _BN
    scale = layout.between(0, longest, "0", f"width - {_VALUE_ROOM}")
    y = layout.places(len(spots))
    base = layout.records(parts).encode(y=y, tooltip=_TOOLTIP)
    # The rim of paper parts neighbours of like colour, so that hue is not needed to tell where one ends.
    bars = base.mark_bar(
        height=_THICKNESS,
        yOffset=_DROP,
        color=layout.OWN_COLOUR,
        stroke=theme.PAPER.colour,
        strokeWidth=1,
    )
    inside = base.mark_text(
        dy=_DROP, fontSize=theme.SMALL_SIZE, color=alt.ExprRef("dark ? datum.on_dark : datum.on_light")
    )
    pixels = f"datum.value * (width - {_VALUE_ROOM}) / {longest}"
    label = f"{pixels} > datum.name_room ? datum.partner_name : {pixels} > datum.code_room ? datum.code : ''"
    names = heads.mark_text(align="left", x=0, dy=-10)
    amounts = heads.mark_text(align="left", dx=5, dy=_DROP, fontWeight=600)
    return compose(
        bars.encode(x=alt.X("start:Q", axis=None, scale=scale), x2=alt.X2("end:Q")),
        inside.encode(x=alt.X("middle:Q", axis=None), text=alt.TextValue(alt.ExprRef(label))),
        names.encode(y=y, text=alt.TextValue(layout.cut("datum.name", "width"))),
        amounts.encode(y=y, x=alt.X("value:Q", axis=None), text=alt.Text("amount:N")),
        *_key(finding),
        height=_ROW * len(spots),
        description=description,
    )


def _key(finding: ProductFinding) -> list[alt.Chart]:
    """Name the colours above the bars, in as many columns as there is room for.

    A legend of Vega's would take width from the plot, which decides how many columns it has.
    """
    main = [code for code in finding.partners if theme.partner_colour(code) != theme.FAINT]
    named = [(code, finding.partners[code]) for code in main] + [(OTHERS, "Others")]
    records = [
        {"index": i, "name": name, **theme.partner_colour(code)._asdict()}
        for i, (code, name) in enumerate(named)
    ]
    step = max(text.pixels(name, theme.LABEL_SIZE) for _, name in named) + 26
    columns = f"max(1, floor((width + 12) / {step:.0f}))"
    x = f"(datum.index % {columns}) * {step:.0f}"
    lines = f"ceil({len(named)} / {columns}) - 1 - floor(datum.index / {columns})"
    y = f"-12 - {_KEY_LINE} * ({lines})"
    base = layout.records(records)
    signs = base.mark_point(
        shape="square",
        size=90,
        filled=True,
        opacity=1,
        color=layout.OWN_COLOUR,
        x=alt.ExprRef(f"{x} + 6"),
        y=alt.ExprRef(y),
    )
    words = base.mark_text(align="left", x=alt.ExprRef(f"{x} + 16"), y=alt.ExprRef(y))
    return [signs, cast(alt.Chart, words.encode(text=alt.Text("name:N")))]


_TOOLTIP = [
    alt.Tooltip("partner_name:N", title="Partner"),
    alt.Tooltip("money:N", title="Value"),
    alt.Tooltip("share:N", title="Of the product"),
]


def _part(part: Row, place: int) -> Row:
    """Turn a part of a product into a mark's record."""
    paint = theme.partner_colour(part["partner"])
    on = theme.text_on(paint)
    start, value = part["start_usd"] / _BN, part["value_usd"] / _BN
    code = part["partner"] if part["partner"] != OTHERS else ""
    return {
        "place": place,
        "start": start,
        "end": start + value,
        "middle": start + value / 2,
        "value": value,
        "partner_name": part["partner_name"],
        "code": code,
        **paint._asdict(),
        "name_room": text.pixels(part["partner_name"], theme.SMALL_SIZE) + 8,
        "code_room": text.pixels(code or part["partner_name"], theme.SMALL_SIZE) + 6,
        "money": text.money(part["value_usd"]),
        "share": text.percent(part["share"]),
        "on_light": on.light,
        "on_dark": on.dark,
    }


def _head(row: Row, place: int) -> Row:
    """Make the record of a product's name and total."""
    return {
        "place": place,
        "name": text.product(row["product"], row["name"]),
        "value": row["value_usd"] / _BN,
        "amount": text.billions(row["value_usd"]),
    }
