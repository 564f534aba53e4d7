"""What can be said when files are taken in: ``ingest``."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from techbalance.questions.parameters.declaration import Params, Question
from techbalance.questions.parameters.texts import AsOf, Names


class Files(Names):
    """Files and folders: text with commas, or a list."""

    says: ClassVar[str] = "files and folders"
    example: ClassVar[str] = "IMDB2407.ZIP"


class IngestParams(Params):
    """Which files are taken into the store, and how?"""

    files: Files = Field(
        description="Archives (IMDByymm.ZIP, EXDByymm.ZIP), tidy CSV or Parquet files, code lists, folders"
    )
    dry_run: bool = Field(default=False, description="Read and check only; say what would happen")
    map: str | None = Field(
        default=None, description="How tidy files are read: a TOML file, or the name of a mapping that ships"
    )
    partner: str | None = Field(
        default=None, description="Partner of all rows of a tidy file that names none"
    )
    modes: Literal["keep", "drop"] = Field(
        default="keep", description="Values and weights by mode of transport: keep them or drop them"
    )
    vintage: AsOf | None = Field(
        default=None,
        description="Day on which the figures were current; by default that of the archive, or today",
    )


INGEST = Question(
    name="ingest",
    command=("ingest",),
    summary="Take the publishers' files into the store: checked, classified, whole or not at all.",
    params=IngestParams,
    columns=(
        "file",
        "status",
        "kind",
        "flow",
        "first_period",
        "last_period",
        "rows",
        "vintage",
        "source_id",
        "sha256",
        "note",
    ),
    values=("status",),
    words=("files",),
    layout="list",
    examples=(
        "ingest IMDB2407.ZIP",
        "ingest archives --dry-run",
        "ingest imports.csv.gz --vintage 2026-10-31",
    ),
    writes=True,
)
