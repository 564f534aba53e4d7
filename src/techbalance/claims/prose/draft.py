"""What does a sentence say its figure is of? The parts that every kind of statement has in common."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, cast

from pydantic import ValidationError

from techbalance.claims.measures import MEASURES
from techbalance.claims.prose.marks import Named, Stated, Vocabulary, group_name
from techbalance.claims.statement import Statement

if TYPE_CHECKING:
    from techbalance.claims.measures import Comparator
    from techbalance.claims.prose.sheet import Sheet

ANY_TOTAL: Final = ("goods_census", "goods_bop", "goods_services_bop")
_BOUNDS: Final[tuple[tuple[str, Comparator], ...]] = (
    ("at least|no less than|not less than", ">="),
    ("at most|no more than|not more than", "<="),
    ("more than|over|above|exceeding|exceeded|exceeds|greater than|larger than", ">"),
    ("less than|under|below|smaller than|lower than", "<"),
    ("about|around|roughly|approximately|approx|some|nearly|almost|practically|close to|circa", "about"),
)
BOUND_WORDS: Final = "|".join(words for words, _ in _BOUNDS)
_TURNED: Final[dict[Comparator, Comparator]] = {
    "<": ">",
    "<=": ">=",
    ">": "<",
    ">=": "<=",
    "=": "=",
    "about": "about",
}
_NATURES: Final = (
    ("deficit", "deficits?"),
    ("surplus", "surplus(?:es)?"),
    ("balance", "balances?"),
    ("export", "exports?|exported|sales|sold"),
    ("import", "imports?|imported|purchases|bought"),
)


@dataclass(frozen=True)
class Context:
    """What the caller says of a text, for what a sentence leaves open; it never overrules the sentence.

    Parameters
    ----------
    series, group, partner
        What is spoken of.
    years
        A year, or first and last.
    """

    series: str | None = None
    group: str | None = None
    partner: str | None = None
    years: tuple[int, int] | None = None


@dataclass(frozen=True)
class Understood:
    """What became of one figure of a sentence.

    Parameters
    ----------
    text
        The sentence.
    stated
        The figure as it was written, empty where the sentence holds none.
    statement
        What can be judged; None where the sentence is not wholly understood.
    series
        Series that the words may mean; each is tried, as a definition of its own.
    bases
        Denominators that the words may mean, where they name one.
    said
        How unclear words are read.
    asks
        What was not understood, and what is missing.
    """

    text: str
    stated: str = ""
    statement: Statement | None = None
    series: tuple[str, ...] = ()
    bases: tuple[str, ...] = ()
    said: tuple[str, ...] = ()
    asks: tuple[str, ...] = ()


@dataclass
class Draft:
    """A statement in the making.

    Parameters
    ----------
    sheet
        The sentence.
    vocabulary
        Names of the store.
    context
        What the caller says.
    """

    sheet: Sheet
    vocabulary: Vocabulary
    context: Context
    said: list[str] = field(default_factory=list)
    asks: list[str] = field(default_factory=list)
    bases: tuple[str, ...] = ()
    is_ours: bool = False
    shown: str = ""

    def ask(self, what: str) -> None:
        """Note something that is missing, once."""
        if what not in self.asks:
            self.asks.append(what)

    def say(self, what: str) -> None:
        """Note how something is read, once."""
        if what not in self.said:
            self.said.append(what)

    # what is spoken of

    def whose(self) -> None:
        """Take the United States off: they report, and are the partner of nobody."""
        self.is_ours = self.sheet.take_all(r"@us\d+")

    def nature(self) -> str:
        """Take the one word that says balance or flow; empty, and asked for, where there is none or two."""
        found = [name for name, pattern in _NATURES if self.sheet.take_all(pattern)]
        if len(found) == 1:
            return found[0]
        if found:
            self.ask(f"one of {' and '.join(found)}: the sentence speaks of both")
        else:
            self.ask("what the figure is: a deficit, a surplus, a balance, exports or imports")
        return ""

    def series(self, *, is_trade: bool) -> tuple[str, ...]:
        """Take the series; ``is_trade`` where the sentence says "trade deficit" and names none."""
        named = cast("list[tuple[str, ...]]", self.sheet.left("series"))
        self.sheet.take_all(r"@series\d+")
        distinct = list(dict.fromkeys(named))
        if len(distinct) > 1:
            self.ask("one series: the sentence names several")
            return ()
        if distinct:
            return distinct[0]
        if self.sheet.left("group"):
            return ("atp",)
        if self.context.series:
            self.say(f"series {self.context.series}, as given with the text")
            return (self.context.series,)
        if is_trade:
            self.say("no series is named, so each total is tried")
            return ANY_TOTAL
        self.ask("series: advanced technology products, goods, services, or goods and services")
        return ()

    def group(self, series: tuple[str, ...]) -> str | None:
        """Take the technology group; a name that also means all such trade counts beside the series only."""
        codes = cast("list[str]", self.sheet.left("group"))
        self.sheet.take_all(r"@group\d+")
        unsure = cast("list[Named]", self.sheet.left("anygroup"))
        self.sheet.take_all(r"@anygroup\d+")
        if unsure and "atp" not in series:
            self.ask(f"whether {unsure[0]} means the group of advanced technology products")
        codes += [one.code for one in unsure]
        if len(set(codes)) > 1:
            self.ask("one technology group: the sentence names several")
        if codes:
            self.say(f"{group_name(codes[0])} is the group of that name in advanced technology products")
            return codes[0]
        return self.context.group

    def partner(self, nature: str) -> str | None:
        """Take the partner, with the word that makes it one: with, from, to or against."""
        words = {"export": "to|with", "import": "from|with"}.get(nature, "with|against")
        found = self.sheet.take(rf"(?:{words}) @partner(\d+)(?:'s)?")
        if found:
            return cast("Named", self.sheet.value(f"@partner{found[1]}")).code
        if self.sheet.left("partner"):
            name = self.sheet.left("partner")[0]
            self.ask(
                f"whether {name} is the partner (with {name}): only the United States' own trade is held"
            )
            return None
        return self.context.partner

    # time

    def years(self) -> list[int]:
        """Take a span or single years, in order of time for a span, as written otherwise."""
        span = (
            self.sheet.take(r"(?:from|between) @year(\d+) (?:to|and|until|through) @year(\d+)")
            or self.sheet.take(r"(?:from |between )?@year(\d+) ?- ?@year(\d+)")
            or self.sheet.take(r"@year(\d+) to @year(\d+)")
        )
        if span:
            return [cast("int", self.sheet.value(f"@year{span[number]}")) for number in (1, 2)]
        found = cast("list[int]", self.sheet.left("year"))
        self.sheet.take_all(r"(?:in |of |for |during )?(?:the year )?@year\d+")
        return list(dict.fromkeys(found))

    def year(self) -> int | None:
        """Take the one year; asked for where there is none, or several."""
        found = self.years()
        if len(found) == 1:
            return found[0]
        given = self.context.years
        if not found and given and given[0] == given[1]:
            self.say(f"the year {given[0]}, as given with the text")
            return given[0]
        self.ask("the year" if not found else "one year: the sentence names several")
        return None

    def span(self, *, of_growth: bool = False) -> tuple[int, int] | None:
        """Take the first and the last year; growth "in" one year is growth on the year before."""
        found = self.years()
        if len(found) == 2 and found[0] < found[1]:
            return found[0], found[1]
        if len(found) == 1 and of_growth:
            self.say(f"a change in {found[0]} is one on the year before")
            return found[0] - 1, found[0]
        if not found and self.context.years and self.context.years[0] < self.context.years[1]:
            self.say("the years as given with the text")
            return self.context.years
        self.ask("the first and the last year")
        return None

    # the figure

    def figure(self) -> tuple[Stated, Comparator] | None:
        """Take the figure with the bound before it; None where there is none."""
        for words, comparator in _BOUNDS:
            found = self.sheet.take(rf"({words}) @stated(\d+)")
            if found:
                figure = cast("Stated", self.sheet.value(f"@stated{found[2]}"))
                self.shown = f"{found[1]} {figure}"
                return figure, comparator
        found = self.sheet.take(r"@stated(\d+)")
        if found is None:
            return None
        figure = cast("Stated", self.sheet.value(f"@stated{found[1]}"))
        self.shown = str(figure)
        return figure, "="

    # the outcome

    def settle(
        self,
        text: str,
        metric: str,
        filters: dict[str, Any],
        *,
        series: tuple[str, ...] = (),
        **stated: Any,  # noqa: ANN401
    ) -> Understood:
        """Make the statement, or say what is missing."""
        unread = self.sheet.unread()
        if unread:
            self.ask("the meaning of " + ", ".join(quoted(word) for word in unread))
        if self.asks:
            return Understood(text, self.shown, said=tuple(self.said), asks=tuple(self.asks))
        given = {name: value for name, value in filters.items() if value is not None}
        if series and "series" in MEASURES[metric].filters:
            given["series"] = series[0]
        try:
            statement = Statement.model_validate(
                {"id": "1", "text": text, "where": "as given", "metric": metric, "filters": given, **stated}
            )
        except ValidationError as wrong:
            context = wrong.errors(include_url=False)[0].get("ctx") or {}
            needed = str(context.get("expected", "a statement that can be judged"))
            return Understood(text, self.shown, said=tuple(self.said), asks=(needed,))
        return Understood(text, self.shown, statement, series, self.bases, tuple(self.said))


def quoted(word: str) -> str:
    """Put a word into quotation marks."""
    return f"\N{LEFT DOUBLE QUOTATION MARK}{word}\N{RIGHT DOUBLE QUOTATION MARK}"


def signed(figure: Stated, comparator: Comparator, sign: int) -> tuple[str, Comparator]:
    """Write a figure with the sign of what it is of; a larger deficit is a lower balance."""
    if sign > 0 or not figure.digits.strip("-0."):
        return figure.digits, comparator if sign > 0 else _TURNED[comparator]
    turned = figure.digits[1:] if figure.digits.startswith("-") else f"-{figure.digits}"
    return turned, _TURNED[comparator]
