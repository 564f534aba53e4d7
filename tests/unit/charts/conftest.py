"""Small answers of every question that is drawn, and a reader of what a drawing shows."""

import datetime
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pytest
import vl_convert

from techbalance import charts
from techbalance.charts import Credit, Figure, text

NEWEST = datetime.date(2026, 10, 31)
BN = 10**9

# Estimated widths are upper bounds over several fonts; labels that touch in the estimate do not overlap.
SLACK = 0.85


def _annual() -> pa.Table:
    """1995 to 2007 with the turn of 2002, a null year (1998), a part-year at the end, two vintages."""
    balances = [13.7, 24.9, 32.2, None, 19.1, 5.3, 4.5, -16.6, -26.8, -37.0, -43.6, -38.3, -61.9]
    rows: list[dict[str, Any]] = [
        {
            "year": 1995 + i,
            "exports_usd": None if b is None else int((138 + 9 * i) * BN),
            "imports_usd": None if b is None else int((138 + 9 * i - b) * BN),
            "balance_usd": None if b is None else int(b * BN),
            "coverage_ratio": None,
            "months": 12,
            "vintage": datetime.date(2024, 8, 31) if i < 12 else NEWEST,
            "note": "not_covered" if b is None else None,
        }
        for i, b in enumerate(balances)
    ]
    part = {"year": 2008, "exports_usd": 90 * BN, "imports_usd": 120 * BN, "balance_usd": -30 * BN}
    rows.append({**part, "coverage_ratio": 0.75, "months": 7, "vintage": NEWEST, "note": "part_year"})
    return pa.Table.from_pylist(rows)


def _monthly(*, without: tuple[int, int] | None = None) -> pa.Table:
    """Thirty months from January 2024, each with a deficit one billion larger than the last."""
    rows = [
        {
            "year": 2024 + i // 12,
            "month": i % 12 + 1,
            "exports_usd": 40 * BN,
            "imports_usd": (50 + i) * BN,
            "balance_usd": -(10 + i) * BN,
            "vintage": NEWEST,
        }
        for i in range(30)
    ]
    return pa.Table.from_pylist([row for row in rows if (row["year"], row["month"]) != without])


def _ratio() -> pa.Table:
    """Three denominators, 2001 to 2007: none in 2001, a gap in 2004, one that ends in 2006."""
    shares = {"goods_census": 0.035, "goods_bop": 0.034, "goods_services_bop": 0.039}
    return pa.Table.from_pylist(
        [
            {
                "year": year,
                "denominator": name,
                "deficit_ratio": None if year in {2001, 2004} else base + 0.008 * (year - 2002),
                "balance_usd": 4 * BN if year == 2001 else -16 * BN,
                "denominator_usd": -470 * BN,
                "months": 12,
                "vintage": NEWEST,
                "denominator_vintage": NEWEST,
                "note": "sign_differs" if year == 2001 else None,
            }
            for year in range(2001, 2008)
            for name, base in shares.items()
            if (year, name) != (2007, "goods_services_bop")
        ]
    )


GROUPS = {"04": "Information & Communications", "01": "Biotechnology", "06": "Flexible Manufacturing"}
PARTNERS = {"TWN": "Taiwan", "MEX": "Mexico", "IRL": "Ireland", "KOR": "Korea, South", "1220": "Canada"}


def _grid() -> pa.Table:
    """Three groups with five partners in 2024 and 2025; Taiwan sells no biotechnology, Canada a zero."""
    base = {"04": (145, 110, 1, 20, 0), "01": (None, 1, 85, 3, 4), "06": (1, 1, 0.02, 2, 3)}
    return pa.Table.from_pylist(
        [
            {
                "year": year,
                "group": group,
                "group_name": GROUPS[group],
                "partner": partner,
                "partner_name": PARTNERS[partner],
                "exports_usd": None,
                "imports_usd": int(value * BN) - (2025 - year) * 1000,
                "months": 12,
                "vintage": NEWEST,
                "note": "not_covered",
            }
            for year in (2024, 2025)
            for group, values in base.items()
            for partner, value in zip(PARTNERS, values, strict=True)
            if value is not None
        ],
        schema=pa.schema(
            [
                ("year", pa.int16()),
                *((name, pa.string()) for name in ("group", "group_name", "partner", "partner_name")),
                ("exports_usd", pa.int64()),
                ("imports_usd", pa.int64()),
                ("months", pa.int8()),
                ("vintage", pa.date32()),
                ("note", pa.string()),
            ]
        ),
    )


def _rank() -> pa.Table:
    """Six partners: two that rose, a tie, one without a rank before, one that came from far below."""
    told = [
        ("TWN", 163, 1, 3),
        ("MEX", 149, 2, 2),
        ("IRL", 104, 3, 4),
        ("CHN", 62, 4, 1),
        ("DEU", 62, 4, None),
        ("IND", 30, 6, 15),
    ]
    names = {**PARTNERS, "CHN": "China", "DEU": "Germany", "IND": "India"}
    return pa.Table.from_pylist(
        [
            {
                "partner": code,
                "partner_name": names[code],
                "measure": "imports_usd",
                "value_usd": value * BN,
                "rank": rank,
                "previous_rank": before,
                "overtook": None,
                "vintage": NEWEST,
            }
            for code, value, rank, before in told
        ]
    )


def _change() -> pa.Table:
    """Three groups from 100 to 130: +40, 0 and −10."""
    told = [("04", 50, 90), ("01", 30, 30), ("06", 20, 10)]
    return pa.Table.from_pylist(
        [
            {
                "group": code,
                "group_name": GROUPS[code],
                "from_usd": a * BN,
                "to_usd": b * BN,
                "change_usd": (b - a) * BN,
                "contribution_ratio": (b - a) / 30,
                "vintage": NEWEST,
            }
            for code, a, b in told
        ]
    )


def _product() -> pa.Table:
    """Three products by partner in 2025; smartphones come half from a partner without a colour."""
    told = [
        ("8471500150", "DIGITAL PROCESSING UNITS EXCLUDE SUBHEADING 8471.41, NESOI", {"TWN": 70, "MEX": 80}),
        ("8517130000", "SMARTPHONES", {"CHN": 24, "IND": 25, "FRA": 1}),
        ("2937190000", "POLYPEPTIDE, PROTEIN AND GLYCOPROTEIN HORMONES, NESOI", {"IRL": 10}),
    ]
    names = {**PARTNERS, "CHN": "China", "IND": "India", "FRA": "France"}
    return pa.Table.from_pylist(
        [
            {
                "year": 2025,
                "product": code,
                "product_name": name,
                "partner": partner,
                "partner_name": names[partner],
                "imports_usd": value * BN,
                "vintage": NEWEST,
            }
            for code, name, values in told
            for partner, value in values.items()
        ]
    )


def _ip() -> pa.Table:
    """Four countries: a conduit in second place, one without payments."""
    told = [
        ("USA", "United States", 148, 53, None),
        ("NLD", "Netherlands", 58, 40, "receipts follow tax residence"),
        ("JPN", "Japan", 52, 29, None),
        ("KOR", "Korea, Rep.", 9, None, None),
    ]
    return pa.Table.from_pylist(
        [
            {
                "country": code,
                "country_name": name,
                "receipts_usd": receipts * BN,
                "payments_usd": None if payments is None else payments * BN,
                "balance_usd": None if payments is None else (receipts - payments) * BN,
                "conduit": conduit,
                "vintage": datetime.date(2026, 7, 31),
            }
            for code, name, receipts, payments, conduit in told
        ]
    )


def _revision() -> pa.Table:
    """2006 revised up, 2023 not at all, 2024 down over three vintages, 2025 with one."""
    told = [
        (2006, 2007, 8, -38.3),
        (2006, 2024, 8, -43.7),
        (2023, 2024, 8, -217.7),
        (2023, 2026, 10, -217.7),
        (2024, 2025, 4, -298.9),
        (2024, 2025, 10, -296.0),
        (2024, 2026, 10, -294.4),
        (2025, 2026, 10, -414.7),
    ]
    return pa.Table.from_pylist(
        [
            {"year": year, "vintage": datetime.date(y, m, 28), "balance_usd": int(value * BN)}
            for year, y, m, value in told
        ]
    )


def _verdict() -> pa.Table:
    """Twelve statements over four verdicts, nine of them of one, so that its tiles need two lines."""
    told = {
        "INN02": "differs",
        "INN01": "reproduced",
        "CAP04": "definition-dependent",
        **{f"CAP{i:02d}": "not-covered" for i in range(7, 16)},
    }
    return pa.Table.from_pylist(
        [
            {"claim_id": key, "verdict": verdict, "stated": "297", "recomputed": None, "reason": "as printed"}
            for key, verdict in told.items()
        ]
    )


def _concentration() -> pa.Table:
    """Two years of six products: three concentrated, one only in the first year, one without trade."""
    told = [
        ("8471500150", "PROC UNT IN HOUS W/ EITHER STOR, IN&OUTPUT,W/O CRT", "04", 160 * BN, 0.42, 0.41),
        ("2937190000", "POLYPEPTIDE, PROTEIN AND GLYCOPROTEIN HORMONES, NESOI", "01", 58 * BN, 0.95, 0.93),
        ("8517130000", "SMARTPHONES", "04", 52 * BN, 0.39, 0.45),
        ("8408100050", "ENGINES", "06", 40_000_000, 0.7, 0.8),
        ("9301200000", "WEAPONS", "09", 600, 0.1, 0.2),
        ("2844200010", "URANIUM", "10", 0, None, None),
    ]
    return pa.Table.from_pylist(
        [
            {
                "year": year,
                "group": group,
                "product": code,
                "product_name": name,
                "imports_usd": usd,
                "hhi": index,
                "top_partner_name": None if index is None else "Ireland",
                "top_share": None if index is None else index**0.5,
                "screen": "geodep",
                "criteria_met": f"{int((index or 0) > 0.4)} of 1 judged",
                "vintage": NEWEST,
            }
            for code, name, group, usd, now, before in told
            for year, index in ((2024, before), (2025, now))
        ]
    )


def _stress() -> pa.Table:
    """The whole of one shock, and a product of it."""
    whole = {
        "level": "all",
        "loss_usd": 62 * BN,
        "recovered_usd": 20 * BN,
        "shortfall_usd": 42 * BN,
        "recovered_high_usd": 51 * BN,
        "shortfall_low_usd": 11 * BN,
        "capacity": "0.05 to 0.5",
        "capacity_basis": "exports to us",
        "lost_share": 0.064,
        "year": 2025,
        "vintage": NEWEST,
    }
    return pa.Table.from_pylist([whole, {**whole, "level": "product", "loss_usd": BN}])


def _ladder() -> pa.Table:
    """Products of one partner in both years: one dearer, one cheaper, one even, one new, one not compared."""
    places = {
        "8471300100": (0.03, 0.69, 0.0, 0.5, 30 * BN),
        "8517620090": (0.20, 0.12, 1.0, 0.25, 12 * BN),
        "8542310040": (0.98, 0.97, 1.0, 1.0, 3 * BN),
        "8517130000": (None, 0.20, None, 0.5, 2 * BN),
        "8473301140": (0.26, 0.30, None, None, 8 * BN),
    }
    return pa.Table.from_pylist(
        [
            {
                "product": code,
                "product_name": f"GOODS OF HEADING {code[:4]}, NESOI",
                "to_usd": sales,
                "from_market_share": first,
                "to_market_share": last,
                "from_uv_position": cheap,
                "to_uv_position": dear,
                "period": "2015:2025",
            }
            for code, (first, last, cheap, dear, sales) in places.items()
        ]
    )


@pytest.fixture
def ladder_rows() -> pa.Table:
    return _ladder()


@pytest.fixture
def concentration_rows() -> pa.Table:
    return _concentration()


@pytest.fixture
def stress_rows() -> pa.Table:
    return _stress()


@pytest.fixture
def annual_rows() -> pa.Table:
    return _annual()


@pytest.fixture
def ratio_rows() -> pa.Table:
    return _ratio()


@pytest.fixture
def grid_rows() -> pa.Table:
    return _grid()


@pytest.fixture
def rank_rows() -> pa.Table:
    return _rank()


@pytest.fixture
def change_rows() -> pa.Table:
    return _change()


@pytest.fixture
def product_rows() -> pa.Table:
    return _product()


@pytest.fixture
def ip_rows() -> pa.Table:
    return _ip()


@pytest.fixture
def revision_rows() -> pa.Table:
    return _revision()


@pytest.fixture
def verdict_rows() -> pa.Table:
    return _verdict()


@pytest.fixture
def monthly_rows() -> Callable[..., pa.Table]:
    return _monthly


_CREDIT = Credit("techbalance balance --by year")


@pytest.fixture
def credit() -> Credit:
    return _CREDIT


FIGURES: dict[str, Callable[[], Figure]] = {
    "annual": lambda: charts.annual_balance(_annual(), credit=_CREDIT),
    "monthly": lambda: charts.monthly_balance(_monthly(), credit=_CREDIT),
    "ratio": lambda: charts.deficit_ratios(_ratio(), credit=_CREDIT),
    "heat map": lambda: charts.group_partner_heat_map(_grid(), year=2025, credit=_CREDIT, partners=4),
    "rank": lambda: charts.ranked_bars(_rank(), year=2025, by="partner", credit=_CREDIT),
    "change": lambda: charts.change_waterfall(_change(), years=(2024, 2025), by="group", credit=_CREDIT),
    "products": lambda: charts.product_suppliers(_product(), year=2025, credit=_CREDIT),
    "ip": lambda: charts.intellectual_property(_ip(), year=2023, credit=_CREDIT),
    "revisions": lambda: charts.revised_values(_revision(), credit=_CREDIT),
    "concentration": lambda: charts.concentration_points(_concentration(), year=2025, credit=_CREDIT),
    "persistence": lambda: charts.persistence_strip(_concentration(), key="product", credit=_CREDIT),
    "stress": lambda: charts.stress_waterfall(_stress(), who="China", credit=_CREDIT),
    "ladder": lambda: charts.ladder_points(_ladder(), who="Vietnam", credit=_CREDIT),
    "verdicts": lambda: charts.verdict_tiles(_verdict(), credit=_CREDIT),
}


@pytest.fixture(scope="module", params=list(FIGURES))
def figure(request: pytest.FixtureRequest) -> Figure:
    """Every chart in turn."""
    return FIGURES[request.param]()


@dataclass(frozen=True)
class Label:
    """A text in a drawing and the box it takes, in pixels from the upper left."""

    words: str
    left: float
    top: float
    right: float
    bottom: float

    def covers(self, other: "Label") -> bool:
        """Say whether the boxes overlap."""
        across = min(self.right, other.right) - max(self.left, other.left)
        down = min(self.bottom, other.bottom) - max(self.top, other.top)
        return across > 0.5 and down > 0.5


@pytest.fixture
def labels() -> Callable[[Figure, int], tuple[list[Label], dict[str, Any]]]:
    """Give the function that lays a figure out and returns its visible texts and the page."""
    return _labels


_LAID_OUT: dict[tuple[str, int], tuple[list[Label], dict[str, Any]]] = {}


def _labels(figure: Figure, width: int) -> tuple[list[Label], dict[str, Any]]:
    key = (figure.alt_text, width)
    if key not in _LAID_OUT:
        _LAID_OUT[key] = _lay_out(figure, width)
    return _LAID_OUT[key]


def _lay_out(figure: Figure, width: int) -> tuple[list[Label], dict[str, Any]]:
    page = vl_convert.vegalite_to_scenegraph(json.dumps(figure.drawn(width=width)))
    found: dict[tuple[Any, ...], Label] = {}
    _collect(page["scenegraph"], *page["origin"], found)
    return list(found.values()), page


def _collect(mark: dict[str, Any], x: float, y: float, found: dict[tuple[Any, ...], Label]) -> None:
    for item in mark["items"]:
        if mark["marktype"] == "text":
            for label in _boxes(item, x, y):
                found[label.words, round(label.left), round(label.top)] = label
        for inner in item.get("items", []):
            _collect(inner, x + (item.get("x") or 0), y + (item.get("y") or 0), found)


def _boxes(item: dict[str, Any], x: float, y: float) -> list[Label]:
    """Return a box for each line of a text item that can be seen."""
    given = item.get("text")
    lines = given if isinstance(given, list) else [given]
    if item.get("opacity") == 0 or item.get("angle") or not any(lines):
        return []
    size = item["fontSize"]
    step = item.get("lineHeight") or size + 2
    down = {"top": 0, "line-top": 0, "bottom": -size, "middle": -size / 2}.get(item.get("baseline"), -size)
    left = x + (item.get("x") or 0) + (item.get("dx") or 0)
    top = y + (item.get("y") or 0) + (item.get("dy") or 0) + down
    boxes = []
    for i, line in enumerate(lines):
        wide = text.pixels(str(line), size) * SLACK
        if item.get("limit"):
            wide = min(wide, item["limit"])
        start = left - wide * {"center": 0.5, "right": 1}.get(item.get("align"), 0)
        boxes.append(Label(str(line), start, top + i * step, start + wide, top + i * step + size))
    return boxes
