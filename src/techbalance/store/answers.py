"""Which question stood behind an answer's number? A small log, so that ``trace`` takes the number alone."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from techbalance.errors import UnknownCodeError

if TYPE_CHECKING:
    from techbalance.store.catalogue import Store

IDENTITY = re.compile(r"^[0-9a-f]{12}$")


def remember(store: Store, answer_id: str, reference: str) -> bool:
    """Keep the reference of an answer; False where the store cannot be written, which loses nothing else."""
    folder = store.home / "answers"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / answer_id).write_text(reference, encoding="utf-8")
    except OSError:
        return False
    return True


def recall(store: Store, answer_id: str) -> str:
    """Read the reference of an answer back.

    Raises
    ------
    UnknownCodeError
        The answer was not given on this machine, or its log was removed.
    """
    path = store.home / "answers" / answer_id
    if not IDENTITY.match(answer_id) or not path.is_file():
        raise UnknownCodeError(
            f"no answer {answer_id!r} is logged here",
            remedy="Give its reference instead, for example 'balance?year=2024'",
        )
    return path.read_text(encoding="utf-8")
