"""What of a sentence has been read, and what is left? A sentence as marks and words, taken off one by one.

A sentence counts as read only when nothing is left of it but words that change no meaning. So a "not", a
month, an average or a currency nobody asked about keeps the sentence from being judged as something else.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

# An abbreviation with a point ends no sentence; "U.S." and figures are followed by more of the same.
_ENDS: Final = re.compile(
    r"(?<=[.!?])(?<!\bU\.S\.)(?<!\bvs\.)(?<!\bapprox\.)[\"'”’)]*\s+(?=[\"'“‘(]?[A-Z0-9$])|\n+|;\s+"
)
_SPACES: Final = re.compile(r"\s+")
_SIGNS: Final = str.maketrans(
    {
        "\N{MINUS SIGN}": "-",
        "\N{EN DASH}": "-",
        "\N{EM DASH}": "-",
        "\N{NON-BREAKING HYPHEN}": "-",
        "\N{HYPHEN}": "-",
        "\N{RIGHT SINGLE QUOTATION MARK}": "'",
        "\N{LEFT SINGLE QUOTATION MARK}": "'",
        "\N{LEFT DOUBLE QUOTATION MARK}": " ",
        "\N{RIGHT DOUBLE QUOTATION MARK}": " ",
        '"': " ",
        "@": " at ",
    }
)
# Words that say nothing about which figure is meant. None of them denies, limits, averages or adjusts.
_FILLERS: Final = """
    a an the this that of in for at on with from to was is were are be been being has had have having
    its their there also ran run running posted posts recorded registered showed shows saw came comes
    stood stands stand amounted amounts totaled totalled totals reached reaches hit hits equaled equalled
    represented represents trade trading annual annually yearly total overall whole entire worth value
    valued amount sum figure figures dollar dollars nominal according census bureau bea data official
    statistics reported reports says said year years calendar full abroad partner partners
"""
FILLERS: Final = frozenset(_FILLERS.split())
_WORD: Final = re.compile(r"@[a-z]+\d+|[^\s,.;:!?()]+")


def sentences(text: str) -> list[str]:
    """Take a text apart into its sentences, as they were written."""
    parts = (_SPACES.sub(" ", part).strip() for part in _ENDS.split(text))
    return [part for part in parts if re.search(r"\w", part)]


@dataclass
class Sheet:
    """One sentence, from which is taken what has been read.

    Parameters
    ----------
    text
        What is left: words in lower case, and marks such as ``@year0`` for what was recognised.
    """

    text: str
    _marked: dict[str, list[object]] = field(default_factory=dict)

    @classmethod
    def of(cls, sentence: str) -> Sheet:
        """Begin with a sentence as it was written."""
        return cls(_SPACES.sub(" ", sentence.translate(_SIGNS)).strip().rstrip("."))

    def part(self, text: str) -> Sheet:
        """A part of the sentence, with the same marks."""
        numbered = {kind: list(values) for kind, values in self._marked.items()}
        return Sheet(text, numbered)

    def lower(self) -> None:
        """Forget capitals, once everything told by them has been marked."""
        self.text = self.text.lower()

    def mark(self, kind: str, pattern: re.Pattern[str], read: Callable[[re.Match[str]], object]) -> None:
        """Put a mark in place of everything of a kind; what ``read`` gives None for stays."""
        held = self._marked.setdefault(kind, [])

        def put(match: re.Match[str]) -> str:
            value = read(match)
            if value is None:
                return match[0]
            held.append(value)
            return f" @{kind}{len(held) - 1} "

        self.text = _SPACES.sub(" ", pattern.sub(put, self.text)).strip()

    def marked(self, kind: str) -> list[object]:
        """What was marked of a kind, in the order of the sentence, taken or not."""
        return list(self._marked.get(kind, ()))

    def value(self, mark: str) -> object:
        """What stands behind a mark such as ``@year0``."""
        kind, number = re.fullmatch(r"@([a-z]+)(\d+)", mark).groups()  # type: ignore[union-attr]
        return self._marked[kind][int(number)]

    def left(self, kind: str) -> list[object]:
        """What was marked of a kind and has not been taken."""
        return [self.value(mark) for mark in re.findall(rf"@{kind}\d+", self.text)]

    def take(self, pattern: str) -> re.Match[str] | None:
        """Take the first place where a pattern fits, whole words only; None where it fits nowhere."""
        found = re.search(rf"(?<![\w@-])(?:{pattern})(?:(?![\w-])|(?<=\s))", self.text)
        if found:
            self.text = _SPACES.sub(" ", f"{self.text[: found.start()]} {self.text[found.end() :]}").strip()
        return found

    def take_all(self, pattern: str) -> bool:
        """Take every place where a pattern fits, and say whether there was one."""
        any_taken = False
        while self.take(pattern):
            any_taken = True
        return any_taken

    def has(self, pattern: str) -> bool:
        """Whether a pattern fits somewhere, whole words only."""
        return re.search(rf"(?<![\w@-])(?:{pattern})(?:(?![\w-])|(?<=\s))", self.text) is not None

    def unread(self) -> list[str]:
        """Words that were not understood, with marks written out as they stood for."""
        words = (word.removesuffix("'s").strip("'") for word in _WORD.findall(self.text))
        return [
            str(self.value(word)) if word.startswith("@") else word
            for word in words
            if word and word not in FILLERS and word.strip("-")
        ]
