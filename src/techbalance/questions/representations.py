"""How is an answer written down? As JSON, CSV, Parquet, Arrow, Excel or Stata, from every surface alike."""

from __future__ import annotations

import datetime as dt
import io
import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import BinaryIO

    from techbalance.questions.answer import Answer

# Bytes a Stata column of fixed width can hold; longer texts are kept apart from the rows.
LONGEST_STATA_TEXT = 2045


def plain(value: object) -> object:
    """A value as JSON knows it: a date is its ISO text."""
    return value.isoformat() if isinstance(value, (dt.date, dt.datetime)) else value


def as_json(answer: Answer) -> str:
    """An array of row objects; money stays whole dollars, dates are ISO texts."""
    rows = [{name: plain(value) for name, value in row.items()} for row in answer.rows()]
    return json.dumps(rows, ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def as_csv(answer: Answer) -> str:
    """Comma-separated values with a head; a null is an empty cell."""
    import csv

    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(answer.arrow.column_names)
    for row in answer.rows():
        writer.writerow(["" if value is None else plain(value) for value in row.values()])
    return text.getvalue()


def to_parquet(answer: Answer, file: BinaryIO) -> None:
    """Parquet with the reference, notes and units in its metadata."""
    import pyarrow.parquet as pq

    pq.write_table(_described(answer), file, compression="zstd")


def to_arrow(answer: Answer, file: BinaryIO) -> None:
    """Arrow file (Feather) with the reference, notes and units in its metadata."""
    import pyarrow as pa

    table = _described(answer)
    with pa.ipc.new_file(file, table.schema) as writer:
        writer.write_table(table)


def _described(answer: Answer) -> Any:  # noqa: ANN401 - an Arrow table
    facts = {
        "techbalance_reference": answer.reference,
        "techbalance_answer": answer.answer_id,
        "techbalance_notes": "\n".join(answer.notes),
        "techbalance_sources": ",".join(answer.source_ids),
        "techbalance_units": json.dumps({name: column.unit for name, column in answer.columns.items()}),
    }
    return answer.arrow.replace_schema_metadata(facts)


def to_dta(answer: Answer, file: BinaryIO) -> None:
    """Stata 14 or later. Stata keeps whole numbers above two billion as doubles, exact to 9e15."""
    import pandas as pd

    frame = answer.arrow.to_pandas(date_as_object=False)
    for name in frame.columns:
        if isinstance(frame[name].dtype, pd.StringDtype) or frame[name].dtype == object:
            frame[name] = frame[name].astype(object).where(frame[name].notna(), "").astype(str).astype(object)
        elif frame[name].dtype == "int64":
            frame[name] = frame[name].astype("float64")
        elif frame[name].dtype == bool:
            frame[name] = frame[name].astype("int8")
    labels = {name: column.says[:80] for name, column in answer.columns.items()}
    long = [
        name
        for name in frame.columns
        if frame[name].dtype == object
        and frame[name].str.encode("utf-8").str.len().max() > LONGEST_STATA_TEXT
    ]
    frame.to_stata(
        file,
        write_index=False,
        version=118,
        variable_labels=labels,
        data_label=answer.reference[:80],
        convert_strl=long,
    )


def to_xlsx(answer: Answer, file: BinaryIO) -> None:
    """Excel: the rows on one sheet, what the columns mean and where they come from on another."""
    from techbalance.questions.spreadsheet import write_workbook

    write_workbook(answer, file)


TEXTS: dict[str, Callable[[Answer], str]] = {"csv": as_csv, "json": as_json}
BINARIES: dict[str, Callable[[Answer, BinaryIO], None]] = {
    "parquet": to_parquet,
    "arrow": to_arrow,
    "xlsx": to_xlsx,
    "dta": to_dta,
}
