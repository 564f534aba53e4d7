"""What is asked of publishers and what they answer, held to their documents: no call breaks a rule of theirs.

Facts are those of the *Guide to International Trade Datasets* and of answers seen; the pages are named where
a rule is tested.
"""

import csv
import datetime as dt
import gzip
import io
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from techbalance.errors import NotCoveredError
from techbalance.sources import census_api
from techbalance.sources.adapter import Delivered, Part, Request, adapter_of, rooms
from techbalance.sources.declaration import Declaration, declared
from techbalance.store.fetching import plan
from tests.publisher import specimens
from tests.publisher.fetching import KEY, Bench, bench
from tests.publisher.server import Answer, Call
from tools.census_archives import Plan, archive_bytes, archive_name

TODAY = dt.date(2026, 11, 22)
DECADE = Request("2015", "2024", TODAY)
FETCHED = ("census-country", "census-hitech", "census-hs", "census-bulk", "worldbank")
# Variables of imports/hs and exports/hs (the publisher's variable lists), as far as a plan asks for them.
VARIABLES = {
    "imports/hs": {"I_COMMODITY", "CTY_CODE", "GEN_VAL_MO", "CON_VAL_MO", "DUT_VAL_MO", "CAL_DUT_MO"},
    "exports/hs": {"E_COMMODITY", "CTY_CODE", "ALL_VAL_MO"},
    "imports/hitech": {"HITECH", "CTY_CODE", "GEN_VAL_MO"},
    "exports/hitech": {"HITECH", "CTY_CODE", "ALL_VAL_MO"},
}
CLASSIFICATIONS = {"I_COMMODITY", "E_COMMODITY", "HITECH", "NAICS", "SITC", "I_ENDUSE", "E_ENDUSE", "USDA"}
TIME = re.compile(r"\d{4}-\d\d|from \d{4}-\d\d to \d{4}-\d\d")


def one(source: str) -> Declaration:
    (found,) = [each for each in declared() if each.id == source]
    return found


def delivered(part: Part, body: bytes) -> Delivered:
    return Delivered(part, io.BytesIO(body), dt.datetime(2026, 11, 22, tzinfo=dt.UTC))


# --- declarations -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("source", FETCHED)
def test_what_is_fetched_declares_how(source: str):
    found = one(source)
    assert urlsplit(found.address).scheme == "https"
    assert found.limits.requests_per_second <= 2
    assert found.limits.rate_source
    if found.limits.rate_source == "assumed":
        assert "rate" in found.unverified
    if not found.verified:
        assert found.unverified
    assert (found.credential is None) == (found.key == "none")


def test_no_address_stands_in_code(root: Path):
    folder = root / "src/techbalance/sources"
    for path in folder.rglob("*.py"):
        found = re.findall(r"https?://[\w.-]+", path.read_text(encoding="utf-8"))
        assert not found, (path.name, found)


def test_a_source_of_files_a_user_owns_has_nothing_to_fetch():
    with pytest.raises(NotCoveredError, match="ingest"):
        adapter_of("census-discs")


# --- what is asked ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("source", ["census-hitech", "census-hs"])
def test_every_call_of_ten_years_keeps_the_rules_of_the_trade_api(source: str):
    limits = one(source).limits
    parts = plan(source, DECADE)
    assert len({part.name for part in parts}) == len(parts)
    for part in parts:
        query = parse_qsl(urlsplit(part.url).query)
        names = [name for name, _ in query]
        variables = dict(query)["get"].split(",")
        endpoint = "/".join(urlsplit(part.address).path.split("/")[-2:])
        # At most fifty variables, and only those of this endpoint (guide, p. 8).
        assert len(variables) <= (limits.of("variables_per_call") or 0)
        assert set(variables) <= VARIABLES[endpoint]
        # One classification a call (p. 9-10); a time in every call (p. 9), in a form of p. 14.
        assert len(CLASSIFICATIONS & (set(variables) | set(names))) == 1
        assert TIME.fullmatch(dict(query)["time"])
        # Country groups are left out, the world is not (p. 16).
        assert dict(query)["SUMMARY_LVL"] == "DET"
        # "All countries times all commodities" is an error (p. 13): commodities are asked by chapter.
        if source == "census-hs":
            (code,) = {"I_COMMODITY", "E_COMMODITY"} & set(names)
            assert re.fullmatch(r"\d\d\*", dict(query)[code])
            assert dict(query)["COMM_LVL"] == "HS10"
        assert "key" not in names
        assert part.keyed


def test_ten_years_at_ten_digits_are_planned_without_a_gap_or_a_month_twice():
    asked: dict[tuple[str, str], list[str]] = {}
    for part in plan("census-hs", DECADE):
        cell = (part.facts["flow"], part.facts["prefix"])
        months = specimens.asked_months(dict(part.query)["time"])
        asked.setdefault(cell, []).extend(months)
    whole = specimens.asked_months("from 2015-01 to 2024-12")
    assert len(asked) == 2 * 98
    assert all(sorted(months) == whole for months in asked.values())


def test_no_call_can_bring_more_rows_than_are_assumed_to_be_allowed(shared_data: Path):
    """Pairs of code and partner of 2024, as if each were traded in every month, and the world beside them."""
    pairs: Counter[str] = Counter()
    codes: dict[str, set[str]] = {}
    with gzip.open(shared_data / "trade/us_imports_hts10_country_2024_2025.csv.gz", "rt") as file:
        for row in csv.DictReader(file):
            if row["YEAR"] == "2024":
                chapter = row["I_COMMODITY"][:2]
                pairs[chapter] += 1
                codes.setdefault(chapter, set()).add(row["I_COMMODITY"])
    most = one("census-hs").limits.of("rows_per_call") or 0
    for part in plan("census-hs", Request("2024", "2024", TODAY, {"flow": "import"})):
        chapter = part.facts["prefix"]
        months = len(specimens.asked_months(dict(part.query)["time"]))
        assert (pairs[chapter] + len(codes.get(chapter, ()))) * months <= most, part.name


def test_a_call_is_divided_without_a_gap_down_to_one_code():
    adapter = adapter_of("census-hs")
    (part,) = [each for each in plan("census-hs", DECADE) if each.name == "imports-85-2024-01-to-2024-03"]
    months = adapter.divide(part)
    assert [dict(each.query)["time"] for each in months] == ["2024-01", "2024-02", "2024-03"]
    assert {each.batch for each in months} == {part.batch}
    smaller = adapter.divide(months[0])
    assert [dict(each.query)["I_COMMODITY"] for each in smaller] == [f"85{digit}*" for digit in range(10)]
    single = smaller[0]
    for _ in range(7):
        assert single.divisible
        single = adapter.divide(single)[0]
    assert dict(single.query)["I_COMMODITY"] == "8500000000"
    assert not single.divisible
    assert list(adapter.divide(single)) == []


def test_a_plus_in_a_value_is_written_as_the_guide_says():
    """`CTY_SUBCODE=P%2B` (guide, p. 12), while a range keeps its plain pluses."""
    part = Part("x", "https://host/x", "json", (("CTY_SUBCODE", "P+"), ("time", "from 2024-01 to 2024-02")))
    assert part.url == "https://host/x?CTY_SUBCODE=P%2B&time=from+2024-01+to+2024-02"


def test_windows_end_with_the_year():
    month = census_api.Month
    found = census_api.windows(month(2023, 11), month(2025, 2), 3)
    assert [(str(first), str(last)) for first, last in found] == [
        ("2023-11", "2023-12"),
        ("2024-01", "2024-03"),
        ("2024-04", "2024-06"),
        ("2024-07", "2024-09"),
        ("2024-10", "2024-12"),
        ("2025-01", "2025-02"),
    ]


def test_archives_are_asked_for_by_the_publishers_names():
    parts = plan("census-bulk", Request("2009-12", "2010-01", TODAY, {"flow": "export"}))
    assert [urlsplit(part.url).path for part in parts] == [
        "/trade/downloads/2009/Merch/ex_m/EXDB0912.ZIP",
        "/trade/downloads/2010/Merch/ex_m/EXDB1001.ZIP",
    ]


# --- what is answered -------------------------------------------------------------------------------------


def test_the_guides_own_example_is_read():
    """`exports/hs?get=ALL_VAL_MO&time=2013-01` (guide, p. 7)."""
    body = b'[["ALL_VAL_MO","time"],["123031879061","2013-01"]]'
    answer = census_api.read(
        delivered(Part("p. 7", "https://host/", "json"), body), ("time",), ("ALL_VAL_MO",)
    )
    assert answer.table().to_pylist() == [{"time": "2013-01", "ALL_VAL_MO": 123_031_879_061}]
    assert answer.notes == ()


def test_a_predicate_that_is_asked_for_heads_two_columns():
    """A header as it was seen: the second CTY_CODE is the predicate's."""
    header = ["E_COMMODITY", "CTY_CODE", "ALL_VAL_MO", "time", "COMM_LVL", "CTY_CODE"]
    body = specimens.api([header, ["8411919085", "4190", "22820", "2024-01", "HS10", "4190"]])
    query = (("get", "E_COMMODITY,CTY_CODE,ALL_VAL_MO"), ("CTY_CODE", "4190"), ("COMM_LVL", "HS10"))
    part = Part("seen", "https://host/", "json", query)
    answer = census_api.read(delivered(part, body), ("E_COMMODITY", "CTY_CODE"), ("ALL_VAL_MO",))
    assert answer.table().to_pylist() == [
        {"E_COMMODITY": "8411919085", "CTY_CODE": "4190", "ALL_VAL_MO": 22_820}
    ]
    assert answer.notes == ()


def test_the_printed_answer_of_2017_is_read_to_the_dollar(shared_data: Path):
    """ATP imports of 2017 by the difference of all goods and what is no ATP, as first printed in 2018."""
    with (shared_data / "headline/hitech_api_2017_world_partial.csv").open(encoding="utf-8") as file:
        printed = [row for row in csv.DictReader(file) if row["flow"] == "import"]
    by_month: dict[str, dict[str, int]] = {}
    for row in printed:
        month = f"2017-{int(row['month']):02d}"
        code = "-" if row["tech_code"] == "TOTAL" else row["tech_code"]
        by_month.setdefault(month, {})[code] = int(row["value_usd"])
    difference = sum(codes["-"] - codes["00"] for codes in by_month.values())
    assert difference == 464_639_353_271
    # The same, through the adapter: the groups that were not printed stand together as group 04.
    rows = [["HITECH", "CTY_CODE", "GEN_VAL_MO", "time"]]
    for month, codes in by_month.items():
        known = {code: codes[code] for code in codes if code in ("01", "02", "03")}
        rest = codes["-"] - codes["00"] - sum(known.values())
        for code, figure in {**known, "04": rest, "00": codes["00"], "-": codes["-"]}.items():
            rows += [[code, partner, str(figure), month] for partner in ("-", "5700")]
    (part,) = plan("census-hitech", Request("2017", "2017", TODAY, {"flow": "import"}))
    headline = adapter_of("census-hitech").parse(delivered(part, specimens.api(rows))).tables["headline"]
    world = [row for row in headline.to_pylist() if row["group"] == "all" and row["partner"] == "WORLD"]
    assert sum(row["value_usd"] for row in world) == difference
    assert {row["freq"] for row in world} == {"month"}


def test_a_page_of_the_bank_as_it_is_documented():
    """Head and records as the World Bank's description of version 2 shows them."""
    facts = {"indicator": "NY.GDP.MKTP.CD", "page": "1", "per_page": "50", "codes": "DE=DEU", "areas": "WLD"}
    part = Part("gdp", "https://host/", "json", facts=facts)
    head = {"page": 1, "pages": 1, "per_page": 50, "total": 2, "sourceid": "2", "lastupdated": "2026-01-28"}
    record: dict[str, Any] = {
        "indicator": {"id": "NY.GDP.MKTP.CD", "value": "GDP (current US$)"},
        "country": {"id": "DE", "value": "Germany"},
        "countryiso3code": "DEU",
        "date": "2024",
        "value": 4.68e12,
        "unit": "",
        "obs_status": "",
        "decimal": 0,
    }
    body = json.dumps([head, [record, record | {"date": "2025", "value": None}]]).encode()
    parsed = adapter_of("worldbank").parse(delivered(part, body))
    assert parsed.vintage == dt.date(2026, 1, 28)
    assert parsed.tables["macro"].to_pylist() == [
        {
            "series": "gdp_usd",
            "country": "DEU",
            "period": "2024",
            "year": 2024,
            "value": 4.68e12,
            "unit": "US dollars, nominal",
        }
    ]


# --- ten digits, from the publisher to an answer ----------------------------------------------------------

HS = "/data/timeseries/intltrade/imports/hs"
PRODUCTS = {"84": ("8471500150", "8486200000"), "85": ("8542310001",)}
PARTNERS = ("1220", "5700")


@pytest.fixture
def local(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Bench]:
    with bench(tmp_path, capsys, monkeypatch) as found:
        found.patch.setenv("CENSUS_API_KEY", KEY)
        yield found


def products(call: Call, codes: dict[str, tuple[str, ...]] = PRODUCTS) -> Answer:
    prefix = call.query["I_COMMODITY"][0].rstrip("*")
    found = [code for code in codes.get(prefix[:2], ()) if code.startswith(prefix)]
    if not found:
        return Answer(204)
    months = specimens.asked_months(call.query["time"][0])
    return Answer(200, specimens.api(specimens.hs_rows("import", prefix, months, PARTNERS, found)))


def test_a_year_at_ten_digits_is_taken_in_whole_and_answers(local: Bench):
    local.publisher.route(HS, products)
    code, out, err = local.fetch("census-hs", "--from", "2023", "--to", "2023", "--flow", "import")
    assert code == 0, err
    rows = json.loads(out)
    assert {row["status"] for row in rows} == {"new", "no data"}
    assert sum(row["rows"] or 0 for row in rows) == 3 * 2 * 12
    (year,) = local.tb.balance(by="product", year=2023, product="8542310001", partner="China").rows()
    assert year["imports_usd"] == sum(2_000 + month for month in range(1, 13))
    assert year["months"] == 12
    before = local.state()
    code, out, _ = local.fetch("census-hs", "--from", "2023", "--to", "2023", "--flow", "import")
    assert (code, local.state()) == (0, before)
    assert "new" not in {row["status"] for row in json.loads(out)}


def test_a_chapter_that_is_too_large_is_asked_in_smaller_calls_of_the_same_year(local: Bench):
    def limited(call: Call) -> Answer:
        large = call.query["I_COMMODITY"] == ["85*"]
        return Answer(500, b"There was an error while running your query.") if large else products(call)

    local.publisher.route(HS, limited)
    code, out, err = local.fetch("census-hs", "--from", "2023-01", "--to", "2023-02", "--flow", "import")
    assert code == 0, err
    assert sum(row["rows"] or 0 for row in json.loads(out)) == 3 * 2 * 2
    assert len([row for row in json.loads(out) if row["part"].startswith("imports-85")]) == 20
    assert err.count("too large for one call") == 3


def test_a_year_that_breaks_off_is_not_there_and_is_gone_on_with(local: Bench):
    local.publisher.route(
        HS, lambda call: Answer(404) if call.query["I_COMMODITY"] == ["90*"] else products(call)
    )
    span = ("--from", "2023-01", "--to", "2023-01", "--flow", "import")
    assert local.fetch("census-hs", *span)[0] == 4
    assert local.state() == {}
    local.publisher.route(HS, products)
    asked = len(local.publisher.calls)
    assert local.fetch("census-hs", *span)[0] == 0
    again = [call.query["I_COMMODITY"][0] for call in local.publisher.calls[asked:]]
    assert "84*" not in again
    assert "90*" in again


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda body: body.replace(b'"8542310001"', b'"854231000"'), "not of ten digits beginning with 85"),
        (lambda body: body.replace(b'"8542310001"', b'"8642310001"'), "not of ten digits beginning with 85"),
        (lambda body: body.replace(b'"1220"', b'"5700"'), "a key stands 2 times"),
    ],
)
def test_a_wrong_chapter_spoils_its_year_only(local: Bench, spoil: Callable[[bytes], bytes], says: str):
    def spoiled(call: Call) -> Answer:
        answer = products(call)
        return Answer(answer.status, spoil(answer.body)) if call.query["I_COMMODITY"] == ["85*"] else answer

    local.publisher.route(HS, spoiled)
    code, _, err = local.fetch("census-hs", "--from", "2023-01", "--to", "2023-01", "--flow", "import")
    assert code == 3
    assert says in err
    assert local.state() == {}


# --- archives ---------------------------------------------------------------------------------------------

ARCHIVE = Plan(flow="export", year=2024, rows=300)
ZIP = {"Content-Type": "application/zip"}
ARCHIVES = "/trade/downloads/2024/Merch/ex_m/"
JANUARY = ("census-bulk", "--from", "2024-01", "--to", "2024-01", "--flow", "export")


def test_an_archive_is_taken_up_where_it_was_cut_and_handed_to_ingest(local: Bench):
    name, body = archive_name(ARCHIVE, 1), archive_bytes(ARCHIVE, 1)
    whole = Answer(200, body, ZIP, etag='"january"')
    local.publisher.route(ARCHIVES + name, whole)
    local.publisher.fault(ARCHIVES + name, Answer(200, body, ZIP, etag='"january"', cut_at=len(body) // 2))
    code, out, err = local.fetch(*JANUARY)
    assert code == 0, err
    (row,) = json.loads(out)
    assert (row["part"], row["status"], row["bytes"], row["bytes_received"]) == (
        name,
        "new",
        len(body),
        len(body),
    )
    assert row["rows"] > 0
    assert "trade_detail" in local.state()
    before = local.state()
    (row,) = json.loads(local.fetch(*JANUARY)[1])
    assert (row["status"], row["bytes_received"]) == ("unchanged", 0)
    assert local.state() == before


def test_an_archive_that_ingest_refuses_leaves_the_store_as_it_was(local: Bench):
    name, body = archive_name(ARCHIVE, 1), bytearray(archive_bytes(ARCHIVE, 1))
    body[len(body) // 2] ^= 0xFF
    local.publisher.route(ARCHIVES + name, Answer(200, bytes(body), ZIP))
    code, _, err = local.fetch(*JANUARY)
    assert code == 3
    assert name in err
    assert local.state() == {}


def test_a_month_that_is_not_published_yet_is_said(local: Bench):
    code, _, err = local.fetch(*JANUARY)
    assert code == 4
    assert "has nothing there (404)" in err


def test_adapters_say_which_source_they_are_of():
    for source in rooms():
        with suppress(NotCoveredError):
            assert adapter_of(source).id == source
