"""What scripts rely on: the columns, the exit codes and the two streams of the command line.

The lists are typed out on purpose: a column that is renamed must fail here, whatever the declarations say.
"""

import json

import pytest

from techbalance.cli.main import run

COLUMNS = {
    "balance --year 2024": "year exports_usd imports_usd balance_usd coverage_ratio months vintage",
    "balance --year 2024 --denominator goods_census": "deficit_ratio denominator_usd denominator_vintage",
    "rank --by partner --year 2025 --flow import": "partner measure value_usd rank previous_rank overtook",
    "change --from 2002 --to 2007": (
        "from_usd to_usd change_usd contribution_ratio base_points growth_ratio growth_of note"
    ),
    "records": "series kind period value_usd as_of superseded_by",
    "reconcile --flow import": (
        "rebuilt_usd published_usd residual_usd exact_usd nearest_usd parent_usd "
        "undecided_usd not_atp_usd list_year"
    ),
    "claims check INN01": (
        "claim_id stated recomputed verdict comparison vintage basis bracketed_by superseded_by reason"
    ),
    "ip --country USA --year 2023": "receipts_usd payments_usd balance_usd conduit vintage",
    "dependence --level group --year 2025": "hhi effective_suppliers top_partner top_share flags",
    "stress --without CHN --group 01": "loss_usd recovered_usd shortfall_usd price_effect capacity_basis",
}

EXITS = {
    "balance --year 2024": 0,
    "balance --year 2026": 5,
    "balance --yaer 2024": 2,
    "balance --year 2024 --partner Atlantis": 2,
    "balance --year 2024 --group 11": 2,
    "claims check no-such-file.toml": 2,
}


@pytest.fixture(autouse=True)
def _empty_store(tmp_path, monkeypatch):
    monkeypatch.setenv("TECHBALANCE_HOME", str(tmp_path / "home"))


@pytest.mark.parametrize("line", COLUMNS)
def test_a_command_gives_the_columns_that_scripts_rely_on(line, capsys):
    assert run([*line.split(), "--format", "json"]) in {0, 5}
    rows = json.loads(capsys.readouterr().out)
    assert rows
    for row in rows:
        assert set(COLUMNS[line].split()) <= set(row)


@pytest.mark.parametrize("line", EXITS)
def test_the_exit_code_tells_what_happened(line, capsys):
    assert run(line.split()) == EXITS[line]
    if EXITS[line] == 2:
        out, err = capsys.readouterr()
        assert not out
        assert err.strip()


def test_a_value_that_cannot_be_given_is_null_with_a_note(capsys):
    run(["balance", "--year", "2026", "--format", "json"])
    (row,) = json.loads(capsys.readouterr().out)
    assert row["balance_usd"] is None
    assert row["note"].startswith("part_year")
