"""Work in trade: nothing without the user's persons, and with them figures that fit the table."""

import csv

import pytest

from techbalance.cli.main import run
from techbalance.errors import ModelInputError, NotCoveredError, ParameterError, SchemaError
from techbalance.models.value_added.readers import read_wiod_npz

# Persons per million dollars of output, made up: what is tested is arithmetic, not employment.
PER_MILLION = 5.0


@pytest.fixture(scope="module")
def table(shared_data):
    data = (shared_data / "icio" / "wiod2013_npz" / "wiot_2007.npz").read_bytes()
    return read_wiod_npz(data, name="WIOD 2013, 2007")


@pytest.fixture(scope="module")
def persons(table, tmp_path_factory):
    path = tmp_path_factory.mktemp("work") / "persons.csv"
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["country", "industry", "persons"])
        for sector, output in zip(table.sectors, table.output, strict=True):
            if sector.country in ("USA", "CHN"):
                writer.writerow([sector.country, sector.industry, PER_MILLION * max(output, 0.0)])
    return path


def by_measure(answer):
    return {(row["measure"], row["country"]): row for row in answer.rows()}


def test_without_persons_it_says_what_it_needs(tb, tmp_path, monkeypatch, capsys):
    with pytest.raises(NotCoveredError, match=r"country, industry, persons"):
        tb.work_content()
    monkeypatch.setenv("TECHBALANCE_HOME", str(tmp_path))
    assert run(["work-content"]) == NotCoveredError.exit_code
    assert "needs employment by country and industry" in capsys.readouterr().err


def test_the_balance_is_exports_less_what_imports_stand_for(with_data, persons):
    rows = by_measure(with_data.work_content(employment=str(persons), year=2007))
    sold, replaced = rows["in exports", "USA"], rows["imports stand for", "USA"]
    balance = rows["balance", "USA"]
    assert balance["low_persons"] == pytest.approx(sold["low_persons"] - replaced["high_persons"], abs=2)
    assert balance["high_persons"] == pytest.approx(sold["high_persons"] - replaced["low_persons"], abs=2)
    assert "not a forecast" in replaced["note"]
    assert sold["low_persons"] < sold["high_persons"]


def test_work_is_in_proportion_to_the_persons_given(with_data, persons, tmp_path):
    double = tmp_path / "double.csv"
    lines = persons.read_text().splitlines()
    cells = [line.rsplit(",", 1) for line in lines[1:]]
    double.write_text("\n".join([lines[0], *[f"{key},{2 * float(value)}" for key, value in cells]]) + "\n")
    once = by_measure(with_data.work_content(employment=str(persons), year=2007))
    twice = by_measure(with_data.work_content(employment=str(double), year=2007))
    for key, row in once.items():
        assert twice[key]["low_persons"] == pytest.approx(2 * row["low_persons"], abs=2)


def test_every_country_of_the_account_has_its_work_in_imports(with_data, persons):
    rows = by_measure(with_data.work_content(employment=str(persons), trade_year=2024, year=2007))
    assert {country for measure, country in rows if measure == "in imports"} == {"USA", "CHN"}
    assert rows["in imports", "CHN"]["low_persons"] > rows["in imports", "USA"]["high_persons"]


@pytest.mark.parametrize(
    ("content", "error", "said"),
    [
        ("country,industry\nUSA,c1\n", SchemaError, "lacks persons"),
        ("country,industry,persons\nUSA,c1,many\n", SchemaError, "line 2"),
        ("country,industry,persons\nUSA,c1,5\n", ModelInputError, "no persons are given for USA.c2"),
        ("country,industry,persons\nUSA,c99,5\n", ModelInputError, "USA"),
    ],
)
def test_a_file_of_persons_that_does_not_fit_is_refused(with_data, tmp_path, content, error, said):
    path = tmp_path / "persons.csv"
    path.write_text(content)
    with pytest.raises(error, match=said):
        with_data.work_content(employment=str(path), year=2007)


def test_an_account_without_the_united_states_and_a_span_are_refused(with_data, persons, tmp_path):
    path = tmp_path / "china.csv"
    lines = persons.read_text().splitlines()
    path.write_text("\n".join([lines[0], *[line for line in lines if line.startswith("CHN")]]) + "\n")
    with pytest.raises(NotCoveredError, match="does not cover USA"):
        with_data.work_content(employment=str(path), year=2007)
    with pytest.raises(ParameterError, match="one year"):
        with_data.work_content(employment=str(persons), year="2006:2007")
    with pytest.raises(NotCoveredError, match="Check the name"):
        with_data.work_content(employment="nowhere.csv")
