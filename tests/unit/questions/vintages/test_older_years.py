"""Statements of the article about groups and partners of 2002 and 2007, once those years are there.

Two routes are walked from end to end on a publisher of our own: DataWeb with the translation workbook, and
the exhibits of the December releases. Figures are built so that what the article states holds, and once more
so that it does not; no code differs between the two.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import techbalance
from techbalance.api import TechBalance
from techbalance.sources.schedule_c import names
from techbalance.sources.usitc_dataweb import adapter as usitc_dataweb
from tests.publisher import older_years
from tests.publisher.server import Answer, Call, Publisher

# Statements of the article about single groups and partners.
PARTS = tuple(f"CAP{number:02d}" for number in range(7, 17))
YEARS = (2002, 2007)
TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ0ZXN0In0.c2lnbmF0dXJl"  # noqa: S105 - three parts, as a token has; it opens nothing

# Million dollars, exports and imports, by year: balances of the article where it gives them.
Table = dict[str, dict[int, tuple[float, float]]]
HOLD_GROUPS: Table = {
    code: {2002: (9_000, 10_000), 2007: (14_000, 14_500)} for code in older_years.GROUP_NAMES
} | {
    "04": {2002: (40_000, 50_000), 2007: (55_000, 122_500)},
    "03": {2002: (5_000, 6_000), 2007: (6_000, 23_500)},
    "10": {2002: (1_000, 1_500), 2007: (1_300, 4_000)},
    "08": {2002: (60_000, 65_000), 2007: (100_000, 150_000)},
}
HOLD_PARTNERS: Table = {
    "China": {2002: (8_300, 20_100), 2007: (20_000, 20_000 + 11_800 * 5.73)},
    "Mexico": {2002: (10_000, 13_600), 2007: (15_000, 15_000 + 3_600 * 5.92)},
    "Malaysia": {2002: (6_000, 14_000), 2007: (8_000, 22_000)},
}
FAIL_GROUPS: Table = HOLD_GROUPS | {
    "04": {2002: (40_000, 50_000), 2007: (55_000, 75_000)},
    "03": {2002: (5_000, 6_000), 2007: (6_000, 6_500)},
    "10": {2002: (1_000, 1_500), 2007: (1_300, 1_300)},
}
FAIL_PARTNERS: Table = HOLD_PARTNERS | {
    "China": {2002: (8_300, 20_100), 2007: (20_000, 30_000)},
    "Mexico": {2002: (10_000, 13_600), 2007: (15_000, 16_000)},
    "Malaysia": {2002: (6_000, 9_000), 2007: (8_000, 50_000)},
}


CONFIG = """
[network]
requests_per_second = 1000.0
"""


@dataclass
class Bench:
    """A store and a publisher."""

    home: Path
    publisher: Publisher

    @property
    def tb(self) -> TechBalance:
        """The store, opened anew."""
        return techbalance.open(self.home)


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    config = tmp_path / "config.toml"
    config.write_text(CONFIG)
    with Publisher() as publisher:
        monkeypatch.setenv("TECHBALANCE_OFFLINE", "loopback")
        monkeypatch.setenv("TECHBALANCE_CONFIG", str(config))
        sources = ("usitc-dataweb", "usitc-lists", "census-ft900", "comtrade")
        addresses = ",".join(f"{one}={publisher.origin}" for one in sources)
        monkeypatch.setenv("TECHBALANCE_ADDRESSES", addresses)
        monkeypatch.setenv("DATAWEB_TOKEN", TOKEN)
        # Reports of chapters without trade say nothing, and take most of the time.
        chapters = ("01", *(code[:2] for code in PRODUCTS.values()))
        monkeypatch.setattr(usitc_dataweb, "CHAPTERS", chapters)
        yield Bench(tmp_path / "home", publisher)


def serve_exhibits(bench: Bench, groups: Table, partners: Table) -> None:
    for year in YEARS:
        of_groups = {older_years.GROUP_NAMES[code]: values[year] for code, values in groups.items()}
        total = tuple(sum(flows[at] for flows in of_groups.values()) for at in (0, 1))
        of_partners = {name: values[year] for name, values in partners.items()}
        for number, lines in (("16", of_groups), ("16a", of_partners)):
            body = older_years.exhibit_text(number, year, 12, lines, total=(total[0], total[1]))
            bench.publisher.routes[f"/foreign-trade/Press-Release/{year}pr/12/exh{number}.txt"] = Answer(
                body=body
            )


def fetch_exhibits(bench: Bench, groups: Table, partners: Table) -> None:
    serve_exhibits(bench, groups, partners)
    for year in YEARS:
        bench.tb.fetch(source="census-ft900", from_=str(year), to=str(year))


# Every group is one product here; the chapter is its number.
PRODUCTS = {code: f"{int(code) + 80}00000000" for code in older_years.GROUP_NAMES}


def cells(groups: Table, partners: Table, flow: int, year: int) -> list[tuple[str, str, str, int]]:
    """Trade by partner and product: the named partners' in aerospace, the rest of ten others.

    A year that is itemised names more than two hundred partners, so many more trade a dollar outside.
    """
    named = {name: values[year][flow] for name, values in partners.items()}
    rows = [(name, PRODUCTS["08"], str(year), round(value * 1e6)) for name, value in named.items()]
    for code, values in groups.items():
        rest = values[year][flow] - (sum(named.values()) if code == "08" else 0)
        each, left = divmod(round(rest * 1e6), len(REST))
        rows += [(name, PRODUCTS[code], str(year), each + left * (name == REST[0])) for name in REST]
    small = [name for name in OTHERS if name not in {*(one.casefold() for one in named), *REST}]
    return rows + [(name, "0101000000", str(year), 1) for name in small]


OTHERS = list({code: name for name, code in names().items()}.values())
REST = ("japan", "canada", "france", "ireland", "israel", "singapore", "thailand", "brazil", "italy", "spain")


def serve_dataweb(bench: Bench, groups: Table, partners: Table) -> None:
    codes = [*((year, code, group) for year in YEARS for group, code in PRODUCTS.items())]
    codes += [(year, "0101000000", "00") for year in YEARS]
    book = older_years.translation_workbook({"import": codes, "export": codes})
    bench.publisher.routes["/documents/dataweb/commodity_translation_wizard.xlsb"] = Answer(body=book)

    def report(call: Call) -> Answer:
        if f"Bearer {TOKEN}" not in call.headers.values():
            return Answer(401)
        asked = json.loads(call.body)
        flow = {"TotExp": 0, "GenImp": 1}[asked["reportOptions"]["tradeType"]]
        (year,) = asked["searchOptions"]["componentSettings"]["years"]
        (chapter,) = asked["searchOptions"]["commodities"]["commodities"]
        rows = [row for row in cells(groups, partners, flow, int(year)) if row[1].startswith(chapter)]
        return Answer(body=older_years.dataweb_report(chapter, rows, [int(year)]))

    bench.publisher.routes["/dataweb/api/v2/report2/runReport"] = report


def fetch_dataweb(bench: Bench, groups: Table, partners: Table) -> None:
    serve_dataweb(bench, groups, partners)
    bench.tb.fetch(source="usitc-lists")
    for year in YEARS:
        bench.tb.fetch(source="usitc-dataweb", from_=str(year), to=str(year))


ROUTES: dict[str, Callable[[Bench, Table, Table], None]] = {
    "exhibits": fetch_exhibits,
    "dataweb and lists": fetch_dataweb,
}


def verdicts(bench: Bench) -> dict[str, dict[str, Any]]:
    return {row["claim_id"]: row for row in bench.tb.claims_check(what=",".join(PARTS)).rows()}


@pytest.mark.parametrize("route", ROUTES)
def test_figures_that_agree_turn_not_covered_into_reproduced(route: str, bench: Bench):
    assert {row["verdict"] for row in verdicts(bench).values()} == {"not-covered"}
    ROUTES[route](bench, HOLD_GROUPS, HOLD_PARTNERS)
    found = verdicts(bench)
    assert {name: row["verdict"] for name, row in found.items()} == dict.fromkeys(PARTS, "reproduced")
    assert found["CAP13"]["recomputed"].startswith("492")
    agree_with_the_accounts(bench, route)


def fetch_lists_last(bench: Bench, groups: Table, partners: Table) -> None:
    serve_dataweb(bench, groups, partners)
    for year in reversed(YEARS):
        bench.tb.fetch(source="usitc-dataweb", from_=str(year), to=str(year))
    bench.tb.fetch(source="usitc-lists")


@pytest.mark.parametrize("fetch", [fetch_exhibits, fetch_lists_last])
def test_figures_that_do_not_agree_turn_it_into_differs(fetch: Callable[..., None], bench: Bench):
    # Trade that comes before its lists is put into groups when they come.
    fetch(bench, FAIL_GROUPS, FAIL_PARTNERS)
    found = verdicts(bench)
    assert {name: row["verdict"] for name, row in found.items()} == dict.fromkeys(PARTS, "differs")


def agree_with_the_accounts(bench: Bench, route: str) -> None:
    """Balance, rank and change say what the statements were judged by."""
    tb = bench.tb
    by_group = {row["group"]: row for row in tb.balance(by="group", year=2007).rows()}
    assert by_group["04"]["balance_usd"] == -67_500_000_000
    assert by_group["04"]["note"] is None
    assert len(by_group) == 10
    by_partner = {row["partner"]: row for row in tb.balance(by="partner", year=2007).rows()}
    assert by_partner["MEX"]["balance_usd"] == -21_312_000_000
    (mexico,) = tb.balance(partner="MEX", year=2002).rows()
    assert mexico["balance_usd"] == -3_600_000_000
    ranked = {row["partner"]: row for row in tb.rank(by="partner", year=2007).rows()}
    assert (ranked["CHN"]["rank"], ranked["MEX"]["rank"]) == (1, 2)
    changed = {row["group"]: row for row in tb.change(from_=2002, to=2007, by="group").rows()}
    assert changed["04"]["change_usd"] == -57_500_000_000
    table = {"exhibits": "headline", "dataweb and lists": "trade"}[route]
    answer = tb.balance(by="group", year=2007)
    assert table in {part.table for part in answer.lineage}
    traced = tb.trace(what=answer.reference).rows()
    assert {"row", "source"} <= {row["step"] for row in traced}
    (unknown,) = tb.balance(partner="MEX", year=2004).rows()
    assert unknown["balance_usd"] is None
    assert unknown["note"].startswith("not_covered")


def test_a_year_without_figures_names_only_sources_that_declare_it(bench: Bench):
    reason = verdicts(bench)["CAP07"]["reason"]
    assert "usitc-dataweb (1989 to today, not verified" in reason
    assert "census-ft900 (2002 to today, not verified" in reason
    assert "techbalance fetch" in reason
    assert "census-hitech" not in reason


def comtrade(flow: str, values: dict[tuple[int, str], int]) -> Answer:
    """Germany's trade of 2007 by Comtrade's partner and heading."""
    head = {"refYear": 2007, "reporterCode": 276, "flowCode": flow, "classificationCode": "H3"}
    records = [
        head | {"partnerCode": partner, "cmdCode": heading, "primaryValue": value}
        for (partner, heading), value in values.items()
    ]
    body = {"count": len(records), "data": records, "error": ""}
    return Answer(body=json.dumps(body).encode())


def test_another_reporter_is_read_in_bands_once_the_united_states_are_held_whole(bench: Bench):
    trade = {(0, "840000"): 70, (842, "840000"): 40, (392, "840000"): 30, (0, "010100"): 5, (0, "999999"): 9}

    def answer(call: Call) -> Answer:
        (flow,) = call.query["flowCode"]
        return comtrade(flow, trade if flow == "X" else {(0, "840000"): 100})

    bench.publisher.routes["/data/v1/get/C/A/HS"] = answer
    bench.tb.fetch(source="comtrade", reporter="DEU", from_="2007", to="2007")
    (row,) = bench.tb.six_digit(reporter="DEU", year=2007).rows()
    assert row["note"].startswith("not_covered: no ten-digit trade of the United States is held whole")
    serve_dataweb(bench, HOLD_GROUPS, HOLD_PARTNERS)
    bench.tb.fetch(source="usitc-lists")
    bench.tb.fetch(source="usitc-dataweb", from_="2007", to="2007")
    rows = {row["band"]: row for row in bench.tb.six_digit(reporter="DEU", year=2007).rows()}
    assert list(rows) == ["strict", "majority", "weighted", "any"]
    for band in rows.values():
        assert (band["exports_usd"], band["imports_usd"], band["balance_usd"]) == (70, 100, -30)
        assert (band["unknown_usd"], band["weight_years"]) == (9, "2007")
    partners = bench.tb.six_digit(reporter="DEU", year=2007, by="year,partner", top=1).rows()
    assert {(row["partner"], row["exports_usd"]) for row in partners} == {("USA", 40)}
