"""An answer with everything that must travel with it, as plain values: what HTTP and assistants hand out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from techbalance.questions.cite import citation_of
from techbalance.questions.representations import plain

if TYPE_CHECKING:
    from techbalance.questions.answer import Answer


def as_document(answer: Answer) -> dict[str, Any]:
    """Write an answer as one object.

    Returns
    -------
    dict
        ``question``, ``reference`` (what ``trace`` and ``cite`` take), ``command``, ``answer_id``,
        ``store_version``, ``answered`` (whether any value is there), ``columns`` (kind, unit and what each
        holds), ``rows`` (money in whole dollars, dates as ISO texts, null where a value cannot be given),
        ``notes``, ``sources`` and ``citation``.
    """
    records = answer.store.sources
    return {
        "question": answer.question.name,
        "reference": answer.reference,
        "command": answer.command,
        "answer_id": answer.answer_id,
        "store_version": answer.store.version,
        "answered": answer.answered,
        "columns": {
            name: {"kind": column.kind, "unit": column.unit, "says": column.says}
            for name, column in answer.columns.items()
        },
        "rows": [{name: plain(value) for name, value in row.items()} for row in answer.rows()],
        "notes": list(answer.notes),
        "sources": [
            {
                "source_id": one,
                "publisher": records.get(one, {}).get("publisher", ""),
                "title": records.get(one, {}).get("title", ""),
                "vintage": str(records.get(one, {}).get("vintage", "")),
                "licence": records.get(one, {}).get("licence", ""),
            }
            for one in answer.source_ids
        ],
        "citation": citation_of(answer),
    }
