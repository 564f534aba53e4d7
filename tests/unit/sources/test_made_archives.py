"""The generator of archives: the same plan gives the same bytes, and its figures add up."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from techbalance.sources.census_archive.layouts import layout
from tests.unit.sources.archives import read
from tools.census_archives import Plan, archive_bytes, archive_name, official, write_archives


def test_the_same_plan_gives_the_same_bytes():
    assert archive_bytes(Plan(rows=50), 2) == archive_bytes(Plan(rows=50), 2)
    assert archive_bytes(Plan(rows=50), 2) != archive_bytes(Plan(rows=50, seed=8), 2)


def test_a_revision_changes_figures_and_no_keys():
    first, revised = (read(archive_bytes(Plan(rows=80, revision=one), 1), "IMDB2401.ZIP") for one in (0, 1))
    keys = ["product", "partner", "subcode", "district_entry", "district_unlading", "rate_provision"]
    both = {tuple(row.values()) for row in first.select(keys).to_pylist()}
    assert both & {tuple(row.values()) for row in revised.select(keys).to_pylist()}
    assert first["general_usd"].to_pylist() != revised["general_usd"].to_pylist()


@pytest.mark.parametrize("flow", ["import", "export"])
def test_figures_make_sense(flow: str):
    plan = Plan(flow=flow, rows=3000)
    values = plan.values(4)
    names = layout("IMP_DETL" if flow == "import" else "EXP_DETL").measures
    of = {name: values[:, column] for column, name in enumerate(names)}
    assert (of["cnt_val"] <= of["ves_val"]).all()
    idle = (values == 0).all(axis=1).mean()
    assert 0.35 < idle < 0.45
    if flow == "import":
        assert (of["con_cif"] == of["con_val"] + of["con_cha"]).all()
        assert (of["dut_val"] <= of["con_val"]).all()
        assert (of["air_val"] + of["ves_val"] <= of["gen_val"]).all()
    assert values.dtype == np.int64


def test_the_official_lists_are_used_whole(shared_data: Path):
    codes = official("import", shared_data / "codes")
    assert (len(codes.products), len(codes.countries), len(codes.districts)) == (19_758, 240, 47)
    plan = Plan(rows=400, codes=codes, level=1)
    table = read(archive_bytes(plan, 1), archive_name(plan, 1))
    assert len(set(table["product"].to_pylist())) > 100
    exports = Plan(flow="export", rows=400, codes=official("export", shared_data / "codes"), level=1)
    assert read(archive_bytes(exports, 1), archive_name(exports, 1)).num_rows > 200


def test_the_command_writes_archives(tmp_path: Path, root: Path):
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "tools.census_archives",
            "--out",
            str(tmp_path),
            "--months",
            "2024-02:2024-03",
        ],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["IMDB2402.ZIP", "IMDB2403.ZIP"]
    assert write_archives(tmp_path, Plan(), [2])[0].read_bytes() == (tmp_path / "IMDB2402.ZIP").read_bytes()
