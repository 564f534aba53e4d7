"""Which fields has the form of a page? One for each parameter, of a kind that fits its declaration."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, Literal

from techbalance.classifications.groups import GROUPS
from techbalance.questions.interface import taken
from techbalance.questions.parameters.texts import GroupRef

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pydantic.fields import FieldInfo

    from techbalance.questions.interface import Parameter
    from techbalance.questions.parameters.declaration import Params

Kind = Literal["text", "number", "range", "flag", "choice", "choices", "hidden"]
NOT_GIVEN: Final = ("", "\u2013")
SHOWN: Final = 6
"""Fields of a whole form that stand open."""
# A parameter that takes one of a few names, or several of them with commas.
_KEYS: Final = re.compile(r"^\^\((?P<keys>[\w-]+(\|[\w-]+)+)\)(?P<more>\(,\((?P=keys)\)\)\*)?\$$")


@dataclass(frozen=True, slots=True)
class Control:
    """One field of a form.

    Parameters
    ----------
    name
        The parameter it gives.
    label
        What it is called.
    kind
        ``text``, ``number``, ``range`` (a slider with its value beside it), ``flag`` (a box to tick),
        ``choice`` (one of a list), ``choices`` (several boxes) or ``hidden``.
    value
        What it holds now, in text form; empty where nothing is given.
    says
        One line of help, with the unit.
    options
        Of a choice: value and words of each.
    example
        Of a text: how a value is written.
    least, most, step
        Of a number or slider.
    unit
        Of a number or slider, written after it.
    suggested
        Of a text: values to choose from, with words; others can be written.
    is_needed
        Whether the form cannot be sent without it.
    folded
        Whether it waits with others behind "More choices", which is open where one of them is given.
    is_given
        Whether its value is given, and not what holds when it is left out.
    """

    name: str
    label: str
    kind: Kind
    value: str = ""
    says: str = ""
    options: tuple[tuple[str, str], ...] = ()
    example: str = ""
    least: float | None = None
    most: float | None = None
    step: float | None = None
    unit: str = ""
    suggested: tuple[tuple[str, str], ...] = ()
    is_needed: bool = False
    folded: bool = False
    is_given: bool = False

    @property
    def values(self) -> tuple[str, ...]:
        """The boxes that are ticked."""
        return tuple(self.value.split(",")) if self.value else ()


def controls_of(
    params: type[Params],
    given: Mapping[str, str],
    *,
    only: Sequence[str] | None = None,
    **changes: Mapping[str, Any],
) -> tuple[Control, ...]:
    """Make the fields of a parameter model.

    Parameters
    ----------
    params
        The model.
    given
        Text forms of what is given, as ``Params.texts`` writes them.
    only
        The parameters wanted, in order; all that can be given from elsewhere when left out.
    changes
        By name of a parameter: what is to differ, for example ``tariff={"kind": "range", "most": 100}``.
    """
    known = {one.name: one for one in taken(params)}
    groups = {info.alias or field for field, info in params.model_fields.items() if _is_group(info)}
    made = []
    for name in known if only is None else only:
        control = _control(known[name], given)
        if name in groups:
            control = replace(control, suggested=tuple(GROUPS.items()))
        made.append(replace(control, **changes.get(name, {})))
    return tuple(made)


def open_form(params: type[Params], given: Mapping[str, str]) -> tuple[Control, ...]:
    """Make a field for every parameter of a model: needed ones first, then its own, the later ones folded."""
    own = params.__annotations__
    fields = sorted(
        params.model_fields.items(), key=lambda one: (not one[1].is_required(), one[0] not in own)
    )
    known = {one.name for one in taken(params)}
    names = [name for field, info in fields if (name := info.alias or field) in known]
    made = controls_of(params, given, only=names)
    return tuple(replace(one, folded=place >= SHOWN and not one.is_needed) for place, one in enumerate(made))


def _is_group(info: FieldInfo) -> bool:
    return GroupRef in getattr(info.annotation, "__args__", (info.annotation,))


def _control(one: Parameter, given: Mapping[str, str]) -> Control:
    schema = one.schema
    default = schema.get("default", "")
    if isinstance(default, bool):
        default = "true" if default else "false"
    control = Control(
        name=one.name,
        label=one.name.replace("_", " ").capitalize(),
        kind="text",
        value=given.get(one.name, str(default)),
        is_given=one.name in given,
        says=one.says,
        example=str(next(iter(schema.get("examples", ())), "")),
        is_needed=one.is_needed,
    )
    keys = _KEYS.match(schema.get("pattern", ""))
    if keys is not None and keys["more"]:
        return replace(control, kind="choices", options=_options(keys["keys"].split("|")))
    names = keys["keys"].split("|") if keys is not None else schema.get("enum")
    if names:
        first = () if one.is_needed or "default" in schema else (NOT_GIVEN,)
        return replace(control, kind="choice", options=first + _options(names))
    if schema.get("type") == "boolean":
        if default == "true":
            return replace(control, kind="choice", options=(("true", "yes"), ("false", "no")))
        return replace(control, kind="flag")
    if schema.get("type") in {"integer", "number"}:
        above = schema.get("exclusiveMinimum")
        whole = schema["type"] == "integer"
        return replace(
            control,
            kind="number",
            least=schema.get("minimum", None if above is None else above + 1 if whole else above),
            most=schema.get("maximum"),
            step=1 if whole else None,
        )
    return control


def _options(names: Sequence[object]) -> tuple[tuple[str, str], ...]:
    return tuple((str(name), str(name).replace("_", " ")) for name in names)
