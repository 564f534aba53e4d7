"""``change --how``: every way on the shipped record and on panels one can check by hand."""

import gzip
from collections.abc import Callable
from typing import Any

import pytest

from techbalance.api import TechBalance
from techbalance.errors import (
    CheckError,
    FlowNeededError,
    NotCoveredError,
    ParameterError,
    SchemaError,
)
from tests.unit.questions.decompositions.conftest import HEAD, ROWS, adds_up, effects

RECORD = {"from_": 2024, "to": 2025, "flow": "import"}
RECORD_CHANGE = 965_992_564_633 - 760_961_238_911
# The whole without parts is read from the printed totals, in tenths of a million.
PRINTED_CHANGE = 965_992_600_000 - 760_961_200_000
YEARS = {"from_": 2020, "to": 2021}
VALUE_WAYS = (
    "accounts",
    "shift-share",
    "lmdi",
    "margins",
    "entry-exit",
    "price-quantity",
    "dollar",
    "constant-dollars",
)


@pytest.mark.parametrize("how", VALUE_WAYS)
def test_effects_on_the_record_add_up_to_the_dollar(asked: Any, how: str):
    answer = asked("change", **RECORD, how=how)
    is_printed = how in ("accounts", "constant-dollars")
    assert adds_up(answer) == (PRINTED_CHANGE if is_printed else RECORD_CHANGE)
    assert sum(row["contribution_ratio"] or 0 for row in answer.rows()) == pytest.approx(1)
    assert answer.source_ids
    assert {"from_usd", "to_usd", "change_usd", "note"} < set(answer.arrow.column_names)
    assert answer.rows()[0]["months"] == 12


@pytest.mark.parametrize("how", ["shift-share", "lmdi", "entry-exit", "dollar"])
@pytest.mark.parametrize("by", ["partner", "group,partner"])
def test_effects_by_part_add_up_to_the_same(asked: Any, how: str, by: str):
    whole = effects(asked("change", **RECORD, how=how))
    answer = asked("change", **RECORD, how=how, by=by)
    assert adds_up(answer) == RECORD_CHANGE
    sums: dict[str, int] = {}
    parts = set()
    for row in answer.rows():
        sums[row["effect"]] = sums.get(row["effect"], 0) + (row["change_usd"] or 0)
        parts.add(tuple(row[key] for key in by.split(",")))
    # Each column of effects is rounded as a whole: to the dollar, and the last takes what the others leave.
    for effect, value in whole.items():
        assert sums[effect] == pytest.approx(value or 0, abs=4)
    assert len(answer.rows()) == len(parts) * len(whole)


def test_the_plain_change_is_what_it_was(asked: Any):
    (row,) = asked("change", from_=2002, to=2007).rows()
    assert list(row) == [
        *(
            "from_usd",
            "to_usd",
            "change_usd",
            "contribution_ratio",
            "base_points",
            "growth_ratio",
            "growth_of",
        ),
        *("months", "from_vintage", "to_vintage", "note"),
    ]
    plain = {row["group"]: row["change_usd"] for row in asked("change", **RECORD, by="group").rows()}
    split = asked("change", **RECORD, by="group", how="accounts")
    assert {row["group"]: row["change_usd"] for row in split.rows()} == plain


def test_the_balance_is_exports_less_imports(asked: Any):
    answer = asked("change", from_=2002, to=2007, how="accounts")
    (plain,) = asked("change", from_=2002, to=2007).rows()
    assert adds_up(answer) == plain["change_usd"]
    first, last = answer.rows()
    assert (first["flow"], last["flow"]) == ("export", "import")
    assert (first["from_usd"], last["to_usd"]) == (plain["from_usd"], plain["to_usd"])
    assert first["growth_ratio"] + last["growth_ratio"] == pytest.approx(plain["growth_ratio"])
    assert {row["growth_of"] for row in answer.rows()} == {"deficit"}


def test_printed_partners_and_all_others_add_up(asked: Any):
    given = {"from_": 2002, "to": 2007, "series": "goods_census"}
    (plain,) = asked("change", **given).rows()
    for how in ("accounts", "dollar", "constant-dollars"):
        answer = asked("change", **given, how=how, by="partner", top=3)
        assert adds_up(answer) == plain["change_usd"]
        assert [row["partner"] for row in answer.rows()][-1] == "-"
        assert len({row["partner"] for row in answer.rows()}) == 4


def test_a_balance_of_products_needs_both_flows(asked: Any):
    with pytest.raises(FlowNeededError, match="only imports are held by product and partner"):
        asked("change", from_=2024, to=2025, how="lmdi")


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (
            {"from_": 2006, "to": 2007, "flow": "import", "how": "lmdi"},
            "imports by product and partner are held for",
        ),
        ({"from_": 2024, "to": 2025, "flow": "export", "how": "lmdi"}, "no exports by product and partner"),
        ({**RECORD, "how": "lmdi", "series": "goods_census"}, "goods_census is not held by product"),
        ({"from_": 2025, "to": 2026, "how": "accounts"}, "part_year"),
        ({"from_": 1950, "to": 2024, "how": "constant-dollars"}, "not_covered"),
        ({**RECORD, "how": "lmdi", "as_of": "2001"}, "no_vintage_that_early"),
    ],
)
def test_what_is_not_held_is_null_with_the_reason(asked: Any, given: dict[str, Any], words: str):
    answer = asked("change", **given)
    (row,) = answer.rows()
    assert row["change_usd"] is row["effect"] is None
    assert words in row["note"]
    assert answer.exit_code == 5


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"trim": 2}, "trim: a plain change has none. Add how: price-quantity or constant-dollars"),
        ({"how": "lmdi", "deflator": "cpi"}, "deflator: how lmdi has none"),
        ({"how": "price-quantity", "families": "x.csv"}, "families: how price-quantity has none"),
        ({"product": "85"}, "product: a plain change has none"),
        ({"how": "lmdi", "reporter": "DEU"}, "only trade of the United States is held"),
        ({"how": "lmdi", "panel": "hs6", "by": "group"}, "a panel has no groups"),
        ({"how": "lmdi", "panel": "hs6", "series": "goods_bop"}, "a series of its own"),
        ({"how": "lmdi", "panel": "hs6", "ytd": True}, "full years"),
        ({"how": "lmdi", "panel": "hs6", "list": "mine.csv"}, "all its products"),
        ({"how": "lmdi", "panel": "hs6", "as_of": "2025"}, "no vintages"),
        ({"how": "survival"}, "three years or more"),
        ({"how": "margins", "by": "product"}, "margins are those of a partner"),
        ({"how": "margins", "partner": "CHN"}, "Add by partner"),
        ({"how": "lmdi", "from_": 2025, "to": 2024}, "first year comes before"),
        ({"how": "constant-dollars", "dollars_of": "2020:2021"}, "dollars_of: one year"),
        (
            {"how": "constant-dollars", "deflator": "fisher", "dollars_of": 2017},
            "chained over the years asked for",
        ),
        ({"how": "constant-market-share"}, "whose share of imports"),
        ({"how": "constant-market-share", "flow": None}, "is of one seller"),
        ({"how": "sideways"}, "how: input should be"),
    ],
)
def test_what_a_way_does_not_take_is_refused(tb: TechBalance, given: dict[str, Any], words: str):
    with pytest.raises(ParameterError, match=words):
        tb.change(**{**RECORD, **given})


ACTS: dict[str, tuple[dict[str, Any], Any]] = {
    "how": ({"how": "lmdi"}, "shift-share"),
    "by": ({"how": "lmdi"}, "group"),
    "partner": ({"how": "lmdi"}, "EU27"),
    "group": ({"how": "lmdi"}, "04"),
    "product": ({"how": "lmdi"}, "8542"),
    "top": ({"how": "lmdi", "by": "partner"}, 3),
    "threshold": ({"how": "entry-exit"}, 1_000_000),
    "every_year": ({"how": "constant-dollars", "from_": 2021}, True),
    "deflator": ({"how": "constant-dollars"}, "cpi"),
    "dollars_of": ({"how": "constant-dollars"}, 2017),
    "ytd": ({"how": "accounts", "to": 2025}, True),
    "series": ({"how": "accounts"}, "goods_census"),
    "as_of": ({"how": "accounts"}, "2025-11"),
    "from_": ({"how": "accounts"}, 2023),
    "to": ({"how": "accounts", "from_": 2022}, 2024),
}


@pytest.mark.parametrize("option", ACTS)
def test_every_option_of_a_way_acts(asked: Any, option: str):
    """Panels, reporters, families and trim are tried on panels below."""
    base, value = ACTS[option]
    before = asked("change", **{**RECORD, **base}).arrow
    after = asked("change", **{**RECORD, **base, option: value}).arrow
    assert not before.equals(after)


def test_a_list_of_ones_own_has_its_own_groups(asked: Any, tmp_path: Any):
    path = tmp_path / "chips.csv"
    path.write_text("code,group\n8542310001,processors\n8542320036,memory\n", encoding="utf-8")
    answer = asked("change", **RECORD, how="lmdi", by="group", list=str(path))
    assert {row["group"] for row in answer.rows()} <= {"processors", "memory"}
    everything = asked("change", **RECORD, how="lmdi", product="8542310001,8542320036")
    assert adds_up(answer) == adds_up(everything) != 0


def test_an_outlier_is_trimmed_by_how_far_it_is(tb: TechBalance, write_panel: Callable[..., str]):
    prices = {2018: 10, 2019: 11, 2020: 9, 2021: 200}
    panel = write_panel("\n".join(f"{year},CHN,USA,1,{usd},1,a" for year, usd in prices.items()))
    given = {**YEARS, "flow": "import", "how": "price-quantity", "panel": panel}
    assert effects(tb.change(**given, trim=0))["price"] == 191
    trimmed = tb.change(**given)
    assert effects(trimmed)["unmatched"] == 191
    assert any("1 pairs, $209 in both years" in note and "2018 to 2021" in note for note in trimmed.notes)


# --- a panel one can check by hand ------------------------------------------------------------


def test_the_worked_example_in_whole_dollars(tb: TechBalance, panel: str):
    shifted = tb.change(**YEARS, flow="import", how="shift-share", by="partner", panel=panel)
    assert effects(shifted, "partner") == {
        ("CHN", "growth"): 23,
        ("CHN", "product mix"): 2,
        ("CHN", "competitiveness"): -16,
        ("CHN", "entry"): 0,
        ("MEX", "growth"): 17,
        ("MEX", "product mix"): -2,
        ("MEX", "competitiveness"): 16,
        ("MEX", "entry"): 0,
    }
    means = tb.change(**YEARS, flow="import", how="lmdi", panel=panel)
    assert effects(means) == {"scale": 40, "product mix": 0, "partner mix": 0}


def test_each_side_of_a_balance_has_its_effects(tb: TechBalance, panel: str):
    answer = tb.change(**YEARS, how="lmdi", panel=panel)
    assert adds_up(answer) == (50 - 60) - 40
    assert [row["flow"] for row in answer.rows()] == ["export"] * 3 + ["import"] * 3
    assert {row["growth_of"] for row in answer.rows()} == {None}
    assert all("from_zero" in row["note"] for row in answer.rows())


def test_price_and_quantity_with_what_cannot_be_matched(tb: TechBalance, panel: str):
    answer = tb.change(**YEARS, flow="import", how="price-quantity", by="product", panel=panel, trim=0)
    rows = {(row["product"], row["effect"]): row for row in answer.rows()}
    # Phones: 10 at $3 and 5 at $2 become 8 at $5 and 10 at $3.
    price, amount = rows["851712", "price"], rows["851712", "quantity"]
    # Price 2 x 9 + 1 x 7.5, quantity -2 x 4 + 5 x 2.5.
    assert (price["change_usd"], amount["change_usd"]) == (26, 4)
    assert price["laspeyres"] == pytest.approx(65 / 40)
    assert price["paasche"] == pytest.approx(70 / 44)
    assert price["fisher"] == pytest.approx((65 / 40 * 70 / 44) ** 0.5)
    assert price["fisher"] * amount["fisher"] == pytest.approx(70 / 40)
    assert price["chained_fisher"] == pytest.approx(price["fisher"])
    assert (price["from_unit_value"], price["to_unit_value"]) == pytest.approx((40 / 15, 70 / 18))
    assert price["match_share"] == 1
    # Computers: one pair in another unit, one without a quantity.
    for effect in ("price", "quantity"):
        assert rows["847130", effect]["change_usd"] is None
        assert rows["847130", effect]["note"].startswith("not_covered: no item has comparable quantities")
    assert rows["847130", "unmatched"]["change_usd"] == 10
    assert rows["847130", "unmatched"]["note"].endswith("1 without a quantity, 1 in another unit")
    assert any("Unit values are not prices" in note for note in answer.notes)


def test_constant_market_share_of_exports_in_both_orders(tb: TechBalance, panel: str):
    answer = tb.change(**YEARS, flow="export", how="constant-market-share", panel=panel)
    rows = {row["effect"]: row for row in answer.rows()}
    # World: aircraft 300 to 350, of them 200 to 300 to China and 100 to 50 to Mexico; a new product 25.
    assert rows["world"]["change_usd"] == 15
    assert rows["commodity"]["change_usd"] == -5
    assert rows["market"]["change_usd"] == round(50 * (0.5 - 1 / 6) + 10 * (-0.5 - 1 / 6))
    assert rows["residual"]["change_usd"] == -10 - 15 + 5 - 10
    assert "pairs the world did not trade in the first year" in rows["residual"]["note"]
    assert rows["residual"]["pairs"] == 1
    assert adds_up(answer) == sum(row["other_order_usd"] for row in answer.rows()) == -10
    assert rows["market"]["other_order_usd"] != rows["market"]["change_usd"]


def test_constant_market_share_of_a_supplier_in_one_market(asked: Any):
    answer = asked("change", **RECORD, how="constant-market-share", partner="VNM")
    assert adds_up(answer) == 90_410_099_918 - 51_003_888_801
    assert effects(answer)["market"] == 0
    both = asked("change", **RECORD, how="constant-market-share", partner="VNM,CHN", by="partner")
    one = {row["effect"]: row["change_usd"] for row in both.rows() if row["partner"] == "VNM"}
    assert one == effects(answer)


def test_margins_multiply_to_the_share(asked: Any):
    answer = asked("change", **RECORD, how="margins", by="partner", partner="VNM")
    rows = {row["effect"]: row for row in answer.rows()}
    for year, total in (("from", 760_961_238_911), ("to", 965_992_564_633)):
        share = rows["extensive"][f"{year}_margin"] * rows["intensive"][f"{year}_margin"]
        value = rows["market"]["from_usd"] if year == "from" else rows["intensive"]["to_usd"]
        assert share == pytest.approx(value / total, rel=1e-12)


def test_pairs_that_began_and_ended_are_counted(tb: TechBalance, panel: str):
    answer = tb.change(**YEARS, flow="export", how="entry-exit", panel=panel)
    rows = {row["effect"]: row for row in answer.rows()}
    assert {name: (row["change_usd"], row["pairs"]) for name, row in rows.items()} == {
        "entry": (25, 1),
        "exit": (0, 0),
        "growing": (0, 0),
        "shrinking": (-35, 2),
    }
    assert rows["entry"]["entrant_share"] == 0.5
    above = tb.change(**YEARS, flow="export", how="entry-exit", panel=panel, threshold=10)
    assert effects(above) == {"entry": 25, "exit": -5, "growing": 0, "shrinking": -30, "below threshold": 0}


def test_codes_a_list_links_are_one_product(tb: TechBalance, write_panel: Callable[..., str]):
    panel = write_panel()
    links = write_panel("880240,903180", head="old,new\n", name="links.csv")
    answer = tb.change(**YEARS, flow="export", how="entry-exit", panel=panel, families=links)
    assert effects(answer) == {"entry": 0, "exit": 0, "growing": 20, "shrinking": -30}
    with pytest.raises(SchemaError, match="needs a column 'new'"):
        wrong = write_panel("1,2", head="old,young\n", name="wrong.csv")
        tb.change(**YEARS, flow="export", how="lmdi", panel=panel, families=wrong)
    with pytest.raises(SchemaError, match=r"no number.*line 2"):
        wrong = write_panel("1,a", head="old,new\n", name="wrong.csv")
        tb.change(**YEARS, flow="export", how="lmdi", panel=panel, families=wrong)


def test_every_year_is_a_step_and_the_steps_add_up(tb: TechBalance, write_panel: Callable[..., str]):
    panel = write_panel(ROWS + "2022,CHN,USA,851712,90,9,No.\n2022,MEX,USA,847130,10,1,No.\n")
    span = {"from_": 2020, "to": 2022, "flow": "import", "panel": panel}
    for how in ("lmdi", "shift-share", "entry-exit", "price-quantity", "dollar", "constant-dollars"):
        steps = tb.change(**span, how=how, every_year=True)
        assert next(row["period"] for row in steps.rows()) == "2020:2021"
        assert adds_up(steps) == 40
    chain = tb.change(**span, how="price-quantity", by="product", every_year=True, trim=0)
    found = {
        row["period"]: row for row in chain.rows() if row["product"] == "851712" and row["effect"] == "price"
    }
    assert found["2021:2022"]["chained_fisher"] == pytest.approx(
        found["2020:2021"]["fisher"] * found["2021:2022"]["fisher"]
    )


def test_survival_leaves_out_what_nobody_saw_begin(tb: TechBalance, write_panel: Callable[..., str]):
    years = {
        "A": (2020, 2021, 2022, 2023),
        "B": (2021,),
        "C": (2021, 2022),
        "D": (2022, 2023),
        "E": (2021, 2023),
    }
    rows = [f"{year},CHN,USA,{ord(name)},5,1,No." for name, some in years.items() for year in some]
    answer = tb.change(from_=2020, to=2023, flow="import", how="survival", panel=write_panel("\n".join(rows)))
    # Spells: B 1 ended, C 2 ended, D 2 open, E 1 ended and 1 open.
    assert [(row["duration"], row["at_risk"], row["ended"]) for row in answer.rows()] == [
        (1, 5, 2),
        (2, 2, 1),
    ]
    assert [row["survival_share"] for row in answer.rows()] == pytest.approx([0.6, 0.3])
    assert "5 spells of imports began after 2020; 1 were open in it" in answer.notes[0]
    assert answer.answered


def test_a_partner_that_is_not_held_is_left_out_and_told(tb: TechBalance, write_panel: Callable[..., str]):
    panel = write_panel(ROWS + "2021,VNM,USA,851712,700,1,No.\n")
    answer = tb.change(**YEARS, flow="import", how="lmdi", panel=panel)
    assert adds_up(answer) == 40
    assert any("VNM, $0 in 2020 and $700 in 2021" in note for note in answer.notes)
    # Held, and nothing of this product: an exit, not a gap.
    gone = tb.change(**YEARS, flow="export", how="entry-exit", panel=panel, product="903180")
    assert effects(gone)["entry"] == 25


@pytest.mark.parametrize(
    ("row", "error", "words"),
    [
        ("2020,WLD,USA,851712,1,1,No.", CheckError, "WLD is a sum of countries"),
        ("2020,VNM,USA,851712,-1,1,No.", CheckError, r"below zero.*VNM: -1"),
        ("2020,VNM,USA,851712,one,1,No.", SchemaError, "value_usd"),
    ],
)
def test_a_panel_that_cannot_be_right_is_refused(
    tb: TechBalance, write_panel: Callable[..., str], row: str, error: type[Exception], words: str
):
    with pytest.raises(error, match=words):
        tb.change(**YEARS, flow="import", how="lmdi", panel=write_panel(ROWS + row))


def test_fractions_of_dollars_are_rounded_to_the_even_one(tb: TechBalance, write_panel: Callable[..., str]):
    rows = "2020,CHN,USA,1,0.5,1,a\n2020,MEX,USA,1,1.5,1,a\n2021,CHN,USA,1,2.5,1,a\n2021,MEX,USA,1,3.4,1,a"
    answer = tb.change(**YEARS, flow="import", how="accounts", by="partner", panel=write_panel(rows))
    assert {row["partner"]: (row["from_usd"], row["to_usd"]) for row in answer.rows()} == {
        "CHN": (0, 2),
        "MEX": (2, 3),
    }


def test_a_panel_without_quantities_matches_nothing(tb: TechBalance, write_panel: Callable[..., str]):
    bare = "\n".join(",".join(row.split(",")[:5]) for row in ROWS.strip().splitlines())
    panel = write_panel(bare, head=HEAD.replace(",quantity,unit", ""))
    answer = tb.change(**YEARS, flow="import", how="price-quantity", panel=panel)
    assert effects(answer) == {"price": None, "quantity": None, "entry": 0, "exit": 0, "unmatched": 40}
    assert any("quantities of imports are not held" in note for note in answer.notes)


# --- price levels and the dollar ------------------------------------------------------------


def test_constant_dollars_by_the_price_level_of_the_record(asked: Any):
    answer = asked("change", from_=2002, to=2007, how="constant-dollars")
    real, prices = answer.rows()[:2]
    assert real["from_constant_usd"] == real["from_usd"] + 195_150_000_000
    assert real["to_constant_usd"] == pytest.approx(264_875_000_000 / prices["deflator_ratio"], abs=1)
    assert (real["dollars_of"], real["deflator"]) == (2002, "gdp_deflator")
    assert "macro" in {one.table for one in answer.lineage}
    later = asked("change", from_=2002, to=2007, how="constant-dollars", dollars_of=2017, deflator="cpi")
    assert adds_up(later) == adds_up(answer)
    assert later.rows()[0]["to_constant_usd"] > 264_875_000_000


def test_constant_dollars_by_own_prices_do_not_add_up_and_say_so(
    tb: TechBalance, write_panel: Callable[..., str]
):
    # METHODS A12: 300 at a price index of 1.5 is 200; parts deflated apart do not add up to the whole.
    rows = "2020,CHN,USA,1,100,100,a\n2020,MEX,USA,2,100,100,a\n"
    rows += "2021,CHN,USA,1,300,200,a\n2021,MEX,USA,2,110,110,a"
    answer = tb.change(
        **YEARS,
        flow="import",
        how="constant-dollars",
        deflator="fisher",
        by="partner",
        panel=write_panel(rows),
        trim=0,
    )
    real = {row["partner"]: row for row in answer.rows() if row["effect"] == "constant dollars"}
    assert real["CHN"]["to_constant_usd"] == 200
    assert real["MEX"]["to_constant_usd"] == 110
    whole = tb.change(
        **YEARS, flow="import", how="constant-dollars", deflator="fisher", panel=write_panel(rows), trim=0
    )
    assert real["-"]["to_constant_usd"] == whole.rows()[0]["to_constant_usd"] - 310
    assert real["-"]["to_constant_usd"] != 0
    assert adds_up(answer) == adds_up(whole) == 210


def test_the_dollar_by_partner(asked: Any):
    answer = asked("change", **RECORD, how="dollar", by="partner")
    rows = {(row["partner"], row["effect"]): row for row in answer.rows()}
    mexico = rows["MEX", "dollar"]
    assert mexico["dollar_ratio"] > 1
    assert mexico["change_usd"] < 0
    # Germany and Ireland have the euro's rate; Ecuador has the dollar.
    assert rows["DEU", "dollar"]["dollar_ratio"] == rows["IRL", "dollar"]["dollar_ratio"] < 1
    assert rows["ECU", "dollar"]["change_usd"] == 0


def test_a_currency_that_was_replaced_compares_nothing(asked: Any):
    answer = asked(
        "change", from_=1998, to=2000, how="dollar", by="partner", series="goods_census", flow="import"
    )
    rows = {(row["partner"], row["effect"]): row for row in answer.rows()}
    assert rows["DEU", "dollar"]["dollar_ratio"] is None
    assert rows["DEU", "no rate"]["change_usd"] != 0
    assert rows["JPN", "no rate"]["change_usd"] == 0


# --- what else an answer is ------------------------------------------------------------


def test_a_split_can_be_traced_to_its_rows(tb: TechBalance):
    traced = tb.trace(what="change?flow=import&from=2024&how=lmdi&to=2025").rows()
    assert {"figure", "formula", "row", "source"} <= {row["step"] for row in traced}
    sums = [row["value_usd"] for row in traced if row["step"] == "row"]
    assert sum(sums) == 965_992_564_633 + 760_961_238_911


def test_the_outside_files_are_named_when_they_are_not_there(
    tb: TechBalance, monkeypatch: Any, tmp_path: Any
):
    monkeypatch.setenv("TECHBALANCE_DATA", str(tmp_path))
    for name in ("hs6", "hts10"):
        with pytest.raises(NotCoveredError, match="Put trade/us_"):
            tb.change(**RECORD, how="lmdi", panel=name)
    with pytest.raises(NotCoveredError, match="of the United States only"):
        tb.change(**RECORD, how="lmdi", panel="hs6", reporter="DEU")


GOOD = "YEAR,CTY_CODE,CTY_NAME,I_COMMODITY,GEN_VAL_YR,CON_VAL_YR,DUT_VAL_YR,CAL_DUT_YR\n"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (None, "cannot be read"),
        (GOOD.replace("GEN_VAL_YR", "GEN_VAL"), "lacks the column 'GEN_VAL_YR'"),
        (GOOD + "2024,5700,CHINA,8542310001,1.5,1,0,0\n", "cannot be read"),
        (GOOD + "2024,5700,CHINA,8542310001,,1,0,0\n", "1 rows have no GEN_VAL_YR"),
        (GOOD + "2024,5700,CHINA\n", "cannot be read"),
    ],
)
def test_a_spoilt_file_of_ten_digits_is_refused(
    tb: TechBalance, tmp_path: Any, monkeypatch: Any, text: str | None, words: str
):
    file = tmp_path / "trade" / "us_imports_hts10_country_2024_2025.csv.gz"
    file.parent.mkdir()
    file.write_bytes(b"no archive" if text is None else gzip.compress(text.encode()))
    monkeypatch.setenv("TECHBALANCE_DATA", str(tmp_path))
    with pytest.raises(SchemaError, match=words):
        tb.change(**RECORD, how="lmdi", panel="hts10")


def test_the_shared_files_answer(tb: TechBalance, shared_data: Any, monkeypatch: Any):
    monkeypatch.setenv("TECHBALANCE_DATA", str(shared_data))
    whole = tb.change(**RECORD, how="lmdi", panel="hts10")
    assert adds_up(whole) == 3_414_510_592_814 - 3_263_893_254_128
    prices = tb.change(from_=2022, to=2025, flow="import", how="price-quantity", by="partner", panel="hs6")
    rows = {(row["partner"], row["effect"]): row for row in prices.rows()}
    assert rows["TWN", "price"]["change_usd"] is None
    assert rows["VNM", "price"]["match_share"] > 0.5
    assert rows["CHN", "price"]["chained_fisher"] == pytest.approx(0.935, abs=0.0005)
    # Taiwan is missing in 2018 to 2021: it is left out of a span over them, and not taken for an exit.
    gap = tb.change(from_=2017, to=2021, flow="import", how="entry-exit", panel="hs6")
    assert any("TWN" in note for note in gap.notes)
