"""What publishers have been seen to do, and what comes of it: exit code, message, and the store's state.

Each kind is met twice where that matters: by an empty store, and by one that holds an earlier state.
"""

import json
import re
import shutil
import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest

from tests.publisher import specimens
from tests.publisher.fetching import KEY, Bench, bench
from tests.publisher.server import Answer, Call, Publisher

WORKBOOK = "/foreign-trade/balance/country.xlsx"
HITECH = "/data/timeseries/intltrade/imports/hitech"
KEY_PAGES = "/data/(missing|invalid)_key.html"
XLSX = {"Content-Type": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
JSON = {"Content-Type": "application/json;charset=utf-8"}
HTML = {"Content-Type": "text/html; charset=utf-8"}
PAGE = b"<!DOCTYPE html><html><head><title>System Maintenance</title></head><body>Back soon</body></html>"
TOO_LARGE = b"There was an error while running your query. We've logged the error and we'll correct it ASAP."


def built(lines: list[list[Any]] | None = None, heads: tuple[str, ...] = specimens.HEADS) -> Answer:
    """The workbook as it should come, made large enough for the gate of smallest files."""
    return Answer(
        200, specimens.workbook(specimens.country_lines(1999) if lines is None else lines, heads), XLSX
    )


ERROR = b"error: error: unknown variable 'X'"
GOOD = replace(built(), etag='"first"', last_modified="Thu, 05 Nov 2026 13:30:00 GMT")

UNKNOWN = replace(GOOD, etag="", last_modified="", cut_at=900)
DAMAGED = Answer(200, GOOD.body[:9_000] + bytes(9_000) + GOOD.body[18_000:], XLSX)


@pytest.fixture
def local(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Bench]:
    with bench(tmp_path, capsys, monkeypatch) as one:
        one.publisher.route(WORKBOOK, GOOD)
        one.publisher.route(HITECH, hitech)
        one.publisher.route(KEY_PAGES, Answer(200, PAGE, HTML))
        yield one


def hitech(call: Call, **changes: Any) -> Answer:
    months = specimens.asked_months(call.query["time"][0])
    return Answer(200, specimens.api(specimens.hitech_rows("import", months, **changes)), JSON)


def moved(address: str) -> Answer:
    return Answer(302, headers={"Location": address})


def rows_of(out: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads(out)
    return rows


# --- what is refused, of the workbook ---------------------------------------------------------------------


def changed(place: tuple[int, str, str], value: object) -> Answer:
    return built(specimens.country_lines(1999, change={place: value}))


def without(code: str) -> Answer:
    return built([line for line in specimens.country_lines(1999) if line[1] != code])


def doubled() -> Answer:
    lines = specimens.country_lines(1999)
    return built([*lines, lines[3]])


def headed(old: str, new: str) -> Answer:
    return built(heads=tuple(new if head == old else head for head in specimens.HEADS))


def wrong_year() -> Answer:
    return changed((2024, "0007", "IYR"), 12345.6)


@dataclass(frozen=True)
class Refused:
    """A kind of answer that is refused."""

    answers: Callable[[], tuple[Answer, ...]]
    code: int
    says: str
    calls: int = 1


def once(answer: Callable[[], Answer]) -> Callable[[], tuple[Answer, ...]]:
    return lambda: (answer(),)


REFUSED = {
    "a web page with status 200": Refused(once(lambda: Answer(200, PAGE, HTML)), 4, "web page .System Maint"),
    "a web page that claims to be a workbook": Refused(once(lambda: Answer(200, PAGE, XLSX)), 4, "web page"),
    "an empty body": Refused(once(lambda: Answer(200, b"", XLSX)), 4, "an empty body instead of a workbook"),
    "something that is no workbook": Refused(once(lambda: Answer(200, b"a;b", XLSX)), 4, "instead of a work"),
    "204 for a file": Refused(once(lambda: Answer(204)), 4, r"nothing \(204\)"),
    "400 with the publisher's text": Refused(
        once(lambda: Answer(400, ERROR)),
        4,
        "400.*it says: error: error: unkn",
    ),
    "403": Refused(once(lambda: Answer(403, PAGE, HTML)), 4, r"refused \(403\)"),
    "404": Refused(once(lambda: Answer(404, PAGE, HTML)), 4, r"nothing there \(404\).*not be published yet"),
    "410": Refused(once(lambda: Answer(410)), 4, r"nobody expected \(410\)"),
    "redirects without end": Refused(lambda: (moved(WORKBOOK),) * 9, 4, "redirected more than 5 times", 6),
    "a redirect that leaves this machine": Refused(
        once(lambda: moved("https://www.example.org/x")),
        4,
        "network is switched off",
    ),
    "503 for good": Refused(lambda: (Answer(503),) * 3, 4, "is not well .503., asked 3 times", 3),
    "429 with a long Retry-After": Refused(
        once(lambda: Answer(429, headers={"Retry-After": "86400"})), 4, "slow down .429.*come back after 20"
    ),
    "a stall before the first byte, for good": Refused(
        lambda: (Answer(200, GOOD.body, XLSX, stall_at=0),) * 3, 4, "stalled, asked 3 times", 3
    ),
    "a cut at the same place, for good": Refused(
        lambda: (UNKNOWN,) * 12,
        4,
        "connection was cut.*asked 6 times",
        6,
    ),
    "a length longer than the body, for good": Refused(
        lambda: (Answer(200, GOOD.body, XLSX, length=len(GOOD.body) + 7),) * 12, 4, "connection was cut", 6
    ),
    "a length shorter than the body": Refused(
        once(lambda: Answer(200, GOOD.body, XLSX, length=22_000)), 3, "the workbook cannot be opened"
    ),
    "a workbook with damaged bytes": Refused(
        once(lambda: DAMAGED),
        3,
        "cannot be op",
    ),
    "a missing column": Refused(once(lambda: headed("EMAR", "Emarch")), 3, "the column EMAR is missing"),
    "a column headed twice": Refused(
        once(lambda: headed("IFEB", "IJAN")), 3, "the column IJAN stands 2 times"
    ),
    "no heads of columns": Refused(once(lambda: headed("CTY_CODE", "CODE")), 3, "no line with the heads"),
    "a text where a figure should be": Refused(
        once(lambda: changed((2024, "5700", "IMAR"), "n/a")),
        3,
        "no number .country.xlsx, 2024, 5700, IMAR: 'n/a'",
    ),
    "a figure beyond all trade": Refused(
        once(lambda: changed((2024, "5700", "IMAR"), 1e12)), 3, "no trade value"
    ),
    "a year and partner twice": Refused(once(doubled), 3, "stand twice .country.xlsx, 1999, 1220"),
    "no line of the world": Refused(once(lambda: without("0015")), 3, "pseudo-partner 0015 is missing"),
    "no line of ATP": Refused(once(lambda: without("0007")), 3, "pseudo-partner 0007 is missing"),
    "a month of the world missing before another": Refused(
        once(lambda: changed((2024, "0015", "IMAR"), 0)), 3, "is 0 and a later one is not .*2024, 0015, MAR"
    ),
    "months that do not add up to their year": Refused(once(wrong_year), 3, "do not add up to their year"),
    "a file smaller than any of its kind": Refused(
        once(lambda: built(specimens.country_lines(2026))), 4, "smaller than any of its kind"
    ),
}


def hold_the_first_state(local: Bench, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Give the store its first state: fetched once, and copied for every test that asks for it."""
    kept = tmp_path_factory.getbasetemp() / "first-state"
    if not kept.is_dir():
        assert local.fetch("census-country")[0] == 0
        shutil.copytree(local.home, kept)
    elif not local.home.exists():
        shutil.copytree(kept, local.home)


@pytest.mark.parametrize("held", [False, True], ids=["empty store", "held before"])
@pytest.mark.parametrize("kind", REFUSED)
def test_refused_with_place_and_remedy_and_nothing_is_stored(
    local: Bench, tmp_path_factory: pytest.TempPathFactory, kind: str, held: bool
):
    case = REFUSED[kind]
    if held:
        hold_the_first_state(local, tmp_path_factory)
    before, asked = local.state(), len(local.publisher.calls)
    snapshots = local.snapshots("census-country")
    local.publisher.fault(WORKBOOK, *case.answers())
    code, out, err = local.fetch("census-country")
    assert code == case.code, err
    assert out == ""
    assert re.search(case.says, err), err
    assert len(local.publisher.calls) - asked == case.calls
    assert local.state() == before
    # A publisher's file that could not be read is kept as it came; anything else leaves no trace.
    assert len(local.snapshots("census-country")) - len(snapshots) == (1 if case.code == 3 else 0)
    assert "Traceback" not in err


def test_after_a_refusal_the_next_fetch_is_as_if_nothing_had_been(local: Bench):
    local.publisher.fault(WORKBOOK, headed("EMAR", "Emarch"))
    assert local.fetch("census-country")[0] == 3
    code, out, _ = local.fetch("census-country")
    assert code == 0
    assert rows_of(out)[0]["status"] == "new"
    assert len(local.state()["headline"]) == 1


# --- what passes, of the workbook -------------------------------------------------------------------------


@dataclass(frozen=True)
class Passes:
    """A kind of trouble that passes: calls made in all, and what the row of the answer says."""

    answers: Callable[[], tuple[Answer, ...]]
    calls: int
    note: str = ""
    received: Callable[[int], int] = lambda size: size


CUT = 11_000


def piece(start: int) -> dict[str, str]:
    size = len(GOOD.body)
    return XLSX | {"Content-Range": f"bytes {start}-{size - 1}/{size}"}


PASSES = {
    **{
        f"{status} once": Passes(lambda status=status: (Answer(status),), 2)  # type: ignore[misc]
        for status in (408, 429, 500, 502, 503, 504)
    },
    "429 with seconds to wait": Passes(lambda: (Answer(429, headers={"Retry-After": "1"}),), 2),
    "503 with a date to wait for": Passes(
        lambda: (Answer(503, headers={"Retry-After": "Thu, 05 Nov 2020 13:30:00 GMT"}),), 2
    ),
    "a redirect": Passes(lambda: (Answer(302, headers={"Location": f"{WORKBOOK}?moved=1"}),), 2),
    "a stall before the first byte": Passes(lambda: (replace(GOOD, stall_at=0),), 2),
    "a stall in the middle": Passes(lambda: (replace(GOOD, stall_at=CUT),), 2),
    "a cut body": Passes(lambda: (replace(GOOD, cut_at=CUT),), 2, "cut 1 times and taken up"),
    "three cuts": Passes(
        lambda: tuple(replace(GOOD, cut_at=CUT) for _ in range(2)),
        3,
        "cut 2 times and taken up where it ended",
    ),
    "a reset": Passes(lambda: (replace(GOOD, cut_at=CUT, reset=True),), 2),
    "a cut where no ranges are honoured": Passes(
        lambda: (replace(GOOD, cut_at=CUT, ranges=False),),
        2,
        "",
    ),
    "a cut without anything to know the file by": Passes(
        lambda: (replace(GOOD, etag="", last_modified="", cut_at=CUT),),
        2,
        "begun anew 1 times",
        lambda size: size + CUT,
    ),
    "a cut, and another file behind it": Passes(
        lambda: (replace(GOOD, body=GOOD.body[::-1], etag='"zero"', last_modified="", cut_at=0),), 2
    ),
    "another piece than was asked for": Passes(
        lambda: (
            replace(GOOD, cut_at=CUT),
            Answer(206, GOOD.body[5:], piece(5)),
        ),
        3,
        "begun anew",
        lambda size: size + CUT,
    ),
    "a piece of another state": Passes(
        lambda: (
            replace(GOOD, cut_at=CUT),
            Answer(
                206,
                GOOD.body[CUT:],
                piece(CUT),
                etag='"second"',
            ),
        ),
        3,
        "begun anew",
        lambda size: size + CUT,
    ),
    "a range beyond the end": Passes(
        lambda: (replace(GOOD, cut_at=CUT), Answer(416, headers={"Content-Range": "bytes */9"})),
        3,
        "begun anew",
        lambda size: size + CUT,
    ),
}


@pytest.mark.parametrize("kind", PASSES)
def test_trouble_that_passes_ends_with_the_whole_file(local: Bench, kind: str):
    case = PASSES[kind]
    local.publisher.fault(rf"{WORKBOOK}", *case.answers())
    code, out, err = local.fetch("census-country")
    assert code == 0, err
    (row,) = rows_of(out)
    assert row["status"] == "new"
    assert row["bytes"] == len(GOOD.body)
    assert (local.home / "snapshots/census-country" / row["snapshot"] / "file").read_bytes() == GOOD.body
    assert len(local.publisher.calls) == case.calls
    if case.note:
        assert case.note in row["note"]
    if case.received(0):
        assert row["bytes_received"] == case.received(len(GOOD.body))
    assert len(local.state()["headline"]) == 1


def test_a_cut_at_another_state_of_the_file_begins_anew(local: Bench):
    """The publisher replaces its file between two calls: nothing of the old one is joined to the new."""
    other = replace(built(specimens.country_lines(1998)), etag='"other"')
    local.publisher.fault(WORKBOOK, replace(other, cut_at=CUT))
    code, out, _ = local.fetch("census-country")
    assert code == 0
    assert rows_of(out)[0]["bytes"] == len(GOOD.body)
    assert local.publisher.calls[1].headers["if-range"] == '"other"'
    assert "begun anew 1 times" in rows_of(out)[0]["note"]


def test_retry_after_is_waited_for(local: Bench):
    local.publisher.fault(WORKBOOK, Answer(429, headers={"Retry-After": "1"}))
    began = time.monotonic()
    assert local.fetch("census-country")[0] == 0
    assert time.monotonic() - began >= 1
    first, second = (call.at for call in local.publisher.calls)
    assert second - first >= 1


def test_a_run_that_gave_up_is_taken_up_by_the_next(local: Bench):
    local.publisher.fault(WORKBOOK, replace(GOOD, cut_at=CUT), *(Answer(503),) * 9)
    code, _, err = local.fetch("census-country")
    assert code == 4
    assert "what was received is kept" in err
    local.publisher.faults.clear()
    asked = len(local.publisher.calls)
    code, out, _ = local.fetch("census-country")
    assert code == 0
    assert local.publisher.calls[asked].headers["range"] == f"bytes={CUT}-"
    assert rows_of(out)[0]["bytes_received"] == len(GOOD.body) - CUT


# --- what is read although it is odd ----------------------------------------------------------------------


def test_figures_as_text_are_read_and_said(local: Bench):
    local.publisher.fault(WORKBOOK, changed((2024, "5700", "IMAR"), "12345.6"))
    code, out, _ = local.fetch("census-country")
    assert code == 0
    assert "1 figures stood as text" in rows_of(out)[0]["note"]


def test_a_new_column_is_left_unread_and_said(local: Bench):
    lines = [[*line, 7] for line in specimens.country_lines(1999)]
    local.publisher.fault(WORKBOOK, built(lines, (*specimens.HEADS, "REEXPORTS")))
    code, out, _ = local.fetch("census-country")
    assert code == 0
    assert "columns nobody knows were left unread: REEXPORTS" in rows_of(out)[0]["note"]


def test_lines_and_columns_in_any_order_are_the_same_figures(local: Bench):
    assert local.fetch("census-country")[0] == 0
    turned = [list(reversed(line)) for line in reversed(specimens.country_lines(1999))]
    local.publisher.route(WORKBOOK, built(turned, tuple(reversed(specimens.HEADS))))
    code, out, _ = local.fetch("census-country")
    assert code == 0
    (row,) = rows_of(out)
    assert (row["status"], row["rows_changed"]) == ("unchanged", 0)
    assert len(local.state()["headline"]) == 1


def test_months_that_are_not_published_are_absent_and_not_zero(local: Bench):
    assert local.fetch("census-country")[0] == 0
    tb = local.tb
    months = {row["month"]: row for row in tb.balance(by="month", year="2026").rows()}
    assert months["2026-09"]["imports_usd"] == 60_308_100_000
    assert months["2026-10"]["imports_usd"] is None
    assert "not_covered" in months["2026-10"]["note"]
    (year,) = tb.balance(year="2026").rows()
    assert year["imports_usd"] is None
    assert "part_year" in year["note"]


# --- gates ------------------------------------------------------------------------------------------------


def test_a_file_that_shrank_by_a_quarter_waits_to_be_accepted(local: Bench):
    large = replace(built(specimens.country_lines(1986)), etag='"large"')
    local.publisher.route(WORKBOOK, large)
    assert local.fetch("census-country")[0] == 0
    before = local.state()
    assert len(GOOD.body) < 0.75 * len(large.body)
    local.publisher.route(WORKBOOK, GOOD)
    code, _, err = local.fetch("census-country")
    assert code == 4
    assert re.search(r"shrank from [\d,]+ to [\d,]+ bytes .*the gate is 25%.*--accept", err), err
    assert local.state() == before
    code, out, _ = local.fetch("census-country", "--accept")
    assert code == 0
    assert rows_of(out)[0]["status"] == "new"
    assert len(local.state()["headline"]) == 2


# --- vintages ---------------------------------------------------------------------------------------------


def test_a_new_vintage_only_where_figures_changed(local: Bench):
    assert local.fetch("census-country")[0] == 0
    code, out, _ = local.fetch("census-country")
    assert (code, rows_of(out)[0]["status"], rows_of(out)[0]["bytes"]) == (0, "unchanged", len(GOOD.body))
    assert rows_of(out)[0]["bytes_received"] == 0
    assert local.publisher.calls[-1].headers["if-none-match"] == '"first"'
    assert len(local.snapshots("census-country")) == 1
    revised = changed((2025, "0007", "IJAN"), 61_000.0)
    local.publisher.route(WORKBOOK, replace(revised, last_modified="Sat, 05 Dec 2026 13:30:00 GMT"))
    code, out, _ = local.fetch("census-country")
    (row,) = rows_of(out)
    assert (row["status"], row["rows_changed"], row["vintage"]) == ("new", 2, "2026-12-05")
    tb = local.tb
    now, then = tb.balance(year=2025).rows()[0], tb.balance(year=2025, as_of="2026-11-30").rows()[0]
    assert now["imports_usd"] - then["imports_usd"] == 61_000_000_000 - 60_200_100_000
    assert [str(one["vintage"]) for one in (now, then)] == ["2026-12-05", "2026-11-05"]


def test_a_revision_without_a_new_date_is_held_as_of_its_retrieval(local: Bench):
    assert local.fetch("census-country")[0] == 0
    local.publisher.route(
        WORKBOOK, replace(changed((2025, "0007", "IJAN"), 61_000.0), last_modified=GOOD.last_modified)
    )
    local.publisher.routes[WORKBOOK] = replace(local.publisher.routes[WORKBOOK], etag='"second"')  # type: ignore[type-var]
    code, out, _ = local.fetch("census-country")
    (row,) = rows_of(out)
    assert (code, row["status"]) == (0, "new")
    assert row["vintage"] > "2026-11-05"
    assert "revised without a new date" in row["note"]


def test_what_was_fetched_is_traced_to_its_bytes(local: Bench):
    assert local.fetch("census-country")[0] == 0
    steps = local.tb.trace(what="balance?year=2025").rows()
    (file,) = [row for row in steps if row["step"] == "file"]
    kept = local.home / file["record"]
    assert kept.read_bytes() == GOOD.body
    sidecar = json.loads((kept.parent / "sidecar.json").read_text())
    assert sidecar["sha256"] == file["sha256"]
    assert sidecar["address"].endswith(WORKBOOK)
    assert sidecar["bytes"] == len(GOOD.body)
    assert sidecar["published"] == GOOD.last_modified


# --- keys -------------------------------------------------------------------------------------------------

SPAN = ("--from", "2026-01", "--to", "2026-03", "--flow", "import")


def fetch_hitech(local: Bench, key: str = KEY) -> tuple[int, str, str]:
    local.patch.setenv("CENSUS_API_KEY", key)
    return local.fetch("census-hitech", *SPAN)


def test_without_a_key_nothing_is_asked(local: Bench):
    code, _, err = local.fetch("census-hitech", *SPAN)
    assert code == 4
    assert re.search(r"only with a key.*CENSUS_API_KEY.*key_signup", err), err
    assert local.publisher.calls == []


@pytest.mark.parametrize("key", ["short", KEY + "0", KEY[:-1] + "!", KEY[:20] + " " + KEY[20:-1]])
def test_a_key_of_another_shape_is_never_sent_and_never_shown(local: Bench, key: str):
    code, out, err = fetch_hitech(local, key)
    assert code == 4
    assert "wrong shape" in err
    assert key not in out + err
    assert local.publisher.calls == []


@pytest.mark.parametrize(("page", "says"), [("missing", "as missing"), ("invalid", "as wrong")])
def test_a_redirect_to_the_page_about_keys_is_no_data(local: Bench, page: str, says: str):
    headers = {"Location": f"/data/{page}_key.html?key={KEY}", "X-DataWebAPI-KeyError": "1"}
    local.publisher.fault(HITECH, Answer(302, headers=headers))
    code, out, err = fetch_hitech(local)
    assert code == 4
    assert re.search(f"refused the key of census-hitech {says}", err), err
    assert KEY not in out + err
    assert len(local.publisher.calls) == 1
    assert local.state() == {}


def test_the_page_about_keys_with_status_200_is_no_data(local: Bench):
    local.publisher.fault(HITECH, Answer(200, b"<html><title>Invalid Key</title></html>", HTML))
    code, _, err = fetch_hitech(local)
    assert code == 4
    assert "a web page (Invalid Key) instead of JSON" in err


@pytest.mark.parametrize("status", [400, 401, 403, 404])
def test_a_text_that_repeats_the_key_is_shown_without_it(local: Bench, status: int):
    local.publisher.fault(HITECH, Answer(status, f"error: your key {KEY} in key={KEY} is odd".encode()))
    code, out, err = fetch_hitech(local)
    assert code == 4
    assert KEY not in out + err


def test_the_key_is_sent_and_nowhere_written(local: Bench, caplog: pytest.LogCaptureFixture, tmp_path: Path):
    caplog.set_level("DEBUG")
    code, out, err = fetch_hitech(local)
    assert code == 0, err
    assert {tuple(call.query["key"]) for call in local.publisher.asked("hitech")} == {(KEY,)}
    assert KEY not in out + err + caplog.text
    assert KEY.encode() not in local.everything_written()


def test_a_key_is_not_taken_along_to_another_place(local: Bench):
    with Publisher() as other:
        other.route(HITECH, hitech)
        local.publisher.route(
            HITECH,
            lambda call: Answer(
                302, headers={"Location": f"{other.origin}{call.path}?time={call.query['time'][0]}"}
            ),
        )
        code, _, err = fetch_hitech(local)
        assert code == 0, err
        assert [call.query.get("key") for call in local.publisher.asked("hitech")] == [[KEY]]
        assert [call.query.get("key") for call in other.asked("hitech")] == [None]
        assert KEY not in str(other.calls)


def test_a_key_does_not_travel_in_the_clear(local: Bench):
    local.patch.setenv("TECHBALANCE_ADDRESSES", "census-hitech=http://api.example.org")
    local.patch.setenv("TECHBALANCE_OFFLINE", "0")
    code, out, err = fetch_hitech(local)
    assert code == 4
    assert "a connection that others can read" in err
    assert KEY not in out + err


# --- the trade API ----------------------------------------------------------------------------------------


def edited(change: Callable[[list[list[Any]]], object]) -> Callable[[Call], Answer]:
    def answer(call: Call) -> Answer:
        rows: list[list[Any]] = specimens.hitech_rows("import", specimens.asked_months(call.query["time"][0]))
        change(rows)
        return Answer(200, specimens.api(rows), JSON)

    return answer


def without_world(rows: list[list[Any]]) -> None:
    rows[:] = [row for row in rows if row[1] != "-"]


def set_cell(row: int, column: int, value: object) -> Callable[[list[list[Any]]], object]:
    return lambda rows: rows[row].__setitem__(column, value)


def head_twice(rows: list[list[Any]], *, agree: bool) -> None:
    for at, row in enumerate(rows):
        row.append(row[1] if agree or at != 5 else "1234")


API_REFUSED: dict[str, tuple[Callable[[Call], Answer], int, str]] = {
    "JSON that ends early": (
        lambda _: Answer(200, b'[["HITECH","CTY_CODE"],["01"', JSON),
        3,
        "no valid JSON",
    ),
    "JSON that is no array": (lambda _: Answer(200, b'{"error": "x"}', JSON), 3, "no array of rows"),
    "JSON of something else": (lambda _: Answer(200, b'["a", "b"]', JSON), 3, "no array of rows"),
    "a row too short": (edited(lambda rows: rows[7].pop()), 3, "row 7 has 4 values and not 5"),
    "a missing column of values": (edited(set_cell(0, 2, "CON_VAL_MO")), 3, "column GEN_VAL_MO is missing"),
    "a column twice that disagrees": (
        edited(lambda rows: head_twice(rows, agree=False)),
        3,
        "CTY_CODE stands twice with different values",
    ),
    "letters in a figure": (edited(set_cell(3, 2, "12a")), 3, "GEN_VAL_MO is no whole number .*row 3: '12a'"),
    "a negative figure": (edited(set_cell(3, 2, "-12")), 3, "GEN_VAL_MO is no whole number"),
    "a figure with a fraction": (edited(set_cell(3, 2, 1.5)), 3, "neither text nor a whole number"),
    "no figure at all": (edited(set_cell(3, 2, None)), 3, "GEN_VAL_MO is no whole number"),
    "a technology code nobody knows": (
        edited(set_cell(-2, 0, "11")),
        3,
        "technology code nobody knows .*'11'",
    ),
    "a partner's code nobody knows": (edited(set_cell(-2, 1, "12")), 3, "none of Schedule C"),
    "a month nobody asked for": (edited(set_cell(-2, 3, "2020-01")), 3, "a row of another month"),
    "a key twice": (edited(lambda rows: rows.append(list(rows[-2]))), 3, "a key stands 2 times"),
    "no total of the world": (edited(without_world), 3, "the total of the world is missing"),
    "partners that are not the world": (
        edited(set_cell(1, 2, "7")),
        3,
        "the partners add to .* the world is 7",
    ),
    "a variable of another endpoint": (
        lambda _: Answer(400, b"error: error: unknown variable 'GEN_VAL_MO'"),
        4,
        "400.*unknown variable 'GEN_VAL_MO'",
    ),
}


@pytest.mark.parametrize("kind", API_REFUSED)
def test_an_answer_of_the_api_that_cannot_be_right_changes_nothing(local: Bench, kind: str):
    answer, expected, says = API_REFUSED[kind]
    assert fetch_hitech(local)[0] == 0
    before = local.state()
    local.publisher.fault(HITECH, answer)
    code, out, err = fetch_hitech(local)
    assert (code, out) == (expected, ""), err
    assert re.search(says, err), err
    assert local.state() == before
    assert KEY not in err


API_READ: dict[str, Callable[[list[list[Any]]], object]] = {
    "rows in any order": lambda rows: rows.__setitem__(slice(1, None), rows[:0:-1]),
    "a column twice that agrees": lambda rows: head_twice(rows, agree=True),
    "figures as numbers": lambda rows: [row.__setitem__(2, int(row[2])) for row in rows[1:]],
    "totals marked by an empty text": lambda rows: [
        row.__setitem__(at, "") for row in rows for at in (0, 1) if row[at] == "-"
    ],
    "totals marked by null": lambda rows: [
        row.__setitem__(at, None) for row in rows for at in (0, 1) if row[at] == "-"
    ],
}


@pytest.mark.parametrize("kind", API_READ)
def test_an_answer_of_the_api_in_another_dress_is_the_same_figures(local: Bench, kind: str):
    assert fetch_hitech(local)[0] == 0
    before = local.state()
    local.publisher.fault(HITECH, edited(API_READ[kind]))
    code, out, err = fetch_hitech(local)
    assert code == 0, err
    assert {(row["status"], row["rows_changed"]) for row in rows_of(out)} == {("unchanged", 0)}
    assert local.state() == before


def test_no_data_is_an_empty_body_and_no_error(local: Bench):
    local.publisher.fault(HITECH, Answer(204))
    code, out, _ = fetch_hitech(local)
    assert code == 0
    (row,) = rows_of(out)
    assert (row["status"], row["rows"], row["sha256"]) == ("no data", None, None)
    assert local.state() == {}


@pytest.mark.parametrize(
    "answer", [Answer(500, TOO_LARGE), Answer(200, b"[[", JSON, stall_at=0)], ids=["500", "a stall"]
)
def test_a_call_that_is_too_large_is_divided(local: Bench, answer: Answer):
    whole = "from 2026-01 to 2026-03"
    local.publisher.route(HITECH, lambda call: answer if call.query["time"] == [whole] else hitech(call))
    code, out, err = fetch_hitech(local)
    assert code == 0, err
    assert [row["part"] for row in rows_of(out)] == ["imports-2026-01", "imports-2026-02", "imports-2026-03"]
    assert "too large for one call; asked in 3 instead" in err
    assert len(local.state()["headline"]) == 3


def test_groups_that_do_not_add_up_to_what_is_left_of_all_goods_are_refused(local: Bench):
    def drop_group(rows: list[list[Any]]) -> None:
        rows[:] = [row for row in rows if row[0] != "07"]

    local.publisher.fault(HITECH, edited(drop_group))
    code, _, err = fetch_hitech(local)
    assert code == 3
    assert "groups 01 to 10 add to" in err


# --- the machine's own troubles ---------------------------------------------------------------------------


def test_offline_refuses_before_anything_is_opened(local: Bench, monkeypatch: pytest.MonkeyPatch):
    def opened(*_: Any, **__: Any) -> None:
        raise AssertionError("a socket was opened")

    local.patch.setenv("TECHBALANCE_OFFLINE", "1")
    monkeypatch.setattr(socket, "socket", opened)
    code, _, err = local.fetch("census-country")
    assert code == 4
    assert "the network is switched off" in err


def test_nobody_listens(local: Bench):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    local.patch.setenv("TECHBALANCE_ADDRESSES", f"census-country=http://127.0.0.1:{port}")
    code, _, err = local.fetch("census-country")
    assert code == 4
    assert re.search("could not be reached: .*asked 3 times", err), err


def test_a_plan_asks_nothing_and_says_how_large(local: Bench):
    code, out, _ = local.fetch("census-country", "--dry-run")
    (row,) = rows_of(out)
    assert (code, row["status"], row["bytes"], row["note"]) == (
        0,
        "would get",
        3_000_000,
        "size by declaration",
    )
    assert local.fetch("census-country")[0] == 0
    asked = len(local.publisher.calls)
    (row,) = rows_of(local.fetch("census-country", "--dry-run")[1])
    assert (row["bytes"], row["note"]) == (len(GOOD.body), "as large as the last time")
    assert len(local.publisher.calls) == asked


def test_a_store_that_cannot_be_written_is_said(local: Bench):
    local.home.mkdir()
    (local.home / "snapshots").write_text("in the way")
    code, _, err = local.fetch("census-country")
    assert code == 3
    assert "TECHBALANCE_HOME" in err


def test_a_disk_that_fills_up_while_rows_are_written_leaves_the_store_as_it_was(
    local: Bench, monkeypatch: pytest.MonkeyPatch
):
    import pyarrow.parquet as pq

    def full(*_: Any, **__: Any) -> None:
        raise OSError(28, "No space left on device")

    assert local.fetch("census-country")[0] == 0
    before = local.state()
    local.publisher.route(WORKBOOK, changed((2025, "0007", "IJAN"), 61_000.0))
    with monkeypatch.context() as patch:
        patch.setattr(pq.ParquetWriter, "write_table", full)
        code, _, err = local.fetch("census-country")
    assert code == 3
    assert "No space left on device" in err
    assert local.state() == before
    assert local.fetch("census-country")[0] == 0
    assert len(local.state()["headline"]) == 2


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("census-contry",), 2, "Did you mean 'census-country'"),
        (("census-discs",), 5, "nothing of census-discs can be fetched.*ingest"),
        (("census-country", "--from", "2020"), 2, "one file with every month"),
        (("census-country", "--flow", "import"), 2, "census-country takes no flow"),
        (("census-hitech", "--from", "2020-13"), 2, "neither a month nor a year"),
        (("census-hitech", "--from", "2024", "--to", "2023"), 2, "backwards"),
        (("census-hitech", "--from", "2005"), 5, "begins in 2013"),
        (("worldbank", "--series", "gdp"), 2, "series 'gdp' is not fetched.*gdp_usd"),
    ],
)
def test_a_wish_that_cannot_be_met_asks_nothing(
    local: Bench, arguments: tuple[str, ...], code: int, says: str
):
    found, _, err = local.fetch(*arguments)
    assert found == code, err
    assert re.search(says, err), err
    assert local.publisher.calls == []


# --- the World Bank ---------------------------------------------------------------------------------------

COUNTRIES, INDICATOR = "/v2/country", "/v2/country/all/indicator/(.*)"
YEARS = range(1990, 2025)


def pages(call: Call, *, updated: str = "2026-11-01", extra: int = 0, drop: int = 0) -> Answer:
    indicator = call.path.rsplit("/", 1)[1]
    records = specimens.indicator_records(indicator, YEARS, extra)
    page, size = int(call.query["page"][0]), int(call.query["per_page"][0])
    body = json.loads(specimens.indicator_page(records, page, size, updated))
    if drop:
        del body[1][:drop]
    return Answer(200, json.dumps(body).encode(), JSON)


@pytest.fixture
def bank(local: Bench, monkeypatch: pytest.MonkeyPatch) -> Bench:
    """The World Bank with pages of 100 records: two for every indicator."""
    from techbalance.sources.declaration import Limit
    from techbalance.store.settings import Settings

    straight = Settings.declaration

    def small(self: Settings, source: str) -> Any:
        found = straight(self, source)
        page = (Limit(name="rows_per_page", value=100, source="test"),)
        return found.model_copy(update={"limits": found.limits.model_copy(update={"documented": page})})

    monkeypatch.setattr(Settings, "declaration", small)
    local.publisher.route(COUNTRIES, Answer(200, specimens.economies(), JSON))
    local.publisher.route(INDICATOR, pages)
    return local


def test_pages_are_read_to_the_last_and_nulls_have_no_row(bank: Bench):
    code, out, err = bank.fetch("worldbank", "--series", "ip,gdp_usd")
    assert code == 0, err
    assert {row["vintage"] for row in rows_of(out)} == {"2026-11-01"}
    assert len(bank.publisher.asked("indicator")) == 6
    rows = {row["country"]: row for row in bank.tb.ip(country="DEU,IRL", year=2024).rows()}
    assert rows["DEU"]["receipts_usd"] == 1_000_002_024
    assert str(rows["DEU"]["vintage"]) == "2026-11-01"
    store = bank.tb.store
    held = store.table("ip_charges")
    mine = store.fetch_rows(held.filter(held.source_id.startswith("worldbank-indicators")))
    assert {row["country"] for row in mine} == {"DEU", "IRL", "USA"}
    assert ("IRL", 2024) not in {(row["country"], row["year"]) for row in mine}
    areas = store.table("ip_charges_areas")
    new = store.fetch_rows(areas.filter(areas.source_id.startswith("worldbank-indicators")))
    assert {row["country"] for row in new} == {"WLD", "HIC"}


def test_an_unchanged_pull_makes_no_vintage_and_a_silent_revision_makes_one(bank: Bench):
    assert bank.fetch("worldbank", "--series", "ip")[0] == 0
    before = bank.state()
    code, out, _ = bank.fetch("worldbank", "--series", "ip")
    assert (code, {row["status"] for row in rows_of(out)}) == (0, {"unchanged"})
    assert bank.state() == before
    bank.publisher.route(INDICATOR, lambda call: pages(call, extra=1))
    code, out, _ = bank.fetch("worldbank", "--series", "ip")
    assert code == 0
    assert any("revised without a new date" in (row["note"] or "") for row in rows_of(out))
    assert min(row["vintage"] for row in rows_of(out)) > "2026-11-01"


BANK_REFUSED: dict[str, tuple[str, Callable[[Call], Answer], int, str]] = {
    "a refusal in the form of data": (
        INDICATOR,
        lambda _: Answer(
            200, b'[{"message":[{"id":"120","key":"Invalid value","value":"not valid"}]}]', JSON
        ),
        4,
        "refused the call .*not valid",
    ),
    "XML": (INDICATOR, lambda _: Answer(200, b"<?xml version='1.0'?><wb/>", {}), 4, "instead of JSON"),
    "figures that change between two pages": (
        INDICATOR,
        lambda call: pages(call, updated="2026-11-01" if call.query["page"] == ["1"] else "2026-11-20"),
        3,
        "changed the figures while they were fetched",
    ),
    "a page with too few records": (
        INDICATOR,
        lambda call: pages(call, drop=3),
        3,
        "holds 97 records and not 100",
    ),
    "no date": (
        INDICATOR,
        lambda call: pages(call, updated=""),
        3,
        "does not say when the figures were updated",
    ),
    "a list without aggregates": (
        COUNTRIES,
        lambda _: Answer(200, specimens.economies().replace(b'"NA"', b'"EAS"'), JSON),
        3,
        "no countries or no aggregates",
    ),
}


@pytest.mark.parametrize("kind", BANK_REFUSED)
def test_an_answer_of_the_bank_that_cannot_be_right_changes_nothing(bank: Bench, kind: str):
    path, answer, expected, says = BANK_REFUSED[kind]
    bank.publisher.fault(path, *(answer,) * 9)
    code, out, err = bank.fetch("worldbank", "--series", "ip")
    assert (code, out) == (expected, ""), err
    assert re.search(says, err), err
    assert bank.state() == {}
    bank.publisher.faults.clear()
    assert bank.fetch("worldbank", "--series", "ip")[0] == 0


def test_a_pull_that_broke_off_is_gone_on_with(bank: Bench):
    def second_page_fails(call: Call) -> Answer:
        return Answer(404) if call.query["page"] == ["2"] and "BM." in call.path else pages(call)

    bank.publisher.route(INDICATOR, second_page_fails)
    assert bank.fetch("worldbank", "--series", "ip")[0] == 4
    assert bank.state() == {}
    bank.publisher.route(INDICATOR, pages)
    asked = len(bank.publisher.asked("indicator"))
    assert bank.fetch("worldbank", "--series", "ip")[0] == 0
    assert len(bank.publisher.asked("indicator")) - asked == 1


def test_the_date_of_a_header_is_read_as_it_is_sent():
    import datetime as dt

    from techbalance.sources.answers import retry_after

    later = dt.datetime.now(tz=dt.UTC) + dt.timedelta(seconds=90)
    assert 80 <= (retry_after(format_datetime(later, usegmt=True)) or 0) <= 90
    assert retry_after("soon") is None
    assert retry_after("") is None
    assert retry_after("7") == 7
