"""In which form is an answer wanted? What ``Accept`` says, or ``format`` for a link that can be clicked."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pydantic_core import to_json

from techbalance.errors import UnknownCodeError
from techbalance.questions.document import as_document
from techbalance.questions.representations import BINARIES, TEXTS

if TYPE_CHECKING:
    from techbalance.questions.answer import Answer

# The first is what is written when anything will do.
MEDIA_TYPES: Final = {
    "json": "application/json",
    "csv": "text/csv",
    "arrow": "application/vnd.apache.arrow.file",
    "parquet": "application/vnd.apache.parquet",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "dta": "application/x-stata-dta",
}


@dataclass(frozen=True, slots=True)
class Range:
    """One media range of an ``Accept`` header."""

    kind: str
    quality: float

    def fits(self, media_type: str) -> bool:
        """Whether a media type is in the range."""
        kind, _, sort = self.kind.partition("/")
        return self.kind in {"*/*", media_type} or (sort == "*" and media_type.startswith(f"{kind}/"))

    @property
    def weight(self) -> int:
        """How closely the range says what is wanted."""
        return 2 - self.kind.count("*")


def accepted(header: str) -> str | None:
    """Choose the form that an ``Accept`` header wants most.

    Returns
    -------
    str or None
        Name of the form; JSON for an empty header; None where none of them would do.
    """
    ranges = [_range(part) for part in header.split(",") if part.strip()] or [Range("*/*", 1.0)]
    best: tuple[float, int, str] | None = None
    for place, (form, media_type) in enumerate(MEDIA_TYPES.items()):
        fitting = [one for one in ranges if one.fits(media_type)]
        if not fitting:
            continue
        quality = max(fitting, key=lambda one: one.weight).quality
        if quality > 0 and (best is None or (quality, -place) > best[:2]):
            best = (quality, -place, form)
    return best[2] if best else None


def _range(part: str) -> Range:
    kind, *options = (text.strip().lower() for text in part.split(";"))
    quality = next((text[2:] for text in options if text.startswith("q=")), "1")
    try:
        return Range(kind, min(max(float(quality), 0.0), 1.0))
    except ValueError:
        return Range(kind, 0.0)


def takes_gzip(header: str) -> bool:
    """Whether an ``Accept-Encoding`` header lets an answer come compressed by gzip."""
    ranges = [_range(part) for part in header.split(",") if part.strip()]
    said = next((one for one in ranges if one.kind == "gzip"), None)
    said = said or next((one for one in ranges if one.kind == "*"), None)
    return said is not None and said.quality > 0


def named(form: str) -> str:
    """Check the name of a form.

    Raises
    ------
    UnknownCodeError
        There is none of this name.
    """
    if form not in MEDIA_TYPES:
        raise UnknownCodeError.among("format", form, MEDIA_TYPES)
    return form


def written(answer: Answer, form: str) -> bytes:
    """Write an answer in a form."""
    if form == "json":
        return to_json(as_document(answer), inf_nan_mode="null")
    if form in TEXTS:
        return TEXTS[form](answer).encode()
    made = io.BytesIO()
    BINARIES[form](answer, made)
    return made.getvalue()
