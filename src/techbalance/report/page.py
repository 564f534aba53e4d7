"""How does the report come together? Key figures, sections, then one page and its data files."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING, Final

from techbalance.errors import StoreError
from techbalance.report.blocks import Chart, Table
from techbalance.report.data_files import as_csv
from techbalance.report.inquiry import Inquiry
from techbalance.report.rendering import render
from techbalance.report.sections import key_figures
from techbalance.report.sections.findings import findings
from techbalance.report.sharing import Plan, in_two, shared, written

if TYPE_CHECKING:
    from collections.abc import Iterator
    from concurrent.futures import Executor
    from pathlib import Path

    from techbalance.report.blocks import KeyFigure, Section
    from techbalance.report.sharing import Form
    from techbalance.report.stills import Still
    from techbalance.store.catalogue import Store

PAGE: Final = "index.html"
STANDFIRST: Final = (
    "What the official record says about United States trade in advanced technology products, with the "
    "source, the basis, the vintage and the command behind every figure."
)
DATA: Final = "data"

_SECTIONS: Final = (
    "balance",
    "denominators",
    "groups",
    "products",
    "reconciliation",
    "revisions",
    "intellectual_property",
    "claims",
    "checks",
    "tracing",
)
# Lists the sources of everything else, and stands before the section on tracing.
_SOURCES: Final = "sources"


@dataclass(frozen=True, slots=True)
class Report:
    """Everything the page says.

    Parameters
    ----------
    title
        Its heading.
    key_figures
        The figures at its head.
    sections
        What follows, in order.
    stills
        The drawings of every chart, by its id.
    release
        Version of the package.
    store_version
        Sixteen hexadecimal digits for what was held.
    kind
        What sort of document it is, in a word or two.
    standfirst
        What it is about, in one sentence.
    """

    title: str
    key_figures: tuple[KeyFigure, ...]
    sections: tuple[Section, ...]
    stills: dict[str, Still]
    release: str
    store_version: str
    kind: str = "report"
    standfirst: str = STANDFIRST

    @property
    def blocks(self) -> Iterator[Chart | Table]:
        """Every chart and table, in order."""
        for section in self.sections:
            for block in section.blocks:
                if isinstance(block, (Chart, Table)):
                    yield block


@dataclass(frozen=True, slots=True)
class Written:
    """What was written.

    Parameters
    ----------
    page
        The page.
    page_bytes
        Its size.
    data
        The data files.
    """

    page: Path
    page_bytes: int
    data: tuple[Path, ...]


def compose(store: Store, form: Form = "html", second: Executor | None = None) -> Report:
    """Ask everything the report says of a store, and draw its charts for one form of it.

    Parameters
    ----------
    store
        What is asked.
    form
        For which form charts are drawn.
    second
        A second process that was started before; without it, one is started for this. It ends when the
        report is composed.

    Raises
    ------
    NotCoveredError
        The store holds no full year of the balance, or no two years of ten-digit imports.
    """
    return in_two(store, lambda begun: _composed(store, form, begun), second)


def _composed(store: Store, form: Form, second: Executor) -> Report:
    inquiry, plan = Inquiry(store), Plan(form)
    figures: list[KeyFigure] = []
    pieces = shared(
        _SECTIONS, inquiry, lambda: figures.extend(key_figures.key_figures(inquiry)), plan, second
    )
    for piece in pieces:
        inquiry.learn(piece.source_ids)
    pieces.insert(-1, written(_SOURCES, inquiry, plan))
    sections = [piece.section for piece in pieces]
    return Report(
        title=key_figures.headline(inquiry),
        key_figures=tuple(figures),
        sections=(findings(sections), *sections),
        stills={name: still for piece in pieces for name, still in piece.stills.items()},
        release=version("techbalance"),
        store_version=store.version,
    )


def prepare(folder: Path) -> None:
    """Make the folder of a report, before anything is computed for it.

    Raises
    ------
    StoreError
        It cannot be made or written to.
    """
    try:
        (folder / DATA).mkdir(parents=True, exist_ok=True)
        (folder / PAGE).touch()
    except OSError as wrong:
        raise _unwritable(folder, wrong) from wrong


def _unwritable(folder: Path, wrong: OSError) -> StoreError:
    return StoreError(
        f"the report cannot be written to {folder}",
        where=wrong.strerror or "",
        remedy="Choose another folder with --out",
    )


def write(report: Report, folder: Path) -> Written:
    """Write the page and one data file for each chart and table; other files in the folder stay.

    Parameters
    ----------
    report
        What to write.
    folder
        Where.

    Raises
    ------
    StoreError
        The folder cannot be written to.
    """
    prepare(folder)
    html = render(report).encode("utf-8")
    data = []
    try:
        for block in report.blocks:
            path = folder / DATA / f"{block.id}.csv"
            path.write_text(as_csv(block.rows), encoding="utf-8", newline="")
            data.append(path)
        page = folder / PAGE
        page.write_bytes(html)
    except OSError as wrong:
        raise _unwritable(folder, wrong) from wrong
    return Written(page, len(html), tuple(data))
