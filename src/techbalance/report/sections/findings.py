"""What does the document find? Every chart, table and article as its one computed sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from techbalance.report.blocks import Chart, Findings, Section, Statements, Table

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence


def findings(sections: Sequence[Section], left_out: Sequence[str] = ()) -> Section:
    """Collect what other sections state.

    Parameters
    ----------
    sections
        Those sections.
    left_out
        Why others are not there, each as a sentence.
    """
    return Section(
        id="findings",
        title="Findings",
        prose=tuple(f"Left out: {said}" for said in left_out),
        blocks=(Findings(tuple(_said(sections))),),
    )


def _said(sections: Iterable[Section]) -> Iterator[tuple[str, str]]:
    """Pair each sentence with the place that shows it; tables about the store itself are no finding."""
    for section in sections:
        for block in section.blocks:
            if isinstance(block, Chart):
                yield block.id, f"{block.figure.title}."
            elif isinstance(block, Table) and block.trail is not None:
                yield block.id, f"{block.heading.title}."
            elif isinstance(block, Statements):
                yield block.id, f"{block.title}: {block.finding}"
