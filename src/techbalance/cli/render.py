"""How is an answer written? Data to standard output or a file, words to standard error."""

from __future__ import annotations

import io
import os
import sys
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from techbalance.errors import ParameterError, StoreError, shortened
from techbalance.questions.representations import BINARIES, TEXTS
from techbalance.store.answers import remember

if TYPE_CHECKING:
    from collections.abc import Iterator

    from techbalance.questions.answer import Answer

BINARY = ("parquet", "arrow", "xlsx", "dta")


def write(answer: Answer, form: str, out: str | None) -> None:
    """Write an answer.

    Parameters
    ----------
    answer
        What to write.
    form
        One of the formats of the command line.
    out
        File to write; None for standard output.

    Raises
    ------
    ParameterError
        A binary format would go to a terminal.
    StoreError
        The file cannot be written.
    """
    if form in BINARY and out is None and sys.stdout.isatty():
        raise ParameterError(f"{form} is not for a terminal", remedy="Add --out FILE")
    if form == "table":
        from techbalance.cli.terminal import as_table

        _write_text(as_table(answer), out)
    elif form in ("csv", "json"):
        _write_text(TEXTS[form](answer), out)
    else:
        _write_binary(answer, form, out)
    _write_words(answer)


def _write_text(text: str, out: str | None) -> None:
    if out is not None:
        _write_file(text.encode(), out)
        return
    with _to_standard_output():
        sys.stdout.write(text)
        sys.stdout.flush()


def _write_binary(answer: Answer, form: str, out: str | None) -> None:
    # Made whole before a byte is written, so that a file that is there already is not lost to a failure.
    made = io.BytesIO()
    BINARIES[form](answer, made)
    if out is not None:
        _write_file(made.getvalue(), out)
        return
    with _to_standard_output():
        sys.stdout.buffer.write(made.getvalue())
        sys.stdout.buffer.flush()


def _write_file(content: bytes, out: str) -> None:
    try:
        Path(out).write_bytes(content)
    except OSError as wrong:
        raise StoreError(f"cannot write {shortened(out)}", where=wrong.strerror or "") from wrong
    except ValueError as wrong:
        raise StoreError(f"cannot write {shortened(out)}", where="not a file name") from wrong


@contextmanager
def _to_standard_output() -> Iterator[None]:
    """Say so where standard output cannot be written; a reader that has seen enough is no failure."""
    try:
        yield
    except BrokenPipeError:
        # Python would complain once more when it closes standard output at the end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError as wrong:
        raise StoreError("cannot write standard output", where=wrong.strerror or "") from wrong


def _write_words(answer: Answer) -> None:
    """Notes, sources and the reference, apart from the data."""
    words = [*answer.notes]
    if answer.source_ids:
        words.append(f"Source: {'; '.join(answer.publishers)}.")
        remember(answer.store, answer.answer_id, answer.reference)
        words.append(f"Trace: techbalance trace '{answer.reference}'   [answer {answer.answer_id}]")
    if words:
        # The data are out; nobody left to read the words is no failure.
        with suppress(OSError):
            sys.stderr.write("\n".join(words) + "\n")
            sys.stderr.flush()
