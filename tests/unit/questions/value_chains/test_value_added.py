"""Value added through the question: what adds up, what is refused, and which row is named."""

import numpy as np
import pytest

import techbalance
from techbalance.cli.main import run
from techbalance.errors import (
    ModelInputError,
    NotCoveredError,
    ParameterError,
    SchemaError,
    UnknownCodeError,
)

# Answers are whole dollars; a sum of nine rounded terms is off by this much at most.
NINE_ROUNDINGS = 4.5
FIVE_ROUNDINGS = 2.5
# The bar of the method, as a share of the output of a country.
IDENTITY = 1e-9

NAMES = {"countries": ["AAA", "BBB"], "industries": ["i1", "i2"]}
INTER = [[10.0, 5, 2, 1], [4, 20, 1, 3], [3, 1, 30, 6], [1, 2, 5, 15]]
FINAL = [[40.0, 6], [30, 8], [5, 60], [4, 25]]


def table_file(folder, name="small_2010.npz", **changes):
    """Write a balanced table of two countries and two industries, with what a test spoils."""
    inter, final = np.asarray(INTER), np.asarray(FINAL)
    held = {"inter": inter, "final": final, "output": inter.sum(axis=1) + final.sum(axis=1)}
    held |= {key: np.asarray(value) for key, value in NAMES.items()}
    held |= {key: np.asarray(value) for key, value in changes.items() if value is not None}
    path = folder / name
    np.savez(path, **{key: value for key, value in held.items() if changes.get(key, "") is not None})
    return path


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    return table_file(tmp_path_factory.mktemp("io"))


def by_country(answer):
    return {row["country"]: row for row in answer.rows()}


# --- what adds up -----------------------------------------------------------------------------------------


def test_nine_terms_of_all_41_regions_add_to_gross_exports(with_data):
    rows = with_data.value_added(year=2007, decompose="kww").rows()
    countries = {row["country"] for row in rows}
    assert len(countries) == 41
    for code in countries:
        own = [row for row in rows if row["country"] == code]
        assert [row["term"] for row in own] == [f"T{number}" for number in range(1, 10)]
        assert sum(row["value_usd"] for row in own) == pytest.approx(own[0]["gross_usd"], abs=NINE_ROUNDINGS)
        assert sum(row["export_share"] for row in own) == pytest.approx(1, abs=IDENTITY)


@pytest.mark.parametrize("variant", ["source", "sink"])
def test_bilateral_terms_add_to_the_pair_and_pairs_to_the_total(with_data, variant):
    rows = with_data.value_added(
        year=2007, decompose="bilateral", variant=variant, country="CHN", top=50
    ).rows()
    assert len(rows) == 40
    assert {row["variant"] for row in rows} == {f"borin-mancini-{variant}"}
    terms = ("value_added_usd", "returned_home_usd", "domestic_double_usd")
    terms += ("foreign_value_added_usd", "foreign_double_usd")
    for row in rows:
        assert sum(row[term] for term in terms) == pytest.approx(row["gross_usd"], abs=FIVE_ROUNDINGS)
    whole = by_country(with_data.value_added(year=2007, country="CHN"))["CHN"]
    assert sum(row["gross_usd"] for row in rows) == whole["gross_usd"]
    assert sum(row["value_added_usd"] for row in rows) == pytest.approx(whole["value_added_usd"], abs=21)


def test_origins_add_to_final_demand_and_balances_to_the_gross_balance(with_data):
    rows = with_data.value_added(year=2007, absorbed_by="USA").rows()
    assert sum(row["demand_share"] for row in rows) == pytest.approx(1, abs=IDENTITY)
    abroad = [row for row in rows if row["country"] != "USA"]
    gross = sum(row["gross_balance_usd"] for row in abroad)
    assert sum(row["value_added_balance_usd"] for row in abroad) == pytest.approx(gross, abs=100)
    assert gross == by_country(with_data.value_added(year=2007, country="USA"))["USA"]["gross_balance_usd"]


def test_the_shares_of_a_country_fit_each_other(with_data):
    row = by_country(with_data.value_added(year=2007, country="Korea, South"))["KOR"]
    assert row["vax_ratio"] == pytest.approx(row["value_added_usd"] / row["gross_usd"])
    assert row["participation_ratio"] == pytest.approx(row["foreign_share"] + row["forward_share"])
    terms = with_data.value_added(year=2007, country="KOR", decompose="kww").rows()
    assert sum(t["value_usd"] for t in terms[:3]) == pytest.approx(row["value_added_usd"], abs=3)
    assert sum(t["export_share"] for t in terms[6:]) == pytest.approx(row["foreign_share"])


def test_the_leather_table_is_decomposed_for_its_three_countries(with_data, shared_data):
    file = str(shared_data / "models" / "leather_icio.npz")
    rows = with_data.value_added(io=file, decompose="kww").rows()
    assert {row["country"] for row in rows} == {"Argentina", "Turkey", "Germany"}
    for code in ("Argentina", "Turkey", "Germany"):
        own = [row for row in rows if row["country"] == code]
        assert sum(row["value_usd"] for row in own) == pytest.approx(own[0]["gross_usd"], abs=NINE_ROUNDINGS)


def test_what_balancing_changed_is_printed(with_data):
    answer = with_data.value_added(year=1998, country="USA")
    said = " ".join(answer.notes)
    assert "Output was set to the row sum" in said
    assert "POL.c24 -16" in said
    assert "without output, input coefficients 0" in said
    assert "wiot_1998.npz, SHA-256" in said


def test_a_span_asks_every_year(with_data):
    rows = with_data.value_added(year="2006:2007", country="USA,CHN").rows()
    assert [(row["year"], row["country"]) for row in rows] == [
        (2006, "USA"),
        (2006, "CHN"),
        (2007, "USA"),
        (2007, "CHN"),
    ]
    one = by_country(with_data.value_added(year=2006, country="CHN"))["CHN"]
    assert one == next(row for row in rows if (row["year"], row["country"]) == (2006, "CHN"))


def test_top_keeps_the_largest(with_data):
    rows = with_data.value_added(year=2007, top=3).rows()
    assert [row["country"] for row in rows] == ["RoW", "USA", "DEU"]


# --- tables of the user's ---------------------------------------------------------------------------------


def test_a_table_is_read_by_its_kind_and_its_year_by_its_name(tb, small):
    answer = tb.value_added(io=str(small))
    rows = by_country(answer)
    assert set(rows) == {"AAA", "BBB"}
    assert {row["year"] for row in rows.values()} == {2010}
    assert rows["AAA"]["gross_usd"] == (2 + 1 + 1 + 3 + 6 + 8) * 10**6
    assert tb.value_added(io=str(small), year=1999).rows()[0]["year"] == 1999


def test_an_oecd_file_is_read(tb, tmp_path):
    inter, final = np.asarray(INTER), np.asarray(FINAL)
    labels = ["AAA_C26", "AAA_C28", "BBB_C26", "BBB_C28"]
    output = inter.sum(axis=1) + final.sum(axis=1)
    lines = [",".join(["V1", *labels, "AAA_HFCE", "BBB_HFCE", "OUT"])]
    for label, row, used, total in zip(labels, inter, final, output, strict=True):
        lines.append(",".join([label, *map(str, row), *map(str, used), str(total)]))
    lines.append(",".join(["TLS", *["0"] * 6, "0"]))
    lines.append(",".join(["VA", *map(str, output - inter.sum(axis=0)), "0", "0", "0"]))
    lines.append(",".join(["OUT", *map(str, output), "0", "0", "0"]))
    path = tmp_path / "ICIO_2018.csv"
    path.write_text("\n".join(lines) + "\n")
    rows = by_country(tb.value_added(io=str(path)))
    assert rows["AAA"]["year"] == 2018
    assert rows["AAA"]["gross_usd"] == (2 + 1 + 1 + 3 + 6 + 8) * 10**6
    path.write_text("\n".join([lines[0], lines[2], lines[1], *lines[3:]]) + "\n")
    with pytest.raises(SchemaError, match="row AAA_C28 meets column AAA_C26"):
        tb.value_added(io=str(path)).rows()
    path.write_text("\n".join([lines[0].replace("AAA_HFCE", "AAA_XYZ"), *lines[1:]]) + "\n")
    with pytest.raises(SchemaError, match=r"AAA_XYZ|columns"):
        tb.value_added(io=str(path)).rows()


def spoiled(name):
    """Arrays of the small table with one thing wrong."""
    inter, final = np.asarray(INTER), np.asarray(FINAL)
    output = inter.sum(axis=1) + final.sum(axis=1)
    changes = {
        "missing label": {"industries": ["i1", ""]},
        "too few labels": {"countries": ["AAA"]},
        "label twice": {"countries": ["AAA", "AAA"]},
        "wrong shape": {"final": final[:, :1]},
        "row out of balance": {"output": output * [1, 1, 1.01, 1]},
        "no number": {"final": np.where(final == 25, np.nan, final)},
    }
    if name in changes:
        return changes[name]
    if name == "negative value added":
        inter[:, 1] *= 10
    else:
        # All that a sector makes goes back into it.
        inter[0], final[0], inter[:, 0] = 0, 0, 0
        inter[0, 0] = 10
    return {"inter": inter, "final": final, "output": inter.sum(axis=1) + final.sum(axis=1)}


@pytest.mark.parametrize(
    ("name", "row"),
    [
        ("negative value added", "AAA.i2"),
        ("row out of balance", "BBB.i1"),
        ("missing label", "row 1"),
        ("too few labels", "2 labels for 4 rows"),
        ("label twice", "AAA"),
        ("no number", "BBB.i2"),
        ("wrong shape", "final"),
        ("singular", "AAA.i1"),
    ],
)
def test_a_bad_table_is_refused_and_the_row_named(tb, tmp_path, name, row):
    file = table_file(tmp_path, **spoiled(name))
    with pytest.raises(ModelInputError) as caught:
        tb.value_added(io=str(file)).rows()
    assert row in str(caught.value)
    assert caught.value.exit_code == 3


def test_a_file_that_is_no_table_is_refused(tb, tmp_path):
    for name, content, said in (
        ("a.npz", b"nothing", "not a NumPy archive"),
        ("a.csv", b"x,y\n1,2\n", "no header|neither"),
        ("a.txt", b"x", "what kind of table"),
        ("a.csv.gz", b"x", "unpacked"),
    ):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(SchemaError, match=said):
            tb.value_added(io=str(tmp_path / name)).rows()
    file = table_file(tmp_path, "b.npz", output=None)
    with pytest.raises(SchemaError, match="lacks output"):
        tb.value_added(io=str(file)).rows()


# --- what is refused --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "error", "said"),
    [
        ({"decompose": "kww", "absorbed_by": "USA"}, ParameterError, "two questions"),
        ({"variant": "sink"}, ParameterError, "decompose=bilateral"),
        ({"partner": "USA"}, ParameterError, "decompose=bilateral"),
        ({"processing": True}, ParameterError, "belongs to atp"),
        ({"weights": "w.csv"}, ParameterError, "belongs to atp"),
        ({"as_of": "2020"}, ParameterError, "belongs to atp"),
        ({"decompose": "kww", "top": 3}, ParameterError, "ordered"),
        ({"atp": True, "country": "USA"}, ParameterError, "country does not apply"),
        ({"atp": True, "year": "2006:2007"}, ParameterError, "one year"),
        ({"decompose": "kwww"}, ParameterError, "decompose"),
    ],
)
def test_what_does_not_go_together_is_refused(tb, given, error, said):
    with pytest.raises(error, match=said):
        tb.value_added(**given)


def test_an_unknown_country_an_area_and_two_absorbers_are_refused(with_data):
    with pytest.raises(UnknownCodeError, match="Germany"):
        with_data.value_added(year=2007, country="Germny").rows()
    with pytest.raises(ParameterError, match="EU27 is an area"):
        with_data.value_added(year=2007, country="EU27").rows()
    with pytest.raises(ParameterError, match="to itself"):
        with_data.value_added(year=2007, decompose="bilateral", country="USA", partner="USA").rows()
    with pytest.raises(ParameterError, match="one country"):
        with_data.value_added(year=2007, absorbed_by="USA,CHN").rows()


def test_without_tables_it_says_where_to_put_them(tb):
    with pytest.raises(NotCoveredError, match=r"icio/wiod2013_npz/wiot_2011\.npz"):
        tb.value_added().rows()
    with pytest.raises(NotCoveredError, match="Check the name"):
        tb.value_added(io="nowhere.npz").rows()


def test_a_year_without_a_table_is_told_with_those_there_are(with_data):
    with pytest.raises(NotCoveredError, match="1995 to 2011"):
        with_data.value_added(year=2012).rows()


def test_command_line_and_python_agree(tmp_path, monkeypatch, capsys, small):
    monkeypatch.setenv("TECHBALANCE_HOME", str(tmp_path))
    assert run(["value-added", "--io", str(small), "--decompose", "kww", "--format", "csv"]) == 0
    lines = capsys.readouterr().out.splitlines()
    rows = techbalance.open(tmp_path).value_added(io=str(small), decompose="kww").rows()
    assert len(lines) == len(rows) + 1
    assert lines[1].split(",")[1:3] == ["AAA", "T1"]
