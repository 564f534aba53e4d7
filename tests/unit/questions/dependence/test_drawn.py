"""Dependence and stress draw themselves from the command line."""

import json

import pytest

from techbalance.cli.main import run


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["dependence", "--group", "08", "--top", "1"], "hang on few suppliers"),
        (["dependence", "--level", "group", "--year", "2024:2025"], "10 groups hang on few suppliers"),
        (["stress", "--without", "CHN", "--share", "0.5"], "Without 50% of China"),
        (["stress", "--worst", "2"], "Without Taiwan and Mexico"),
    ],
)
def test_a_chart_states_what_it_shows(words, says, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("TECHBALANCE_HOME", str(tmp_path))
    monkeypatch.delenv("TECHBALANCE_DATA", raising=False)
    path = tmp_path / "chart.json"
    assert run([*words, "--chart", str(path)]) == 0
    assert says in capsys.readouterr().err
    assert says in " ".join(json.loads(path.read_text())["title"]["text"])


@pytest.mark.parametrize(
    "words",
    [
        ["dependence", "--level", "all"],
        ["dependence", "--criteria"],
        ["stress", "--stages", "CHN=1"],
    ],
)
def test_a_form_that_is_not_drawn_is_refused(words, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("TECHBALANCE_HOME", str(tmp_path))
    monkeypatch.delenv("TECHBALANCE_DATA", raising=False)
    assert run([*words, "--chart", str(tmp_path / "chart.svg")]) in (2, 5)
    assert not (tmp_path / "chart.svg").exists()
    assert "techbalance:" in capsys.readouterr().err
