"""What do the two articles state, does the record bear it out, and does it bear out a figure of one's own?"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, Final, Literal

from pydantic import Field as Given

from techbalance.charts import text
from techbalance.claims.load import shipped
from techbalance.errors import UnknownCodeError
from techbalance.questions.parameters.accounts import Series
from techbalance.questions.parameters.claims import MOST_CHARACTERS
from techbalance.questions.parameters.declaration import Params
from techbalance.questions.parameters.texts import AsOf
from techbalance.report.blocks import Chart, Marks, Section, Statement, Statements
from techbalance.report.sections.claims import VERDICTS, said, section
from techbalance.web.pages.claim_evidence import evidence
from techbalance.web.pages.controls import controls_of
from techbalance.web.pages.drafts import Gathering
from techbalance.web.pages.explorer import SERIES
from techbalance.web.pages.page import Content, Link, Page, address

if TYPE_CHECKING:
    from techbalance.questions.answer import Answer
    from techbalance.report.blocks import Block
    from techbalance.web.pages.controls import Control
    from techbalance.web.pages.page import Asker

ADDRESS: Final = "/claims"
ARTICLES: Final = tuple(file.name.removesuffix(".toml") for file in shipped())
_FACTS: Final = {
    "read_as": "Read as",
    "comparison": "Compared as",
    "vintage": "Vintage",
    "basis": "Basis",
    "bracketed_by": "Bracketed by",
    "superseded_by": "Superseded by",
}
Verdict = Literal[
    "reproduced", "reproduced-on-vintage", "definition-dependent", "differs", "not-covered", "interpretation"
]


class ClaimsParams(Params):
    """Which statements, or which figure of one's own?"""

    text: str | None = Given(
        default=None,
        min_length=1,
        max_length=MOST_CHARACTERS,
        description="A sentence with a figure, its unit and a year, such as: the deficit was $297bn in 2024",
    )
    series: Series = Given(
        default="atp", description="What such a sentence is about, where it does not say so"
    )
    article: str | None = Given(default=None, description="Only the statements of one article")
    verdict: Verdict | None = Given(default=None, description="Only statements with this verdict")
    claim: str | None = Given(default=None, description="One statement, by its id")
    as_of: AsOf | None = Given(default=None, description="Only what was published up to this day")


def compose(asker: Asker, params: ClaimsParams) -> Content:
    """Compose the page: one's own figures first, then the articles, or one statement with its evidence."""
    if params.claim is not None:
        return _one(asker, params, params.claim)
    if params.article is not None and params.article not in ARTICLES:
        raise UnknownCodeError.among("article", params.article, ARTICLES)
    told = Gathering()
    every = _articles(asker)
    sections = []
    if params.text is not None:
        sections.append(_own(asker, params, told))
    shown = [
        kept
        for name, block in zip(ARTICLES, every, strict=True)
        if params.article in {None, name} and (kept := _narrowed(block, params.verdict)) is not None
    ]
    whole = section(asker)
    if not shown:
        told.add("No statement has this verdict.")
    tiles = () if params.article or params.verdict else _tiles(whole.blocks[0], every)
    sections.append(Section("articles", whole.title, whole.prose, (*tiles, *shown)))
    return Content(
        kicker="Claims",
        heading=_heading(every) if params.text is None else sections[0].title,
        lead=_lead(every) if params.text is None else " ".join(sections[0].prose),
        controls=_controls(params),
        sections=tuple(_untold(sections, params)),
        links=_originals(),
        notes=told.notes,
    )


def _tiles(tiles: Block, articles: list[Statements]) -> tuple[Block, ...]:
    """Let each tile lead to the page of its statement."""
    addresses = {one.claim_id: one.address for block in articles for one in block.statements}
    return (replace(tiles, marks=Marks("claim_id", addresses)),) if isinstance(tiles, Chart) else (tiles,)


def _untold(sections: list[Section], params: ClaimsParams) -> list[Section]:
    """Take the words that stand at the head of the page out of the section they come from."""
    if params.text is None:
        return sections
    return [replace(sections[0], title="", prose=()), *sections[1:]]


def _articles(asker: Asker) -> list[Statements]:
    """The statements of each article, each with the address of its page."""
    blocks = [block for block in section(asker).blocks if isinstance(block, Statements)]
    return [
        replace(
            block,
            statements=tuple(
                replace(one, address=address(ADDRESS, claim=one.claim_id)) for one in block.statements
            ),
        )
        for block in blocks
    ]


def _narrowed(block: Statements, verdict: str | None) -> Statements | None:
    """Keep the statements with one verdict; None where there are none."""
    if verdict is None:
        return block
    kept = tuple(one for one in block.statements if one.verdict == verdict)
    if not kept:
        return None
    finding = f"{len(kept)} of {text.counted(len(block.statements), 'statement')}: {VERDICTS[verdict]}."
    return replace(block, finding=finding, counts=((verdict, len(kept)),), statements=kept)


def _heading(articles: list[Statements]) -> str:
    found = Counter(one.verdict for block in articles for one in block.statements)
    total = sum(found.values())
    borne = sum(found[name] for name in ("reproduced", "reproduced-on-vintage", "definition-dependent"))
    return (
        f"The record bears out {borne} of {text.counted(total, 'statement')} in two articles; "
        f"{found['differs']} {'differs' if found['differs'] == 1 else 'differ'}"
    )


def _lead(articles: list[Statements]) -> str:
    found = Counter(one.verdict for block in articles for one in block.statements)
    return (
        f"{text.spelled(found['not-covered'])} cannot be checked with what is held, and are not called "
        f"wrong; {text.counted(found['interpretation'], 'statement')} no single number decides."
    )


def _originals() -> tuple[Link, ...]:
    return tuple(
        Link(f"The original: {file.article.title}", str(file.article.address))
        for file in shipped()
        if file.article.address
    )


def _own(asker: Asker, params: ClaimsParams, told: Gathering) -> Section:
    """Judge the figures of a text like statements that ship; what could not be read becomes a note."""
    answer = asker.ask("claims_judge", text=params.text, series=params.series, as_of=params.as_of)
    rows = answer.rows()
    told.add(*[f"\u201c{row['text']}\u201d: {row['note']}" for row in rows if row["verdict"] is None])
    judged = [_statement(row, answer) for row in rows if row["verdict"] is not None]
    if not judged:
        title = "None of it could be read as a figure with a unit and a year"
        return Section("own", title, ("The notes say what is missing; nothing is guessed.",), ())
    found = Counter(one.verdict for one in judged)
    counts = tuple((name, found[name]) for name in VERDICTS if found[name])
    title = f"Your figure: {VERDICTS[judged[0].verdict]}"
    reason = judged[0].reason
    if len(judged) > 1:
        told_of = text.listing([f"{count} {VERDICTS[name]}" for name, count in counts])
        title, reason = f"Of your {len(judged)} figures: {told_of}", ""
    finding = f"{text.counted(len(judged), 'figure')} read and judged."
    block = Statements("own-figures", "Your figures", finding, counts, tuple(judged))
    return Section("own", title, (reason,) if reason else (), (block,))


def _statement(row: dict[str, Any], answer: Answer) -> Statement:
    return Statement(
        claim_id=row["claim_id"],
        text=said(row["text"]),
        stated=said(row["stated"]),
        recomputed=said(row["recomputed"]),
        verdict=row["verdict"],
        reason=said(row["reason"] or ""),
        facts=tuple((words, said(row[name])) for name, words in _FACTS.items() if row.get(name) is not None),
        command=answer.command,
        reference=answer.reference,
    )


def _one(asker: Asker, params: ClaimsParams, wanted: str) -> Content:
    """Show one statement with what bears on it."""
    every = {one.claim_id: (block, one) for block in _articles(asker) for one in block.statements}
    if wanted not in every:
        raise UnknownCodeError.among("claim", wanted, every)
    block, one = every[wanted]
    names = list(every)
    place = names.index(wanted)
    told = Gathering()
    alone = replace(block, finding=one.text, counts=((one.verdict, 1),), statements=(one,))
    shown = told.held(*[partial(make, asker) for make in evidence(wanted)])
    nearby = [names[place + step] for step in (-1, 1) if 0 <= place + step < len(names)]
    return Content(
        kicker=f"Statement {wanted}, in our own words",
        heading=f"{VERDICTS[one.verdict].capitalize()}: {one.text}",
        lead=one.reason,
        crumbs=(Link("Claims", ADDRESS), Link(wanted, one.address)),
        sections=(Section("statement", "", (), (alone, *shown)),),
        links=(
            *[Link(f"Statement {name}", address(ADDRESS, claim=name)) for name in nearby],
            *_originals(),
        ),
        notes=told.notes,
    )


def _controls(params: ClaimsParams) -> tuple[Control, ...]:
    articles = (
        ("", "Both articles"),
        *[(name, file.article.title) for name, file in zip(ARTICLES, shipped(), strict=True)],
    )
    return controls_of(
        ClaimsParams,
        params.texts(),
        only=("text", "series", "article", "verdict"),
        text={"label": "Check a figure of your own", "example": "The deficit was $297bn in 2024, a record."},
        series={"label": "It is about", "options": tuple(SERIES.items())},
        article={"kind": "choice", "options": articles},
        verdict={"options": (("", "All verdicts"), *VERDICTS.items())},
    )


def views(_: Asker) -> list[tuple[str, dict[str, str]]]:
    """Each article, and each statement."""
    articles = [
        (file.article.title, {"article": name}) for name, file in zip(ARTICLES, shipped(), strict=True)
    ]
    return [*articles, *[(one.id, {"claim": one.id}) for file in shipped() for one in file.claims]]


PAGE: Final = Page(
    ADDRESS,
    "Claims",
    ClaimsParams,
    compose,
    "Two articles, statement by statement, with verdicts and evidence; and a figure of your own, judged",
    views=views,
)
