"""What can be asked of product lists: which are held, how two differ, and what that does to the figures."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from techbalance.errors import ParameterError
from techbalance.questions.parameters.declaration import Params, Question
from techbalance.questions.parameters.texts import AsOf, Top, Years

Flow = Literal["export", "import"]
A_LIST = "a year of the official list (2022), census-atp, a stored list, its year (chips:2024), or a CSV file"
AS_OF = "Read the trade known on this day; newest of all when left out"


class ListsParams(Params):
    """Which product lists are held, and how much of the stored trade do they take?"""

    list: str | None = Field(default=None, description="Only this one: an id, or a CSV file of yours")
    as_of: AsOf | None = Field(default=None, description=AS_OF)


class ListsDiffParams(Params):
    """Which codes entered, left or changed group between two lists?"""

    first: str = Field(description=f"The first list: {A_LIST}")
    second: str = Field(description=f"The second list: {A_LIST}")
    flow: Flow = Field(default="import", description="Codes and trade of this flow")
    year: Years | None = Field(default=None, description="Year of the trade shown; the newest when left out")
    top: Top | None = Field(default=None, description="Only the N codes with most trade")
    as_of: AsOf | None = Field(default=None, description=AS_OF)

    @model_validator(mode="after")
    def _one_year(self) -> ListsDiffParams:
        if self.year is not None and self.year.start != self.year.end:
            raise ParameterError("year: one year is needed", where=f"given {self.year}")
        return self


class ListEffectParams(Params):
    """What does another list do to the figures of one year?"""

    year: Years = Field(description="Year of the trade, which is the same under both lists")
    from_list: str | None = Field(
        default=None, description=f"The list to start from: {A_LIST}; that of the year before when left out"
    )
    to_list: str | None = Field(
        default=None, description=f"The list to end with: {A_LIST}; that of the year when left out"
    )
    flow: Flow = Field(default="import", description="Trade of this flow")
    as_of: AsOf | None = Field(default=None, description=AS_OF)

    @model_validator(mode="after")
    def _one_year(self) -> ListEffectParams:
        if self.year.start != self.year.end:
            raise ParameterError("year: one year is needed", where=f"given {self.year}")
        return self


LISTS = Question(
    name="lists",
    command=("lists",),
    summary="Product lists that are held: years, flow, codes, and how much of their trade.",
    params=ListsParams,
    columns=(
        "list_id",
        "flow",
        "system",
        "year",
        "codes",
        "listed_codes",
        "groups",
        "trade_year",
        "known_codes",
        "held_codes",
        "covered_usd",
        "note",
    ),
    values=("listed_codes",),
    examples=("lists",),
)
LISTS_DIFF = Question(
    name="lists_diff",
    command=("lists", "diff"),
    summary="Codes that entered, left or changed group between two lists, with their trade.",
    params=ListsDiffParams,
    columns=("product", "product_name", "kind", "from_group", "to_group", "value_usd", "note"),
    values=("kind",),
    words=("first", "second"),
    layout="compact",
    examples=("lists diff 2022 my-list.csv",),
)
LIST_EFFECT = Question(
    name="list_effect",
    command=("list-effect",),
    summary="What a change of list does to the figures of one year, by group, exactly.",
    params=ListEffectParams,
    columns=("flow", "group", "group_name", "kind", "products", "effect_usd", "from_usd", "to_usd", "note"),
    values=("effect_usd",),
    examples=("list-effect --year 2024 --from-list 2022 --to-list my-list.csv",),
)
