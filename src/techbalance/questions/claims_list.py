"""Which statements ship, and where were they made? Answers ``claims list``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa

from techbalance.claims.load import shipped
from techbalance.claims.wording import stated_text
from techbalance.questions.answer import Answer
from techbalance.questions.parameters.claims import CLAIMS_LIST, ClaimsListParams

if TYPE_CHECKING:
    from techbalance.claims.statement import ClaimFile, Statement
    from techbalance.store.catalogue import Store

SCHEMA = pa.schema([(name, pa.string()) for name in CLAIMS_LIST.columns])


def run(params: ClaimsListParams, store: Store) -> Answer:
    """Answer ``claims list``: one row per statement, in the order of the articles."""
    lines = [listed(file, claim) for file in shipped() for claim in file.claims]
    return Answer(CLAIMS_LIST, params, store, pa.Table.from_pylist(lines, schema=SCHEMA))


def listed(file: ClaimFile, claim: Statement) -> dict[str, Any]:
    """Write one statement of a file as a row of the list."""
    return {
        "claim_id": claim.id,
        "text": claim.text,
        "stated": stated_text(claim) or None,
        "metric": claim.metric,
        "article": f"{file.article.authors_text}: {file.article.title}",
        "published": file.article.published,
        "where": claim.where,
        "note": claim.read_as,
    }
