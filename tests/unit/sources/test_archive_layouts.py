"""The packaged layouts: they tile their records, and are the ones that are published."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from techbalance.errors import SchemaError
from techbalance.sources.census_archive.layouts import layout, layouts, of_flow, unfold

ARCHIVES = {
    "import": "IMP_DETL IMP_COMM IMP_CTY IMP_DE IMP_DU",
    "export": "EXP_DETL EXP_COMM EXP_CTY EXP_DIST",
}
LOOKUPS = "CONCORD COUNTRY DISTRICT ENDUSE HITECH HSDESC NAICS SITC"


def test_layouts_are_the_published_ones(shared_reference: Path):
    published = tomllib.loads((shared_reference / "census_layouts.toml").read_text(encoding="utf-8"))
    assert {record["name"] for record in published["record"]} == set(layouts())
    for record in published["record"]:
        ours = layout(record["name"])
        assert ours.length == record["length"]
        assert list(ours.key) == record["key"]
        fields = [(field["name"], field["start"] - 1, field["length"]) for field in record["fields"]]
        assert [(one.name, one.start, one.width) for one in ours.by_name.values()] == fields
        numbers = [field["name"] for field in record["fields"] if field["type"] == "int"]
        assert [one.name for one in ours.by_name.values() if one.kind == "number"] == numbers
        gaps = [(one.start + 1, one.end) for one in ours.fields if one.kind == "blank"]
        assert gaps == [tuple(gap) for gap in record.get("gaps", [])]


@pytest.mark.parametrize("flow", ["import", "export"])
def test_an_archive_holds_detail_controls_and_look_ups(flow: str):
    assert " ".join(one.name for one in of_flow(flow)) == f"{ARCHIVES[flow]} {LOOKUPS}"


def test_detail_begins_and_ends_where_the_publisher_says():
    imports, exports = layout("IMP_DETL"), layout("EXP_DETL")
    assert (imports.by_name["gen_val_mo"].start + 1, imports.by_name["cnt_cha_yr"].end) == (179, 688)
    assert (exports.by_name["all_val_mo"].start + 1, exports.by_name["cnt_wgt_yr"].end) == (69, 323)
    assert imports.field_at(178).name == "gen_val_mo"
    assert imports.line == 690


def declared(**changed: Any) -> dict[str, Any]:
    record = {
        "length": 14,
        "flow": "none",
        "need": False,
        "key": ["code"],
        "head": [["code", 4, "digits"]],
        "numbers": "one",
    }
    return {"number_width": 5, "measures": {"one": ["value"]}, "record": {"R": record | changed}}


def test_a_layout_unfolds_into_month_and_year_to_date():
    found = unfold(declared())["R"]
    assert [(one.name, one.start, one.width) for one in found.fields] == [
        ("code", 0, 4),
        ("value_mo", 4, 5),
        ("value_yr", 9, 5),
    ]


@pytest.mark.parametrize(
    "changed",
    [
        {"length": 13},
        {"key": ["other"]},
        {"head": [["code", 4, "letters"]]},
        {"head": [["value_mo", 4, "digits"]], "key": ["value_mo"]},
    ],
)
def test_a_layout_that_does_not_fit_is_refused(changed: dict[str, Any]):
    with pytest.raises(SchemaError, match=r"layouts\.toml, R"):
        unfold(declared(**changed))
