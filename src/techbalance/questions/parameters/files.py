"""Which parameters name a file of the user's? Somebody who asks from elsewhere may not name one.

The machine that answers would read, or write, a file for a stranger. Parameters are told by their names,
which mean the same in every question; a field can also say so (``json_schema_extra={"local": True}``).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, Literal

from techbalance.errors import ParameterError
from techbalance.questions.parameters.declaration import text_form

if TYPE_CHECKING:
    from pydantic.fields import FieldInfo

    from techbalance.questions.parameters.declaration import Params, Question

# A file always, or the name of something that ships or is stored where it looks like no path.
Kind = Literal["file", "file or name"]
FILES: Final[dict[str, Kind]] = {
    "claims": "file or name",
    "country_codes": "file",
    "elasticities": "file or name",
    "employment": "file",
    "families": "file",
    "first": "file or name",
    "from_list": "file or name",
    "income": "file or name",
    "io": "file",
    "list": "file or name",
    "lists": "file or name",
    "map": "file",
    "notices": "file",
    "panel": "file or name",
    "schedule": "file",
    "screen": "file or name",
    "second": "file or name",
    "stages": "file or name",
    "to_list": "file or name",
    "weights": "file",
    "what": "file or name",
}
# ``what`` may also be a reference, whose question is checked when it is asked.
_NAMES: Final = re.compile(r"^[A-Za-z0-9_,: -]*$")
_REFERENCE: Final = re.compile(r"^[a-z_]+\?")


def kind_of(field: str, info: FieldInfo) -> Kind | None:
    """Tell whether a parameter names a file: always, or where its value looks like one, or never."""
    if isinstance(info.json_schema_extra, dict) and info.json_schema_extra.get("local"):
        return "file"
    return FILES.get(field)


def refuse_files(question: Question, params: Params) -> None:
    """Refuse parameters that name a file of the machine that answers.

    Raises
    ------
    ParameterError
        One does.
    """
    refuse_files_in(params, question.name)


def refuse_files_in(params: Params, where: str) -> None:
    """Refuse parameters that name a file, of whatever takes them; ``where`` names it in the message.

    Raises
    ------
    ParameterError
        One does.
    """
    for field, info in type(params).model_fields.items():
        kind, value = kind_of(field, info), getattr(params, field)
        if kind is None or value is None or value == info.default:
            continue
        text = text_form(value)
        if kind == "file or name" and (_NAMES.match(text) or (field == "what" and _REFERENCE.match(text))):
            continue
        raise ParameterError(
            f"{info.alias or field} names a file, which only the command line and Python read",
            where=where,
            remedy="Leave it out" + (", or give a name" if kind == "file or name" else ""),
        )
