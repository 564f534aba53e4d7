"""Which products, partners and districts do made archives hold? The official lists, or a small sample."""

from __future__ import annotations

import csv
import gzip
import io
from dataclasses import dataclass
from pathlib import Path

SAMPLE = Path(__file__).parent / "sample"
OFFICIAL = {"import": "imp_codes_2022.csv.gz", "export": "exp_codes_2019.csv.gz"}


@dataclass(frozen=True)
class Codes:
    """Code lists of one flow, each row as its file has it, ordered by code."""

    products: tuple[dict[str, str], ...]
    countries: tuple[dict[str, str], ...]
    districts: tuple[dict[str, str], ...]


def sample(flow: str) -> Codes:
    """Sixty products, a few partners and districts, taken from the official lists: for tests."""
    return Codes(
        products=_rows(SAMPLE / f"{flow}_codes.csv", "commodity"),
        countries=_rows(SAMPLE / "countries.csv", "cty_code"),
        districts=_rows(SAMPLE / "districts.csv", "district"),
    )


def official(flow: str, folder: Path) -> Codes:
    """The whole official lists, from a folder that holds them: imports 2022, exports 2019."""
    return Codes(
        products=_rows(folder / OFFICIAL[flow], "commodity"),
        countries=_rows(folder / "schedule_c_2021.csv", "cty_code"),
        districts=_rows(folder / "districts.csv", "district"),
    )


def _rows(path: Path, key: str) -> tuple[dict[str, str], ...]:
    data = path.read_bytes()
    text = (gzip.decompress(data) if path.suffix == ".gz" else data).decode("utf-8-sig")
    return tuple(sorted(csv.DictReader(io.StringIO(text)), key=lambda row: row[key]))
