"""Are code lists read with their zeros, and later codes named without inventing a product?"""

import pytest

from techbalance.errors import SchemaError
from tools.build_record.lists import (
    EXPORT_LINE_LENGTH,
    EXPORT_LIST,
    common_text,
    group_rows,
    membership_rows,
    parent_name,
    product_rows,
    read_export_list,
    two_digits,
)

LISTED = [
    {"code": "8703800010", "short_desc": "PASSENGER VEHICLES, ELECTRIC LE 250MI", "group": "05"},
    {"code": "8703800090", "short_desc": "PASSENGER VEHICLES, ELECTRIC GT 250MI", "group": "05"},
    {"code": "0101210010", "short_desc": "HORSES", "group": "00"},
]


def export_line(code="8471300100", text="LAPTOPS", hitech="04"):
    return f"{code}    {text:<50}".ljust(EXPORT_LINE_LENGTH - 2) + hitech


def export_list(tmp_path, *lines):
    path = tmp_path / EXPORT_LIST
    path.parent.mkdir()
    path.write_bytes("\r\n".join([*lines, ""]).encode("latin-1"))
    return tmp_path


def test_a_fixed_width_line_is_cut_at_its_columns(tmp_path):
    rows = read_export_list(export_list(tmp_path, export_line(), export_line("0101210000", "HORSES", "00")))
    assert rows == [
        {"code": "8471300100", "short_desc": "LAPTOPS", "group": "04"},
        {"code": "0101210000", "short_desc": "HORSES", "group": "00"},
    ]


@pytest.mark.parametrize("line", [export_line()[:-1], export_line() + "0"])
def test_a_line_of_another_length_is_refused_with_its_number(tmp_path, line):
    with pytest.raises(SchemaError, match="line 2"):
        read_export_list(export_list(tmp_path, export_line(), line))


@pytest.mark.parametrize(("stored", "group"), [("0", "00"), ("4", "04"), ("10", "10"), ("04", "04")])
def test_lost_zeros_come_back(stored, group):
    assert two_digits(stored, "x") == group


@pytest.mark.parametrize("stored", ["11", "x", "", "004"])
def test_what_is_no_group_is_refused_with_its_code(stored):
    with pytest.raises(SchemaError, match="8471300100"):
        two_digits(stored, "8471300100")


def test_membership_keeps_codes_outside_advanced_technology():
    rows = membership_rows(LISTED, LISTED[:1])
    assert [(r["flow"], r["system"], r["year"]) for r in rows] == [("import", "HTS", 2022)] * 3 + [
        ("export", "SCHEDULE_B", 2019)
    ]
    assert [r["group"] for r in rows] == ["05", "05", "00", "05"]


def test_a_later_code_is_named_by_what_its_listed_siblings_share():
    rows = product_rows(LISTED, [], ["8703800020", "8703800010"])
    assert [r for r in rows if r["name_from"] == "parent"] == [
        {
            "system": "HTS",
            "code": "8703800020",
            "name": "PASSENGER VEHICLES, ELECTRIC",
            "name_from": "parent",
        }
    ]


def test_siblings_that_share_nothing_need_a_declared_name():
    texts = ["ANTIVIRALS, IN DOSES", "LAXATIVES IN DOSES"]
    assert common_text(texts) == ""
    assert parent_name("30049092", texts) == "MEDICAMENTS, NESOI, IN DOSES OR FOR RETAIL SALE"
    with pytest.raises(SchemaError, match="12345678"):
        parent_name("12345678", texts)
    with pytest.raises(SchemaError, match="share no text"):
        parent_name("12345678", [])


def test_groups_are_ten_in_the_publishers_order():
    assert [row["code"] for row in group_rows()] == [f"{n:02d}" for n in range(1, 11)]
