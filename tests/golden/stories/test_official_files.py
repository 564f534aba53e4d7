"""Stories on the official files: printed figures, the compiled list of codes, and the correlation tables."""

import csv
import gzip

import openpyxl
import pytest

from techbalance.api import TechBalance
from techbalance.classifications.stories import first_year_of
from techbalance.classifications.story_codes import STORIES
from techbalance.store.hs6 import FILE
from techbalance.store.outside import DATA_VARIABLE

BN = 1e9
# Story of the compiled list: ours.
NAMES = {
    "LCD displays": "displays",
    "Photovoltaics": "solar",
    "Lithium-ion batteries": "batteries",
    "Semiconductors": "semiconductors",
    "Computers": "computers",
    "Aircraft": "aircraft",
    "Pharmaceuticals": "pharma",
}
# Codes of the list that are no part of the story: the text says so, or they are of another product.
LEFT_OUT = {
    ("pharma", "300230"): "vaccines for animals",
}


@pytest.fixture
def outside(tb: TechBalance, shared_data, monkeypatch) -> TechBalance:
    monkeypatch.setenv(DATA_VARIABLE, str(shared_data))
    return tb


@pytest.mark.parametrize(
    ("given", "place", "printed", "digits"),
    [
        ({"name": "batteries"}, ("CHN", 2015), 0.85, 2),
        ({"name": "batteries"}, ("CHN", 2024), 16.5, 1),
        ({"name": "solar"}, ("CHN", 2015), 2.4, 1),
        ({"name": "solar"}, ("CHN", 2024), 0.03, 2),
        ({"name": "solar"}, ("VNM", 2015), 0.19, 2),
        ({"name": "solar"}, ("VNM", 2024), 5.6, 1),
        ({"name": "computers", "part": "laptops"}, ("VNM", 2025), 30.3, 1),
        ({"name": "computers", "part": "laptops"}, ("CHN", 2025), 8.7, 1),
    ],
)
def test_printed_figures(outside, given, place, printed, digits):
    partner, year = place
    (row,) = outside.story(**given, partner=partner, year=year).rows()
    assert round(row["value_usd"] / BN, digits) == printed


def test_values_are_the_file_to_the_dollar(outside, shared_data):
    expected = {}
    with gzip.open(shared_data / FILE, "rt", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["flow_code"] == "M" and row["cmd_code"] == "850760":
                expected[row["ref_year"], row["partner_iso"]] = int(float(row["primary_value"]))
    found = {
        (row["period"], row["partner"]): row["value_usd"] for row in outside.story(name="batteries").rows()
    }
    assert {key: usd for key, usd in found.items() if usd is not None} == expected
    assert found["2019", "TWN"] is None


def test_displays_break_in_2022_and_nothing_bridges_them(outside):
    rows = outside.story(name="displays", partner="CHN,MEX,VNM").rows()
    assert {row["period"] for row in rows if row["break_note"]} == {"2022"}
    assert all(row["comparable_usd"] is None for row in rows)
    assert all(row["product_low_usd"] == 0 for row in rows if row["period"] < "2022")


def test_the_cast_share_holds_what_is_known_of_vietnam_and_leaves_china_open(outside):
    rows = {row["partner"]: row for row in outside.story(name="solar", year="2021:2022").rows()}
    early = {row["partner"]: row for row in outside.story(name="solar").rows() if row["period"] == "2021"}
    assert rows["VNM"]["value_usd"] > 3.5 * BN
    # Vietnam sold hardly anything else under 8541.40; of China's it was a small part.
    assert early["VNM"]["product_low_usd"] > 0.9 * early["VNM"]["value_usd"]
    assert early["CHN"]["product_high_usd"] < 0.6 * early["CHN"]["value_usd"]


def test_net_weights_that_comtrade_made_up_give_no_unit_value(outside):
    by_weight = {
        (row["period"], row["partner"]): row["unit_value"]
        for row in outside.story(name="batteries", quantity="weight").rows()
    }
    assert by_weight["2024", "CHN"] is None
    assert by_weight["2025", "CHN"] == pytest.approx(60.48, abs=0.005)


def test_a_bridge_of_the_semiconductor_break_is_a_seam_of_known_size(outside):
    (row,) = outside.story(name="semiconductors", partner="CHN", year="2021:2022").rows()[1:]
    assert row["break_note"].startswith("seam in 2022: 8541.51 and .59")
    assert "of the value" in row["break_note"]


def test_every_core_code_of_the_compiled_list_is_in_its_story(shared_data):
    missing = []
    with (shared_data / "stories" / "product_stories.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["role"] != "core" or row["level"] != "HS6":
                continue
            story = STORIES[NAMES[row["story"]]]
            year = max(first_year_of(row["vintage"]), 1988)
            codes = [code for part in story.parts if (era := part.era(year)) for code in era.codes]
            if not row["code"].startswith(tuple(codes)) and (story.name, row["code"]) not in LEFT_OUT:
                missing.append((story.name, row["vintage"], row["code"]))
    assert not missing


def read_book(path) -> tuple[dict[str, set[str]], dict[str, str]]:
    """Ancestors of each new code in the many-to-many table, and the one of the one-to-one table."""
    book = openpyxl.load_workbook(path, read_only=True)
    many: dict[str, set[str]] = {}
    one: dict[str, str] = {}
    for sheet in book:
        for row in sheet.iter_rows(values_only=True):
            # A column of "ex" may stand between, and after a code.
            cells = ["".join(filter(str.isdigit, str(cell))) for cell in row if cell is not None]
            codes = [cell.zfill(6) for cell in cells if len(cell) in (5, 6)]
            if len(codes) < 2:
                continue
            if "orrel" in sheet.title:
                many.setdefault(codes[0], set()).add(codes[1])
            else:
                one[codes[0]] = codes[1]
    book.close()
    return many, one


@pytest.fixture(scope="module")
def books(shared_data):
    names = {2017: "HS2017toHS2012.xlsx", 2022: "HS2022toHS2017.xlsx"}
    return {year: read_book(shared_data / "hs" / name) for year, name in names.items()}


@pytest.fixture(scope="module")
def correlation(books):
    return books[2022]


def test_breaks_are_as_wide_as_the_correlation_table_says(correlation):
    many, _ = correlation
    panels = STORIES["displays"].parts[0].era(2022)
    assert {len(many[code]) for code in panels.codes} == {483}
    assert "483 codes" in panels.why
    devices = STORIES["semiconductors"].part("other-devices").era(2022)
    assert {len(many[code]) for code in devices.codes} == {157}
    assert "157 codes" in devices.why


def test_the_one_to_one_table_would_turn_panels_into_telephones(correlation):
    _, one = correlation
    for code in ("852411", "852491", "854151", "854159"):
        assert one[code] == "851712"


def test_families_of_solar_are_closed_in_the_correlation_table(correlation):
    many, _ = correlation
    after = STORIES["solar"].parts[0].era(2022)
    assert {code for code, old in many.items() if "854140" in old and code[:4] == "8541"} == set(after.family)
    assert all(many[code] == {"854140"} for code in after.family)


# Scrap of electrical goods got a heading of its own in 2022, out of nearly every code of the chapter.
SCRAP = "8549"


@pytest.mark.parametrize("year", [2017, 2022])
def test_goods_called_the_same_came_from_the_same_codes_and_stayed_among_them(books, year):
    many, _ = books[year]
    for story in STORIES.values():
        for part in story.parts:
            before, after = part.era(year - 1), part.era(year)
            if before is None or (after is not before and after.join != "same") or after.wide:
                continue
            came = {old for code, olds in many.items() if code.startswith(after.codes) for old in olds}
            went = {new for new, olds in many.items() if any(old.startswith(before.codes) for old in olds)}
            assert all(code.startswith(before.codes) for code in came), part.name
            assert not [code for code in went if not code.startswith((*after.codes, SCRAP))], part.name


@pytest.mark.parametrize("year", [2017, 2022])
def test_at_a_seam_goods_only_leave(books, year):
    many, _ = books[year]
    for story in STORIES.values():
        for part in story.parts:
            before, after = part.era(year - 1), part.era(year)
            if before is None or after is before or after.join != "seam":
                continue
            came = {old for code, olds in many.items() if code.startswith(after.codes) for old in olds}
            assert all(code.startswith(before.codes) for code in came), part.name


def test_circuits_break_where_mexico_shows_that_other_goods_came_in(outside):
    before, after = outside.story(
        name="semiconductors", part="circuits", partner="MEX", year="2016:2017"
    ).rows()
    assert after["value_usd"] > 8 * before["value_usd"]
    assert after["break_note"].startswith("break in 2017")
    assert after["comparable_usd"] is None
