"""What is a document made of? Sections of frozen blocks, each with the template that shows it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from techbalance.report.definitions import DEFINITIONS

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pyarrow as pa

    from techbalance.charts.figure import Figure
    from techbalance.report.grids import Grid
    from techbalance.report.trail import Trail


@dataclass(frozen=True, slots=True)
class KeyFigure:
    """One figure at the head of the page.

    Parameters
    ----------
    name
        What it is, in a few words.
    value
        The figure as it is read.
    exact
        The figure in whole dollars, or as a plain ratio.
    says
        What it is compared with, in a sentence.
    trail
        Where it comes from.
    """

    name: str
    value: str
    exact: float
    says: str
    trail: Trail


class Marks(NamedTuple):
    """Where the marks of a chart lead.

    Parameters
    ----------
    field
        A field of the marks' records, for example ``name``.
    addresses
        Address of a page for each of its values, written as text.
    """

    field: str
    addresses: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart with its table.

    Parameters
    ----------
    figure
        What is drawn.
    grid
        The drawn rows for people.
    trail
        Where they come from.
    folded
        Whether it waits behind its title, beside another chart that says the same of a later year.
    marks
        Where its marks lead, on a page that is served: a field of their records, and an address for each of
        its values.
    """

    template: ClassVar[str] = "chart.html"

    figure: Figure
    grid: Grid
    trail: Trail
    folded: bool = False
    marks: Marks | None = None

    @property
    def id(self) -> str:
        """Anchor and name of its data file."""
        return self.figure.id

    @property
    def rows(self) -> pa.Table:
        """The rows of its data file."""
        return self.figure.table


class Heading(NamedTuple):
    """What stands above a table.

    Parameters
    ----------
    id
        Anchor and name of its data file.
    title
        What it shows, as one sentence.
    subtitle
        Unit and basis.
    """

    id: str
    title: str
    subtitle: str


@dataclass(frozen=True, slots=True)
class Table:
    """A table that stands by itself.

    Parameters
    ----------
    heading
        Its id, title and subtitle.
    grid
        The rows for people.
    rows
        The rows of its data file.
    trail
        Where they come from; None for what is said about the store itself.
    folded
        Whether it waits behind its title.
    """

    template: ClassVar[str] = "table.html"

    heading: Heading
    grid: Grid
    rows: pa.Table
    trail: Trail | None
    folded: bool = False

    @property
    def id(self) -> str:
        """Anchor and name of its data file."""
        return self.heading.id


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement of an article with its verdict.

    Parameters
    ----------
    claim_id, text, stated, recomputed, verdict, reason
        As the check gives them.
    facts
        Further columns that hold something: name and value.
    command, reference
        What judges it again, and what ``trace`` takes.
    address
        Its own page, where there is one.
    """

    claim_id: str
    text: str
    stated: str
    recomputed: str
    verdict: str
    reason: str
    facts: tuple[tuple[str, str], ...]
    command: str
    reference: str
    address: str = ""


@dataclass(frozen=True, slots=True)
class Statements:
    """The statements of one article.

    Parameters
    ----------
    id
        Anchor.
    title
        The article and when it was published.
    finding
        How many statements got which verdict, in a sentence.
    counts
        Number of statements by verdict, only those that occur.
    statements
        In the order of the article.
    """

    template: ClassVar[str] = "statements.html"

    id: str
    title: str
    finding: str
    counts: tuple[tuple[str, int], ...]
    statements: tuple[Statement, ...]


@dataclass(frozen=True, slots=True)
class Source:
    """One source of the page's figures, with the files that were read.

    Parameters
    ----------
    source_id
        Its id, which is its anchor too.
    facts
        The stored record of the source.
    """

    source_id: str
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Sources:
    """Every source of the page's figures."""

    template: ClassVar[str] = "sources.html"

    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class Definitions:
    """What the words of the document mean.

    Parameters
    ----------
    words
        Word and meaning.
    """

    template: ClassVar[str] = "definitions.html"

    words: tuple[tuple[str, str], ...] = DEFINITIONS


@dataclass(frozen=True, slots=True)
class Tracing:
    """How to follow a figure to its bytes, shown on one of the page's own.

    Parameters
    ----------
    trail
        The figure followed.
    lines
        The steps as ``trace`` gives them: step, what, detail.
    citations
        Citations of it, as ``cite`` gives them.
    """

    template: ClassVar[str] = "tracing.html"

    trail: Trail
    lines: tuple[tuple[str, str, str], ...]
    citations: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Findings:
    """What the document finds, each as one computed sentence.

    Parameters
    ----------
    said
        Anchor of the chart, table or article that shows it, and the sentence.
    """

    template: ClassVar[str] = "findings.html"

    said: tuple[tuple[str, str], ...]


Block = Chart | Table | Statements | Sources | Definitions | Tracing | Findings


@dataclass(frozen=True, slots=True)
class Section:
    """One section of the page.

    Parameters
    ----------
    id
        Its anchor.
    title
        Its heading.
    prose
        Paragraphs, computed from answers wherever they hold a figure.
    blocks
        What follows.
    """

    id: str
    title: str
    prose: tuple[str, ...]
    blocks: tuple[Block, ...]
