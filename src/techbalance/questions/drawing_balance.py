"""By which chart is a balance drawn? By its rows: years, months, parts of a year, or pairs of them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from techbalance.errors import ParameterError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from techbalance.charts.figure import Figure
    from techbalance.charts.rows import Credit
    from techbalance.questions.answer import Answer

_SUBJECTS: Final = {
    "atp": "advanced technology products",
    "goods_census": "goods",
    "goods_bop": "goods, balance-of-payments basis",
    "services_bop": "services",
    "goods_services_bop": "goods and services",
}
_DRAWN: Final = "years, months, or of one year groups, partners, products, or pairs of those with partners"


def draw_balance(answer: Answer, credit: Credit) -> Figure:
    """Draw a balance.

    Raises
    ------
    ParameterError
        Its rows are of another form.
    NotCoveredError
        It holds nothing to draw.
    """
    from techbalance.charts import annual_balance, deficit_ratios, monthly_balance
    from techbalance.charts.monthly import with_calendar

    params: Any = answer.params
    keys = params.by.names
    subject = f"{_SUBJECTS[params.series]} {credit.within}".rstrip()
    if params.series != "atp":
        credit = replace(credit, origin=_origin(params.series))
    if keys == ("year",) and params.denominator:
        return deficit_ratios(answer.arrow, credit=replace(credit, origin=None))
    if keys == ("year",):
        return annual_balance(answer.arrow, credit=credit, subject=subject)
    if keys == ("month",):
        return monthly_balance(with_calendar(answer.arrow), credit=credit, subject=subject)
    return _of_one_year(answer, credit, [key for key in keys if key != "year"])


def _origin(series: str) -> Any:  # noqa: ANN401 - an origin of the charts
    from techbalance.charts.rows import CENSUS, Origin

    if series == "goods_census":
        return CENSUS
    return Origin("US Bureau of Economic Analysis and US Census Bureau", "balance-of-payments basis")


def _of_one_year(answer: Answer, credit: Credit, keys: Sequence[str]) -> Figure:
    from techbalance.charts import group_partner_heat_map, product_suppliers, ranked_bars
    from techbalance.questions.scope import within

    years = {row["year"] for row in answer.rows() if row.get("year") is not None}
    if len(years) != 1 or not set(keys) <= {"group", "partner", "product"}:
        raise ParameterError("the answer is not drawn in this form", remedy=f"Drawn are: {_DRAWN}")
    (year,) = years
    field = _drawn_field(answer)
    flow = field.removesuffix("s_usd")
    if field != "balance_usd":
        credit = replace(credit, within=within(answer.params, answer.store, flow))
    if len(keys) == 1:
        import pyarrow as pa

        rows = pa.Table.from_pylist(_ranked(answer, keys[0], year, field))
        return ranked_bars(rows, year=year, by=keys[0], credit=credit)
    flows = "exports" if flow == "export" else "imports"
    # Titles tell shares of the whole, of which the largest rows would only be a part.
    params: Any = answer.params
    rows = answer.arrow if params.top is None else _asked(answer, top=None).arrow
    if set(keys) == {"group", "partner"}:
        return group_partner_heat_map(rows, year=year, credit=credit, flow=flows)
    if set(keys) == {"product", "partner"}:
        return product_suppliers(rows, year=year, credit=credit, flow=flows)
    raise ParameterError("the answer is not drawn in this form", remedy=f"Drawn are: {_DRAWN}")


def _asked(answer: Answer, **changed: Any) -> Answer:  # noqa: ANN401 - parameters of the question
    """Ask the same with other parameters."""
    from techbalance.questions.registry import ask

    return ask(answer.question, answer.params.model_copy(update=changed), answer.store)


def _drawn_field(answer: Answer) -> str:
    """Choose the balance, or the one flow that is held."""
    rows = answer.arrow
    for field in ("balance_usd", "imports_usd", "exports_usd"):
        if rows[field].null_count < rows.num_rows:
            return field
    return "balance_usd"


def _ranked(answer: Answer, key: str, year: int, field: str) -> list[dict[str, Any]]:
    """Number the rows of a year, the largest flow or deficit first, and of the year before."""
    from techbalance.questions.parameters.texts import Years

    def listed(one: int, of: Answer | None = None) -> list[dict[str, Any]]:
        if of is None:
            # Asked for in the same form: what a server knows of one year serves the other.
            of = _asked(answer, top=None, denominator=None, year=Years(one, one))
        sign = 1 if field == "balance_usd" else -1
        return sorted((row for row in of.rows() if row[field]), key=lambda row: sign * row[field])

    params: Any = answer.params
    now = listed(year, None if params.top else answer)
    before = {row[key]: place for place, row in enumerate(listed(year - 1), start=1)}
    return [
        {
            key: row[key],
            f"{key}_name": row[f"{key}_name"],
            "measure": field.removesuffix("_usd"),
            "value_usd": row[field],
            "rank": place,
            "previous_rank": before.get(row[key]),
            "overtook": None,
            "vintage": row["vintage"],
        }
        for place, row in enumerate(now, start=1)
    ]
