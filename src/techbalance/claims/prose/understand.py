"""Which figures does a text state, and of what? A row for each, and what was not understood of it."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from techbalance.claims.prose.draft import Context, Understood, quoted
from techbalance.claims.prose.marks import mark_everything
from techbalance.claims.prose.rules import read_clause
from techbalance.claims.prose.sheet import Sheet, sentences

if TYPE_CHECKING:
    from techbalance.claims.prose.marks import Vocabulary

_BETWEEN_CLAUSES: Final = re.compile(r"\s*[,;]?\s+(?:and|while|whereas|but|against)\s+|\s*[,;]\s+")
_FROM_TO: Final = re.compile(r"from (@stated\d+)((?: in @year\d+)?) to (@stated\d+)((?: in @year\d+)?)")


def understand(text: str, vocabulary: Vocabulary, context: Context | None = None) -> list[Understood]:
    """Read the figures of a text.

    Parameters
    ----------
    text
        One or more sentences in English.
    vocabulary
        Names of partners, and where each series begins.
    context
        What the caller says of the text as a whole.

    Returns
    -------
    list of Understood
        One for each figure, or for each sentence that states none; in the order of the text.
    """
    found: list[Understood] = []
    before: Sheet | None = None
    for sentence in sentences(text):
        sheet = Sheet.of(sentence)
        mark_everything(sheet, vocabulary)
        said = _stand_in(sheet, before)
        before = Sheet.part(sheet, sheet.text)
        rows = _of_sentence(sheet, sentence, vocabulary, context or Context())
        found += [replace(row, said=(*said, *row.said)) for row in rows] if said else rows
        before = before if all(row.statement is not None for row in rows) else None
    return found


def _stand_in(sheet: Sheet, before: Sheet | None) -> tuple[str, ...]:
    """Put the United States in the place of "it", where the sentence before was read and was about them.

    Only what holds a deficit or a surplus is meant by it: "it came to 7 %" may speak of anything.
    """
    if before is None or not before.left("us") or before.left("partner"):
        return ()
    if not sheet.take(r"it (?=(?:had|has|ran|posted|recorded|exported|imported|sold|bought) )"):
        return ()
    return (f"{quoted('it')} is the United States of the sentence before",)


def _of_sentence(whole: Sheet, sentence: str, vocabulary: Vocabulary, context: Context) -> list[Understood]:
    if len(whole.left("stated")) <= 1:
        return read_clause(whole, sentence, vocabulary, context)
    clauses = _clauses(whole)
    if clauses is None:
        ask = "one figure at a time: write each in a sentence of its own"
        return [Understood(sentence, str(one), asks=(ask,)) for one in whole.left("stated")]
    rows = [one for clause in clauses for one in read_clause(clause, sentence, vocabulary, context)]
    return [replace(one, said=(*one.said, *_shared(whole))) for one in rows]


def _shared(whole: Sheet) -> tuple[str, ...]:
    """Say that what is named once was taken for every figure of the sentence."""
    named = [kind for kind in ("year", "series") if len(whole.left(kind)) == 1]
    return (
        (f"the {' and the '.join(named)} named once is that of every figure of the sentence",)
        if named
        else ()
    )


def _clauses(whole: Sheet) -> list[Sheet] | None:
    """Part a sentence so that each part has one figure; a year or series named once stands for all."""
    steps = _FROM_TO.search(whole.text)
    if steps:
        if not (steps[2] and steps[4]):
            # "Grew from $294bn to $415bn in 2025" does not say of which year the first figure is.
            return None
        ends = ((1, 2), (3, 4))
        texts = [
            f"{whole.text[: steps.start()]}to {steps[figure]}{steps[year]}{whole.text[steps.end() :]}"
            for figure, year in ends
        ]
    else:
        texts = [part for part in _BETWEEN_CLAUSES.split(whole.text) if part]
    if any(len(re.findall(r"@stated\d+", text)) != 1 for text in texts):
        return None
    for kind in ("year", "series"):
        marks = re.findall(rf"@{kind}\d+", whole.text)
        if len(marks) == 1:
            texts = [text if marks[0] in text else f"{text} in {marks[0]}" for text in texts]
    return [whole.part(text) for text in texts]
