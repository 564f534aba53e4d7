"""Are statements true, and of which revision and definition? Answers ``claims check``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa

from techbalance.claims.judge import judge
from techbalance.claims.load import load_claims, shipped
from techbalance.errors import UnknownCodeError
from techbalance.questions.answer import Answer
from techbalance.questions.evidence.gather import evidence
from techbalance.questions.evidence.held import Held
from techbalance.questions.parameters.claims import CLAIMS_CHECK, ClaimsCheckParams
from techbalance.store.userfiles import is_file, read_text

if TYPE_CHECKING:
    from techbalance.claims.statement import ClaimFile, Statement
    from techbalance.store.catalogue import Store

SCHEMA = pa.schema(
    [(name, pa.date32() if name == "vintage" else pa.string()) for name in CLAIMS_CHECK.columns]
)


def run(params: ClaimsCheckParams, store: Store) -> Answer:
    """Answer ``claims check``: one row per statement, in the order of its file.

    A record is judged as of the article's date; ``as_of`` looks at nothing published later.
    """
    day = params.as_of.day if params.as_of else None
    held = Held(store, day)
    judged = [
        judge(claim, evidence(held, claim, file), day, published=file.article.published_until)
        for file, claim in chosen_statements(params.what)
    ]
    verdicts = {one.verdict for one in judged}
    table = pa.Table.from_pylist([one.row() for one in judged], schema=SCHEMA)
    return Answer(
        CLAIMS_CHECK,
        params,
        store,
        table,
        _notes(params),
        tuple(held.lineage.values()),
        failed=params.strict and "differs" in verdicts,
        uncovered=params.strict and "not-covered" in verdicts,
    )


def chosen_statements(what: str | None) -> list[tuple[ClaimFile, Statement]]:
    """Statements by id, or those of a user's file, or all that ship.

    Raises
    ------
    UnknownCodeError
        Neither a statement nor a file has this name.
    """
    every = [(file, claim) for file in shipped() for claim in file.claims]
    if what is None:
        return every
    by_id = {claim.id.casefold(): (file, claim) for file, claim in every}
    names = [name.strip() for name in what.split(",") if name.strip()]
    if names and all(name.casefold() in by_id for name in names):
        return [by_id[name.casefold()] for name in names]
    if is_file(what):
        file = load_claims(read_text(what), what)
        return [(file, claim) for claim in file.claims]
    unknown = next((name for name in names if name.casefold() not in by_id), what)
    known = [claim.id for _, claim in every]
    error = UnknownCodeError.among("statement or file", unknown, known)
    remedy = error.remedy or "techbalance claims list shows the statements; a file of your own ends in .toml"
    raise UnknownCodeError(error.what, remedy=remedy)


def _notes(params: ClaimsCheckParams) -> tuple[str, ...]:
    if params.what is not None:
        return ()
    return ("Statements are in our own words; techbalance claims list shows them.",)
