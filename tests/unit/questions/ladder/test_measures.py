"""The single measures on a table a user brings, and on the record."""

import pytest

from techbalance.errors import NotCoveredError, ParameterError, SchemaError, UnknownCodeError

# Printed to six decimals in METHODS.
PRINTED = 5e-7


def by(rows, name):
    return {row[name]: row for row in rows}


def test_complexity_of_countries_is_the_worked_one_and_null_where_degenerate(tb, world):
    answer = tb.complexity(panel=str(world), year="2020:2021")
    first = [row for row in answer.rows() if row["year"] == 2020]
    assert all(row["eci"] is None and row["note"].startswith("degenerate: ") for row in first)
    second = by([row for row in answer.rows() if row["year"] == 2021], "country")
    for country, value in zip("ABCDE", (0.734430, -0.500140, -0.082675, -1.523589, 1.371974), strict=True):
        assert abs(second[country]["eci"] - value) <= PRINTED
    assert second["E"]["eci_rank"] == 1
    assert any("No index exists" in note for note in answer.notes)
    assert answer.exit_code == 0
    assert tb.complexity(panel=str(world), year=2020).exit_code == 5


def test_complexity_of_products_and_both_scales(tb, world):
    average = by(tb.complexity(panel=str(world), year=2021, by="product").rows(), "product")
    other = by(tb.complexity(panel=str(world), year=2021, by="product", pci="reciprocal").rows(), "product")
    assert abs(average["p1"]["pci"] - 0.0505383) <= PRINTED
    assert abs(other["p1"]["pci"] / average["p1"]["pci"] - 1 / 0.611759140338942) <= PRINTED
    assert average["p1"]["ubiquity"] == 3


def test_density_and_proximity(tb, world):
    with_self = by(tb.complexity(panel=str(world), year=2020, by="density", country="A").rows(), "product")
    assert [with_self[f"p{place}"]["density"] for place in range(1, 6)] == [0.75, 0.75, 0.25, 0.0, 0.25]
    without = tb.complexity(panel=str(world), year=2020, by="density", country="A", without_self=True).rows()
    assert [by(without, "product")[f"p{place}"]["density"] for place in range(1, 6)] == [
        0.5,
        0.5,
        0.5,
        0,
        0.5,
    ]
    # The index of that year does not exist, the density does.
    assert all(row["pci"] is None and "degenerate" in row["note"] for row in without)


def test_proximity_is_to_a_product(tb, tmp_path):
    path = tmp_path / "t.csv"
    rows = [
        "A,0101,4",
        "A,0102,4",
        "A,0103,1",
        "B,0101,4",
        "B,0102,1",
        "B,0103,4",
        "C,0101,1",
        "C,0102,4",
        "C,0103,4",
    ]
    path.write_text("year,country,product,value_usd\n" + "".join(f"2020,{row}\n" for row in rows), "utf-8")
    found = tb.complexity(panel=str(path), by="proximity", product="0101").rows()
    assert [(row["near"], row["proximity"]) for row in found] == [("0102", 0.5), ("0103", 0.5)]


def test_advantage_and_sophistication(tb, world, tmp_path):
    found = tb.advantage(panel=str(world), year=2020, country="A").rows()
    assert abs(by(found, "product")["p1"]["rca"] - 2.742837) <= PRINTED
    assert abs(by(found, "product")["p1"]["rsca"] - 0.465646) <= PRINTED
    income = tmp_path / "income.csv"
    income.write_text("country,income\nA,40000\nB,30000\nC,15000\nD,8000\nE,20000\n", "utf-8")
    products = tb.advantage(panel=str(world), year=2020, measure="prody", income=str(income)).rows()
    assert abs(by(products, "product")["p1"]["prody"] - 32316.58) <= 0.005
    countries = tb.advantage(panel=str(world), year=2020, measure="expy", income=str(income)).rows()
    assert abs(by(countries, "country")["A"]["expy"] - 29214.16) <= 0.005
    assert all(row["covered_share"] == 1 for row in countries)


def test_a_country_without_income_is_left_out_and_named(tb, world, tmp_path):
    income = tmp_path / "income.csv"
    income.write_text("country,year,income\nA,2020,40000\nB,2020,30000\n", "utf-8")
    answer = tb.advantage(panel=str(world), year=2020, measure="prody", income=str(income))
    assert any("no income of C, D, E" in note for note in answer.notes)
    row = by(answer.rows(), "product")["p4"]
    assert (row["exporters"], row["exporters_without_income"]) == (5, 3)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("land,income\n", "lacks the column 'country'"),
        ("country,income\nA,x\n", "no income"),
        ("country,income\nA,-3\n", "not above 0"),
        ("country,income\nA,3\nA,4\n", "twice"),
        ("country,income\n", "no rows"),
    ],
)
def test_incomes_that_cannot_be_right_are_refused(tb, world, tmp_path, text, words):
    income = tmp_path / "income.csv"
    income.write_text(text, "utf-8")
    with pytest.raises(SchemaError, match=words):
        tb.advantage(panel=str(world), year=2020, measure="expy", income=str(income))


def test_similarity_at_two_levels(tb, climbing):
    (row,) = tb.similarity(panel=str(climbing), country="AAA", against="BBB", year=2024).rows()
    assert 0 < row["similarity"] <= row["coarse_similarity"]
    assert (row["level_digits"], row["coarse_digits"]) == (10, 4)
    assert row["coarse_similarity"] == 1


def test_similarity_on_the_record_names_its_area(asked):
    answer = asked("similarity", country="CHN,JPN", year=2024)
    assert {row["country"] for row in answer.rows()} == {"CHN", "JPN"}
    assert all(0 < row["similarity"] < row["coarse_similarity"] < 1 for row in answer.rows())
    assert any("OECD" in note for note in answer.notes)
    assert answer.source_ids


def test_intra_industry_trade_of_the_panel(tb, climbing):
    rows = by(tb.intra_industry(panel=str(climbing), year="2015:2024", partner="AAA").rows(), "year")
    # We sold dearer goods, then cheaper ones.
    assert rows[2015]["high_share"] > 0 == rows[2015]["low_share"]
    assert rows[2024]["low_share"] > 0 == rows[2024]["high_share"]
    one_sided = tb.intra_industry(panel=str(climbing), year=2024, partner="BBB")
    assert one_sided.rows()[0]["note"] == "not_covered: exports to BBB are not held"
    assert one_sided.exit_code == 5


def test_unit_values_by_partner_product_and_slope(tb, climbing, incomes):
    found = {
        (row["partner"], row["year"]): row
        for row in tb.unit_values(panel=str(climbing), year="2015:2024").rows()
    }
    assert found["AAA", 2015]["uv_position"] == 0
    assert found["AAA", 2024]["uv_position"] == 1
    assert found["AAA", 2015]["low_niche_share"] == found["AAA", 2024]["high_niche_share"] == 1
    products = tb.unit_values(panel=str(climbing), year=2024, by="product", partner="AAA", top=3).rows()
    assert all(row["uv_rank"] == 1 and row["suppliers_compared"] == 4 for row in products)
    slopes = by(
        tb.unit_values(panel=str(climbing), year="2015:2024", by="slope", income=str(incomes)).rows(), "year"
    )
    # The poorest supplier was the cheapest, and is the dearest.
    assert slopes[2015]["slope"] > 0 > slopes[2024]["slope"]
    assert slopes[2016]["note"].startswith("not_covered")


def test_quality_needs_an_elasticity_that_can_carry_it(tb, climbing, tmp_path):
    path = tmp_path / "sigma.csv"
    path.write_text("code,sigma\n85423100,3\n8542310003,1.01\n", "utf-8")
    rows = tb.unit_values(
        panel=str(climbing), year=2024, by="product", elasticities=str(path), top=100
    ).rows()
    notes = {row["product"]: row["note"] for row in rows if row["quality"] is None}
    assert set(notes) == {"8542310003"}
    assert notes["8542310003"].startswith("elasticity_near_one")
    of_product = [row["quality"] for row in rows if row["product"] == "8542310002"]
    assert abs(sum(of_product)) < 1e-9


def test_a_table_without_quantities_or_buyers_is_refused_where_they_are_needed(tb, world, tmp_path):
    with pytest.raises(NotCoveredError, match="who buys"):
        tb.unit_values(panel=str(world))
    path = tmp_path / "t.csv"
    path.write_text("year,exporter,importer,product,value_usd\n2020,VNM,USA,0101,4\n", "utf-8")
    with pytest.raises(NotCoveredError, match="no quantities"):
        tb.unit_values(panel=str(path))


def test_what_contradicts_is_refused(tb, world):
    for given in (
        {"by": "density"},
        {"by": "proximity"},
        {"without_self": True},
        {"pci": "reciprocal"},
        {"group": "04", "panel": str(world)},
        {"as_of": "2024", "panel": str(world)},
        {"country_codes": "x.csv"},
    ):
        with pytest.raises(ParameterError):
            tb.complexity(**given)
    with pytest.raises(UnknownCodeError, match="Z"):
        tb.complexity(panel=str(world), country="Z")
    with pytest.raises(NotCoveredError, match="nothing is left"):
        tb.complexity(panel=str(world), within="99")
    for given in (
        {"measure": "prody", "country": "A"},
        {"measure": "expy", "product": "85"},
        {"income": "x"},
    ):
        with pytest.raises(ParameterError):
            tb.advantage(panel=str(world), **given)


def test_a_year_that_is_not_held_has_a_row_that_says_so(tb, world):
    for name in ("complexity", "advantage", "similarity"):
        given = {"country": "A", "against": "B"} if name == "similarity" else {}
        answer = getattr(tb, name)(panel=str(world), year=1999, **given)
        assert [row["note"].partition(":")[0] for row in answer.rows()] == ["not_covered"]
        assert answer.exit_code == 5


def test_digits_and_within_change_what_is_measured(tb, climbing):
    fine = tb.advantage(panel=str(climbing), country="AAA", year=2024, top=100).rows()
    coarse = tb.advantage(panel=str(climbing), country="AAA", year=2024, digits=6).rows()
    assert len(fine) > len(coarse) == 1
    within = tb.advantage(panel=str(climbing), country="AAA", year=2024, within="8542310002").rows()
    assert [row["rca"] for row in within] == [1.0]


def test_answers_know_the_file_they_rest_on(tb, world):
    one = tb.complexity(panel=str(world), year=2021)
    assert [name for name, _ in one.inputs] == [str(world)]
    assert str(world.name) in one.notes[0]
