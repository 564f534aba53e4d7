"""Are partner codes read as published, repaired openly, dated, and gathered into areas?"""

import pytest

from techbalance.errors import SchemaError
from tools.build_record.areas import AREAS, area_rows, calendar_rows
from tools.build_record.iso3166 import alpha3_by_alpha2
from tools.build_record.partners import FORMER, FROM_YEARS, display_name, read_schedule_c

# Lines as the Census Bureau published them on 27 January 2021. In 7660 the name is longer than its column and
# runs into the ISO code of the next.
RULE = "-" * 70
HEAD = "Code     |    Name                                                | ISO Code"
CHINA = "5700     |    China                                               | CN"
KINSHASA = "7660     |    Congo, Democratic Republic of the Congo (formerly Za|rCD"
MENDED = "7660     |    Congo, Democratic Republic of the Congo             | CD"


def schedule(tmp_path, *lines):
    path = tmp_path / "schedule_c.txt"
    path.write_text(
        "\n".join([RULE, HEAD, RULE, *lines, RULE, "Source: Foreign Trade Division"]) + "\n", "utf-8"
    )
    return path


def test_the_defective_line_is_repaired_and_others_are_left_alone(tmp_path):
    rows = read_schedule_c(schedule(tmp_path, CHINA, KINSHASA))
    assert rows == [
        {"code": "5700", "name": "China", "iso2": "CN"},
        {"code": "7660", "name": "Congo, Democratic Republic of the Congo (formerly Zaire)", "iso2": "CD"},
    ]


def test_a_repair_that_finds_the_line_mended_stops_the_build(tmp_path):
    with pytest.raises(SchemaError, match="delete the correction"):
        read_schedule_c(schedule(tmp_path, MENDED))


def test_a_repair_that_finds_nothing_stops_the_build(tmp_path):
    with pytest.raises(SchemaError, match="7660"):
        read_schedule_c(schedule(tmp_path, CHINA))


@pytest.mark.parametrize(
    "line",
    [
        CHINA.replace("| CN", "|rCN"),
        CHINA.replace("| CN", "|"),
        CHINA[:40],
        CHINA.replace("5700 ", "57000"),
    ],
)
def test_another_defective_line_is_refused_with_its_number(tmp_path, line):
    with pytest.raises(SchemaError, match="line 4"):
        read_schedule_c(schedule(tmp_path, line, KINSHASA))


def test_display_names_drop_what_only_explains():
    assert display_name("Germany (Federal Republic of Germany)") == "Germany"
    assert display_name("Cocos (Keeling) Islands") == "Cocos (Keeling) Islands"
    assert display_name("Burma (Myanmar)") == "Myanmar (Burma)"


def test_country_codes_are_well_formed_and_belong_to_one_country_each():
    codes = alpha3_by_alpha2()
    assert all(len(two) == 2 and len(three) == 3 and (two + three).isupper() for two, three in codes.items())
    shared = [three for three in codes.values() if list(codes.values()).count(three) > 1]
    assert set(shared) == {"PSE"}


def test_successors_begin_where_their_predecessors_end():
    last = {code: year for code, _, _, _, year in FORMER}
    assert FROM_YEARS["4351"] == FROM_YEARS["4359"] == last["4350"] + 1
    assert FROM_YEARS["7321"] == FROM_YEARS["7323"] == last["7320"]
    assert FROM_YEARS["4801"] == FROM_YEARS["4803"] == last["4802"] + 1
    assert FROM_YEARS["4804"] == last["4799"] + 1


def members(area, year):
    [found] = [a for a in AREAS if a.code == area]
    return {
        iso3
        for first, names in found.joined.items()
        for iso3 in names.split()
        if (first or 0) <= year <= found.last_year.get(iso3, 9999)
    }


@pytest.mark.parametrize(
    ("area", "year", "count"),
    [
        ("EU28", 1957, 0),
        ("EU28", 1958, 6),
        ("EU28", 1973, 9),
        ("EU28", 1986, 12),
        ("EU28", 1995, 15),
        ("EU28", 2004, 25),
        ("EU28", 2007, 27),
        ("EU28", 2013, 28),
        ("EU28", 2019, 28),
        ("EU28", 2020, 27),
        ("EU27", 2020, 27),
        ("EU27", 2013, 27),
        ("EA", 1999, 11),
        ("EA", 2025, 20),
        ("EA", 2026, 21),
        ("NAFTA", 2019, 3),
        ("NAFTA", 2020, 0),
        ("USMCA", 2019, 0),
        ("USMCA", 2020, 3),
        ("ASEAN", 2024, 10),
        ("ASEAN", 2025, 11),
        ("G7", 1975, 6),
        ("G7", 1976, 7),
        ("FVEY", 1985, 5),
        ("OECD", 1961, 19),
        ("OECD", 2021, 38),
    ],
)
def test_areas_have_as_many_members_as_history_says(area, year, count):
    assert len(members(area, year)) == count


def test_the_united_kingdom_leaves_the_union_with_the_year_at_whose_end_it_was_last_a_member():
    assert "GBR" in members("EU28", 2019)
    assert "GBR" not in members("EU28", 2020)
    assert "GBR" not in members("EU27", 2019)


def test_a_member_brings_every_code_it_has_had():
    partners = [
        {"iso3": iso3, "code": iso3} for area in AREAS for n in area.joined.values() for iso3 in n.split()
    ]
    unique = list({p["code"]: p for p in partners}.values())
    rows = area_rows([*unique, {"iso3": "ISR", "code": "old"}, {"iso3": None, "code": "8220"}])
    assert {row["code"] for row in rows if row["area"] == "OECD" and row["iso3"] == "ISR"} == {"ISR", "old"}
    assert all(row["source"] for row in rows)


def test_the_calendar_is_whole_years():
    rows = calendar_rows()
    assert (rows[0], rows[-1]) == ({"year": 1985, "month": 1}, {"year": 2035, "month": 12})
    assert len(rows) == 51 * 12
