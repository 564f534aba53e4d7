"""What comes of the OECD's answers: rows under names of their own, or a refusal with its place."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from techbalance.sources.oecd import adapter
from techbalance.sources.oecd.messages import figures
from tests.publisher import oecd
from tests.publisher.fetching import Bench, bench
from tests.publisher.server import Answer, Call

IP = r"/public/rest/data/OECD\.SDD\.TPS.*"
TIVA = r"/sti-public/rest/data/OECD\.STI\.PIE.*"
HTML = {"Content-Type": "text/html; charset=utf-8"}


def value_added(call: Call) -> Answer:
    return oecd.answer(oecd.value_added(call.path.rsplit("/", 1)[1].split(".")[0]))


@pytest.fixture
def local(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Bench]:
    with bench(tmp_path, capsys, monkeypatch) as one:
        monkeypatch.setenv("TECHBALANCE_ADDRESSES", f"oecd={one.publisher.origin}")
        one.publisher.route(IP, oecd.answer(oecd.charges()))
        one.publisher.route(TIVA, value_added)
        yield one


def rows_of(out: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(out)
    return found


def held(local: Bench, prefix: str) -> dict[tuple[str, str, int], tuple[float, str]]:
    store = local.tb.store
    table = store.table("macro")
    mine = store.fetch_rows(table.filter(table.source_id.startswith(prefix)))
    return {(row["series"], row["country"], row["year"]): (row["value"], row["unit"]) for row in mine}


def test_charges_become_series_of_their_own_in_dollars(local: Bench):
    before = local.tb.ip(country="USA", year=2022).rows()
    code, out, err = local.fetch("oecd", "--series", "ip")
    assert code == 0, err
    (row,) = rows_of(out)
    assert (row["status"], row["rows"]) == ("new", 7)
    assert "areas that are no countries were left out: EU27_2020" in row["note"]
    assert "totals sent along were left out: S" in row["note"]
    assert "1 M, without a figure" in row["note"]
    found = held(local, "oecd-ip-")
    assert found["oecd_ip_receipts_usd", "USA", 2022] == (130_001_500_000.0, "US dollars, nominal")
    assert found["oecd_ip_payments_usd", "USA", 2021] == (55_000_250_000.0, "US dollars, nominal")
    assert ("oecd_ip_payments_usd", "DEU", 2022) not in found
    assert {country for _, country, _ in found} == {"USA", "DEU"}
    # The World Bank's table answers as before: two publishers are never mixed in it.
    assert set(local.state()) == {"macro"}
    assert local.tb.ip(country="USA", year=2022).rows() == before


def test_value_added_comes_by_indicator_and_industry(local: Bench):
    code, out, err = local.fetch("oecd", "--series", "tiva", "--from", "2021", "--to", "2022")
    assert code == 0, err
    assert len(rows_of(out)) == len(adapter.MEASURES)
    assert {call.query["startPeriod"][0] for call in local.publisher.asked("STI.PIE")} == {"2021"}
    found = held(local, "oecd-tiva-")
    assert {series for series, _, _ in found} == {
        f"{name}_{end}" for name in adapter.MEASURES.values() for end in ("usd", "c26_usd")
    }
    assert found["tiva_foreign_va_in_exports_c26_usd", "CHN", 2022][0] == 4_022_000_000.0
    assert {country for _, country, _ in found} == {"USA", "CHN"}
    # Marks are counted where there are rows: two countries, two industries, one estimated year.
    assert all("4 E" in row["note"] and "left out: WXD" in row["note"] for row in rows_of(out))


def test_other_bytes_with_the_same_figures_make_no_vintage(local: Bench):
    assert local.fetch("oecd", "--series", "ip")[0] == 0
    before = local.state()
    local.publisher.route(IP, oecd.answer(oecd.charges(), prepared="2026-11-21T10:00:00"))
    code, out, err = local.fetch("oecd", "--series", "ip")
    assert (code, rows_of(out)[0]["rows_changed"]) == (0, 0), err
    assert local.state() == before
    local.publisher.route(IP, oecd.answer(oecd.charges(extra=1.0)))
    code, out, _ = local.fetch("oecd", "--series", "ip")
    assert (code, rows_of(out)[0]["rows_changed"]) == (0, 7)


def without(name: str) -> list[oecd.Series]:
    return [
        ({key: code for key, code in codes.items() if key != name}, marks, figures)
        for codes, marks, figures in oecd.charges()
    ]


def changed(
    codes: dict[str, str], marks: dict[str, str] | None = None, value: str = "5"
) -> list[oecd.Series]:
    one = (oecd.CHARGES | codes, oecd.MILLIONS if marks is None else marks, {2022: (value, "A")})
    return [*oecd.charges(), one]


GOOD = oecd.message(oecd.charges())
REFUSED: dict[str, tuple[Answer, int, str]] = {
    "another unit": (
        oecd.answer(changed({"REF_AREA": "FRA", "UNIT_MEASURE": "XDC"})),
        3,
        "something else.*FRA.*UNIT_MEASURE is 'XDC'",
    ),
    "a balance nobody asked for": (
        oecd.answer(changed({"REF_AREA": "FRA", "ACCOUNTING_ENTRY": "B"})),
        3,
        "something else.*ACCOUNTING_ENTRY is 'B'",
    ),
    "seasonally adjusted": (
        oecd.answer(changed({"REF_AREA": "FRA", "ADJUSTMENT": "Y"})),
        3,
        "something else.*ADJUSTMENT",
    ),
    "a dimension is gone": (
        oecd.answer(without("FS_ENTRY")),
        3,
        "dimension FS_ENTRY is missing.*REF_AREA=USA",
    ),
    "a new dimension": (oecd.answer(changed({"VALUATION": "B"})), 3, "dimension VALUATION is not known"),
    "no multiplier": (
        oecd.answer(changed({"REF_AREA": "FRA"}, {})),
        3,
        "attribute UNIT_MULT is missing.*REF_AREA=FRA",
    ),
    "an odd multiplier": (
        oecd.answer(changed({"REF_AREA": "FRA"}, {"UNIT_MULT": "-2"})),
        3,
        "UNIT_MULT is no power",
    ),
    "a figure twice": (oecd.answer(changed({})), 3, "twice.*TIME_PERIOD=2022"),
    "a word for a figure": (oecd.answer(changed({"REF_AREA": "FRA"}, value="n/a")), 3, "no number.*'n/a'"),
    "quarters": (
        Answer(200, GOOD.replace(b'ObsDimension value="2022"', b'ObsDimension value="2022-Q1"'), oecd.XML),
        3,
        "no year.*2022-Q1",
    ),
    "an empty data set": (oecd.answer([]), 3, "the data set is empty"),
    "only totals": (oecd.answer(oecd.charges()[-1:]), 3, "no figure of oecd_ip_payments_usd"),
    "payments with a minus": (
        Answer(200, re.sub(rb'ObsValue value="(5|2)', rb'ObsValue value="-\1', GOOD), oecd.XML),
        3,
        "most figures of oecd_ip_payments_usd are negative",
    ),
    "a cut message": (Answer(200, GOOD[: len(GOOD) // 2], oecd.XML), 3, "no SDMX message"),
    "other XML": (Answer(200, b'<?xml version="1.0"?><error>no</error>', oecd.XML), 3, "no SDMX message"),
    "JSON": (Answer(200, b'{"data": {}}', {"Content-Type": "application/json"}), 4, "instead of XML"),
    "a page with status 200": (
        Answer(200, b"<!DOCTYPE html><html><head><title>Busy</title></head></html>", HTML),
        4,
        r"a web page \(Busy\) instead of XML",
    ),
    "a page that begins like XML": (
        Answer(
            200, b'<?xml version="1.0"?><html xmlns="x"><head><title>Busy</title></head></html>', oecd.XML
        ),
        4,
        r"a web page \(Busy\) instead of XML",
    ),
    "XML that calls itself a page": (Answer(200, GOOD, HTML), 4, "a web page instead of XML"),
    "no records, the publisher's way": (
        Answer(404, b"NoRecordsFound", {"Content-Type": "text/plain"}),
        4,
        "nothing there.*NoRecordsFound",
    ),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_what_looks_otherwise_is_refused_with_its_place(local: Bench, kind: str):
    answer, expected, says = REFUSED[kind]
    local.publisher.route(IP, answer)
    code, out, err = local.fetch("oecd", "--series", "ip")
    assert (code, out) == (expected, ""), err
    assert re.search(says, err, re.DOTALL), err
    assert local.state() == {}
    local.publisher.route(IP, oecd.answer(oecd.charges()))
    assert local.fetch("oecd", "--series", "ip")[0] == 0


@pytest.mark.parametrize("start", [b"<generic:Series>", b"</message:DataSet>"])
def test_the_multiplier_may_stand_with_the_whole_data_set(start: bytes):
    mark = b'<generic:Attributes><generic:Value id="UNIT_MULT" value="6"/></generic:Attributes>'
    series = [(oecd.CHARGES, {}, {2022: ("5", "A")})]
    (found,) = figures(oecd.message(series).replace(start, mark + start, 1), "ip")
    assert (found.value, found.attributes["UNIT_MULT"], found.key["TIME_PERIOD"]) == ("5", "6", "2022")


def test_figures_may_come_one_by_one_without_series():
    codes = "".join(
        f'<generic:Value id="{name}" value="{code}"/>'
        for name, code in (oecd.CHARGES | {"TIME_PERIOD": "2022"}).items()
    )
    one = f'<generic:Obs><generic:ObsKey>{codes}</generic:ObsKey><generic:ObsValue value="5"/></generic:Obs>'
    end = b"</message:DataSet>"
    (found,) = figures(oecd.message([], at="AllDimensions").replace(end, one.encode() + end), "ip")
    assert (found.value, found.key["REF_AREA"], found.key["TIME_PERIOD"]) == ("5", "USA", "2022")


def test_one_indicator_that_fails_leaves_none_of_them(local: Bench):
    def fourth_fails(call: Call) -> Answer:
        return oecd.answer([]) if "/FFD_DVA." in call.path else value_added(call)

    local.publisher.route(TIVA, fourth_fails)
    code, _, err = local.fetch("oecd", "--series", "tiva")
    assert (code, local.state()) == (3, {}), err
    assert "tiva-FFD_DVA" in err


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--series", "gdp"), "series 'gdp' is not fetched.*ip, tiva"),
        (("--from", "2021-03"), "asked for years"),
        (("--from", "2022", "--to", "2020"), "runs backwards"),
    ],
)
def test_a_wish_that_cannot_be_met_asks_nothing(local: Bench, arguments: tuple[str, ...], says: str):
    code, _, err = local.fetch("oecd", *arguments)
    assert code == 2, err
    assert re.search(says, err), err
    assert local.publisher.calls == []


def test_without_the_extra_the_command_that_brings_it_is_said(local: Bench, monkeypatch: pytest.MonkeyPatch):
    straight: Callable[[str], Any] = adapter.find_spec
    monkeypatch.setattr(adapter, "find_spec", lambda name: None if name == "sdmx" else straight(name))
    code, out, err = local.fetch("oecd")
    assert (code, out) == (2, "")
    assert "pip install 'techbalance[oecd]'" in err
    assert local.publisher.calls == []
