"""How is a figure cited? Answers ``cite``."""

from __future__ import annotations

import re
from functools import cache
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from techbalance.questions.answer import Answer
from techbalance.questions.parameters.provenance import CITE, CiteParams
from techbalance.questions.reference import answer_of

if TYPE_CHECKING:
    from techbalance.store.catalogue import Store

SCHEMA = pa.schema([("source_id", pa.string()), ("citation", pa.string()), ("bibtex", pa.string())])

# What is said of rows in the user's own store that name a source nobody recorded.
UNRECORDED: dict[str, Any] = {
    "publisher": "the user's own store",
    "title": "Rows whose source has no record",
    "citation": "Rows of the user's own store; their source has no record.",
}


def run(params: CiteParams, store: Store) -> Answer:
    """Answer ``cite``: the answer itself first (its ``source_id`` is null), then each of its sources."""
    cited = answer_of(params.what, store)
    lines = [_of_answer(cited)]
    lines += [_of_source(one, store.sources.get(one, UNRECORDED)) for one in cited.source_ids]
    return Answer(CITE, params, store, pa.Table.from_pylist(lines, schema=SCHEMA))


@cache
def _release() -> str:
    return version("techbalance")


def citation_of(cited: Answer) -> str:
    """Cite an answer in one line: what was asked, how to ask it again, and whose figures it is made from."""
    asked = f"{cited.command} [answer {cited.answer_id}]"
    from_whom = f" From figures of {_listed(cited.publishers)}." if cited.publishers else ""
    return f"techbalance {_release()}, \u201c{_title(cited)}\u201d, {asked}.{from_whom}"


def _of_answer(cited: Answer) -> dict[str, Any]:
    release = _release()
    fields = {
        "title": _title(cited),
        "author": "{techbalance}",
        "year": release.split(".")[0],
        "version": release,
        "note": f"{cited.command}; answer {cited.answer_id}",
    }
    bibtex = _bibtex(f"techbalance-{cited.answer_id}", fields)
    return {"source_id": None, "citation": citation_of(cited), "bibtex": bibtex}


def _title(cited: Answer) -> str:
    """Name an answer by what was asked: ``Balance: denominator goods_census, year 2007``."""
    given = [
        f"{name.replace('_', ' ')} {text}" if text != "true" else name.replace("_", " ")
        for name, text in cited.params.texts().items()
    ]
    words = " ".join(cited.question.command).replace("-", " ").capitalize()
    return f"{words}: {', '.join(given)}" if given else words


def _of_source(source_id: str, facts: dict[str, Any]) -> dict[str, Any]:
    vintage = str(facts.get("vintage") or "")
    fields = {
        "title": facts["title"],
        "author": f"{{{facts['publisher']}}}",
        "year": vintage[:4],
        "note": f"Figures as of {vintage}" if vintage else "",
        "url": str(facts.get("address") or ""),
    }
    return {"source_id": source_id, "citation": facts["citation"], "bibtex": _bibtex(source_id, fields)}


def _listed(names: tuple[str, ...]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _bibtex(key: str, fields: dict[str, str]) -> str:
    lines = [f"  {name} = {{{_escaped(text, name)}}}," for name, text in fields.items() if text]
    return "\n".join([f"@misc{{{key},", *lines, "}"])


def _escaped(text: str, name: str) -> str:
    """Escape what BibTeX would read as its own; an address stays as it is."""
    return text if name == "url" else re.sub(r"([&%$#_])", r"\\\1", text)
