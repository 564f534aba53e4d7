"""Names and look-ups of an archive, made from its code lists."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from .draws import RATE_PROVISIONS, TARIFF_PROGRAMMES
from .records import table

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from techbalance.sources.census_archive.layouts import Layout

    from .codes import Codes

# A control's own name of a key the detail names otherwise.
DETAIL_KEY = {("IMP_DE", "dist"): "dist_entry", ("IMP_DU", "dist"): "dist_unlad"}
GROUPS = (
    "NOT ADVANCED TECHNOLOGY",
    "BIOTECHNOLOGY",
    "LIFE SCIENCE",
    "OPTO-ELECTRONICS",
    "INFORMATION & COMMUNICATIONS",
    "ELECTRONICS",
    "FLEXIBLE MANUFACTURING",
    "ADVANCED MATERIALS",
    "AEROSPACE",
    "WEAPONS",
    "NUCLEAR TECHNOLOGY",
)


def key_texts(flow: str, codes: Codes) -> dict[str, NDArray[np.bytes_]]:
    """Bytes of every code, by the index the keys use."""
    districts = _column(codes.districts, "district")
    texts = {
        "commodity": _column(codes.products, "commodity"),
        "cty_code": _column(codes.countries, "cty_code"),
    }
    if flow == "export":
        return texts | {"df": np.array([b"1", b"2"]), "district": districts}
    return texts | {
        "cty_subco": np.array(TARIFF_PROGRAMMES, dtype=bytes),
        "rate_prov": np.array(RATE_PROVISIONS, dtype=bytes),
        "dist_entry": districts,
        "dist_unlad": districts,
    }


def control_heads(one: Layout, codes: Codes, groups: NDArray[np.int64]) -> dict[str, NDArray[np.bytes_]]:
    """Codes, names and units of the rows of a control file."""
    last = groups[:, -1]
    if one.name.endswith("COMM"):
        heads = {
            "commodity": _column(codes.products, "commodity")[last],
            "comm_desc": _column(codes.products, "short_desc")[last],
            "unit_qy1": _column(codes.products, "unit1")[last],
            "unit_qy2": _column(codes.products, "unit2")[last],
        }
        return heads if len(one.key) == 3 else {"df": np.array([b"1", b"2"])[groups[:, 0]], **heads}
    if one.name.endswith("CTY"):
        names = _column(codes.countries, "name")[last]
        return {"cty_code": _column(codes.countries, "cty_code")[last], "cty_name": names}
    names = _column(codes.districts, "name")[last]
    return {one.key[0]: _column(codes.districts, "district")[last], "dist_name": names}


def written(one: Layout, codes: Codes) -> bytes:
    """Bytes of a look-up."""
    rows = {
        "CONCORD": _concord,
        "COUNTRY": _countries,
        "DISTRICT": _districts,
        "HITECH": _groups,
        "ENDUSE": lambda codes: _used(codes, "end_use", "enduse", ("eudesc",)),
        "NAICS": lambda codes: _used(codes, "naics", "naics", ("naicdesc",)),
        "SITC": lambda codes: _used(codes, "sitc", "sitc", ("sitcdesc", "sitcabrev")),
        "HSDESC": _headings,
    }[one.name](codes)
    return table(one, rows).tobytes()


def _concord(codes: Codes) -> list[dict[str, str]]:
    return [
        {
            "commodity": row["commodity"],
            "descriptn": row["long_desc"],
            "abbreviatn": row["short_desc"],
            "unit_qy1": row["unit1"],
            "unit_qy2": row["unit2"],
            **{name: row[name] for name in ("sitc", "end_use", "naics", "usda", "hitech")},
        }
        for row in codes.products
    ]


def _countries(codes: Codes) -> list[dict[str, str]]:
    return [
        {"cty_code": row["cty_code"], "cty_desc": row["name"][:7].upper(), "cty_name": row["name"].upper()}
        for row in codes.countries
    ]


def _districts(codes: Codes) -> list[dict[str, str]]:
    return [
        {"code": row["district"], "desc": row["name"][:7], "name": row["name"]} for row in codes.districts
    ]


def _groups(_: Codes) -> list[dict[str, str]]:
    return [{"hitech": f"{number:02d}", "hidesc": name} for number, name in enumerate(GROUPS)]


def _used(codes: Codes, column: str, key: str, texts: tuple[str, ...]) -> list[dict[str, str]]:
    """A row for every code of a classification that a product uses."""
    found = sorted({row[column] for row in codes.products if row[column]})
    return [{key: code} | {name: f"{name} {code}".upper() for name in texts} for code in found]


def _headings(codes: Codes) -> list[dict[str, str]]:
    found = sorted({row["commodity"][:digits] for row in codes.products for digits in (2, 4, 6)})
    return [
        {"commodity": code, "descriptn": f"HEADING {code}", "abbreviatn": f"HEADING {code}"} for code in found
    ]


def _column(rows: tuple[dict[str, str], ...], name: str) -> NDArray[np.bytes_]:
    return np.array([row[name].encode("ascii", "replace") for row in rows])
