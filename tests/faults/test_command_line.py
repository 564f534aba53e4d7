"""Whatever is typed ends in an exit code of the contract: no exception, no trace, no endless message."""

import io
from contextlib import redirect_stderr, redirect_stdout
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from techbalance.cli import main
from techbalance.questions.registry import QUESTIONS
from techbalance.store.catalogue import HOME_VARIABLE

CODES = {0, 1, 2, 3, 4, 5}
LONGEST_MESSAGE = 4_000

ODD = st.one_of(
    st.text(max_size=30),
    st.sampled_from(
        ["", " ", ",", "-", "--", "-1", "0", "\0", "\ud800", "%s", "{}", "../..", "*", "'", '"', "²", "１"]
    ),
    st.integers(-(10**30), 10**30).map(str),
    st.dates().map(str),
    st.floats().map(str),
)
YEARS = st.sampled_from(["2024", "2025", "2026", "1989:1991", "1850", "2200", "2007:2002"])
PARTNERS = st.sampled_from(
    ["CHN", "World", "EU27", "NAFTA", "USA", "0003", "Korea, South", "IRL,MEX", "PSE", "8220"]
)
VALUES = {
    "as_of": st.sampled_from(["2025-04", "1990", "2026-10-31", "9999-12-31"]),
    "by": st.sampled_from(
        ["year", "month", "quarter", "group", "partner", "product", "group,partner", "year,month"]
    ),
    "year": YEARS,
    "from_": YEARS,
    "to": YEARS,
    "partner": PARTNERS,
    "country": PARTNERS,
    "group": st.sampled_from(["04", "4,05", "ICT", "11"]),
    "product": st.sampled_from(["8542", "85", "0101", "8542310001", "99"]),
    "top": st.sampled_from(["1", "3", "0", "1000000", "1000001"]),
    "denominator": st.sampled_from(["goods_census", "goods_bop", "goods_services_bop", "atp"]),
    "series": st.sampled_from(["atp", "goods_census", "goods_bop", "services_bop", "goods_services_bop"]),
    "flow": st.sampled_from(["import", "export", "both"]),
    "list": st.sampled_from(["census-atp", "mine"]),
    "what": st.sampled_from(["balance?year=2024", "ip?country=USA&year=2023", "status", "x?y=z", "0" * 12]),
    "format": st.sampled_from(["table", "csv", "json"]),
}
ACCOUNTS = ("balance", "rank", "change", "records", "reconcile", "ip", "trace", "cite", "sources")


@st.composite
def commands(draw: st.DrawFn, *, odd: bool) -> list[str]:
    """A command with some of its options; ``odd`` puts anything at all where a value belongs."""
    question = QUESTIONS[draw(st.sampled_from(ACCOUNTS))]
    words = list(question.command)
    fields = question.params.model_fields
    needed = {name for name, info in fields.items() if info.is_required()}
    chosen = draw(st.sets(st.sampled_from([*fields, "format"]), max_size=4)) | (
        needed if draw(st.booleans()) else set()
    )
    for name in sorted(chosen):
        if name in fields and fields[name].annotation is bool:
            words.append(f"--{name.replace('_', '-')}")
            continue
        value = draw(ODD if odd and draw(st.booleans()) else VALUES.get(name, ODD))
        words += [value] if name in question.words else [f"--{name.rstrip('_').replace('_', '-')}", value]
    if odd and draw(st.booleans()):
        words.insert(draw(st.integers(0, len(words))), draw(ODD))
    return words


def typed(words: list[str]) -> tuple[int, str, str]:
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        code = main.run(words)
    return code, out.getvalue(), err.getvalue()


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path))


fuzz = settings(
    deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


@settings(fuzz, max_examples=100)
@given(words=commands(odd=True))
@pytest.mark.usefixtures("home")
def test_anything_typed_is_parsed_or_refused(monkeypatch: pytest.MonkeyPatch, words: list[str]):
    """The question itself is not asked here, so that many commands can be tried."""

    def only_read(question: Any, given: dict[str, Any], *_: Any) -> None:
        question.command_line(question.params.read(given))

    monkeypatch.setattr(main, "_answer", only_read)
    code, _, err = typed(words)
    assert code in CODES
    assert "Traceback" not in err
    assert len(err) < LONGEST_MESSAGE


@settings(fuzz, max_examples=12)
@given(words=commands(odd=False))
@pytest.mark.usefixtures("home")
def test_any_question_is_answered_or_refused(words: list[str]):
    code, out, err = typed(words)
    assert code in CODES
    assert "Traceback" not in err
    if code in (2, 3, 4):
        assert out == ""
        assert err.startswith("techbalance: ")
    else:
        assert out
