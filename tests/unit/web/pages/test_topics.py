"""The topical pages: what they say is what the questions answer, and what is not held is said."""

import pytest

from techbalance.charts import text
from techbalance.errors import ParameterError, TechbalanceError, UnknownCodeError
from techbalance.report.blocks import Chart, Statements, Table
from techbalance.store.catalogue import Store
from techbalance.web.pages import claims, dependence, ideas, partner, story, whatif
from techbalance.web.pages.page import Asker


@pytest.fixture(scope="module")
def asker(tb):
    # As a server asks, which names no folder of its machine.
    return Asker(Store(tb.store.home, confined=True))


def composed(asker, page, **given):
    """Compose a page the short way, as a server tries first, or the long way."""
    params = page.read(given)
    try:
        with asker.store.asked_often():
            return page.compose(asker, params)
    except TechbalanceError:
        raise
    except Exception:  # noqa: BLE001 - the long way tells whether the page is wrong, or the short way
        return page.compose(asker, params)


def the(content, block_id):
    return content.blocks[block_id]


def test_a_partner_is_told_in_the_figures_of_the_questions(asker):
    content = composed(asker, partner.PAGE, partner="VNM")
    before, year = (
        row["imports_usd"] for row in asker.ask("balance", partner="VNM", year="2024:2025").rows()
    )
    assert content.heading == (
        f"Technology imports from Vietnam were {text.money(year)} in 2025, "
        f"{text.percent(year / before - 1, 0)} more than in 2024"
    )
    assert "4th largest supplier, 5th in 2024" in content.lead
    groups = the(content, "groups-table").rows.to_pylist()
    assert sum(row["to_usd"] for row in groups) == year
    # A chart of the largest products alone would state the sum of those as that of all.
    assert text.size(year - before) in the(content, "change-product-imports-2024-2025").figure.title
    assert {type(block) for block in content.blocks.values()} == {Chart, Table}


def test_an_area_and_a_group_are_named_and_an_area_has_no_rank(asker):
    content = composed(asker, partner.PAGE, partner="EU27", group="01")
    assert content.heading.startswith("Imports of Biotechnology from the EU27 were $140.4bn in 2025")
    assert "rank" not in content.blocks
    assert "groups-table" in content.blocks


def test_a_partner_without_technology_keeps_its_balance_in_goods(asker):
    content = composed(asker, partner.PAGE, partner="PRK")
    assert content.heading == "No technology imports from North Korea are recorded in 2025"
    assert list(content.blocks) == ["balance-annual"]


def test_every_partner_with_figures_is_a_view(asker):
    codes = [given["partner"] for _, given in partner.views(asker)]
    assert {"CHN", "PRK", "EU27"} <= set(codes)
    assert len(codes) == len(set(codes)) > 200


def test_of_the_world_alone_a_story_lists_no_parts_and_says_so(asker):
    content = composed(asker, story.PAGE, name="computers", partner="WORLD")
    assert "parts-table" not in content.blocks
    assert any("not held by partner" in note for note in content.notes)


@pytest.mark.parametrize(
    ("name", "is_held"), [("semiconductors", True), ("batteries", False)], ids=["held", "not held"]
)
def test_a_story_is_told_or_what_would_tell_it(asker, name, is_held):
    content = composed(asker, story.PAGE, name=name)
    assert ("story" in content.blocks) is is_held
    assert "codes-table" in content.blocks
    if is_held:
        rows = asker.ask("story", name=name).rows()
        own = [row for row in rows if row["period"] == "2025" and row["partner"] not in {"-", "WORLD"}]
        first = max(own, key=lambda row: row["value_usd"])
        assert f"{first['partner_name']} is the largest supplier" in content.heading
        parts = the(content, "parts-table").grid.rows
        assert parts[0][:2] == ("Integrated circuits", "42.2")
    else:
        assert content.heading == "Lithium-ion batteries: not held by partner"
        assert any(note.startswith("Off that list") for note in content.notes)


def test_dependence_states_a_range_before_a_point(asker):
    content = composed(asker, dependence.PAGE, without="CHN,VNM", group="04")
    (whole,) = [
        row
        for row in asker.ask("stress", without="CHN,VNM", group="04", level="all", draws=300).rows()
        if row["level"] == "all"
    ]
    low, high = (text.money(whole[name]) for name in ("shortfall_low_usd", "shortfall_usd"))
    assert f"Without China and Vietnam, between {low} and {high}" in content.lead
    assert "modelled" in content.lead
    heads = the(content, "stress-products").grid.heads
    assert heads.index("Short at least, $bn") < heads.index("Short at most, $bn") < heads.index("Lost, $bn")
    with pytest.raises(ParameterError, match="does not ship"):
        composed(asker, dependence.PAGE, screen="mine")


def test_a_partner_that_sold_nothing_the_year_before_has_a_page(asker):
    rows = asker.ask("rank", by="partner", flow="import", year=2025).rows()
    new = next(row for row in rows if row["rank"] is not None and row["previous_rank"] is None)
    lead = composed(asker, partner.PAGE, partner=new["partner"]).lead
    assert f"was the {text.ordinal(new['rank'])} largest supplier." in lead


def test_ideas_stand_beside_things_and_what_is_not_held_is_said_without_a_path(asker, tb):
    content = composed(asker, ideas.PAGE)
    assert "of what all reported" in content.heading
    assert {"ip-2024", "conduits", "ip-cover"} <= set(content.blocks)
    missing = [note for note in content.notes if "input-output tables are not held" in note]
    assert len(missing) == 1
    assert str(tb.store.home) not in missing[0]


def test_a_tariff_is_asked_of_the_model_at_every_rate(asker):
    content = composed(asker, whatif.PAGE, tariff="25", low="10", high="50", group="05")
    answer = asker.ask("whatif_tariff", partner="CHN", add="50%", group="05", model="partial", draws=100)
    (row,) = [one for one in answer.rows() if (one["outcome"], one["part"]) == ("welfare", "all")]
    table = the(content, "outcomes-table").grid
    assert table.heads == (
        "Change in", "With 10 points more", "With 25 points more", "With 50 points more"
    )  # fmt: skip
    # A word joiner keeps a minus with its figure.
    name, *_, highest = (cell.replace("\u2060", "") for cell in table.rows[0])
    assert (name, highest) == ("Welfare", f"{text.money(row['low'])} to {text.money(row['high'])}")
    assert content.heading.startswith(
        "Modelled: raising the tariff on Electronics from China by 25 points cuts"
    )
    sliders = [one for one in content.controls if one.kind == "range"]
    assert [one.name for one in sliders] == ["low", "tariff", "high"]


def test_a_slider_moved_past_another_puts_the_rates_in_order():
    params = whatif.PAGE.read({"tariff": "5", "low": "10", "high": "5"})
    assert params.rates == (5, 10)
    assert whatif.PAGE.read({"tariff": "5", "model": "all"}).rates == (5,)


def test_statements_are_filtered_and_each_has_a_page(asker, tb):
    differing = [row["claim_id"] for row in tb.claims_check().rows() if row["verdict"] == "differs"]
    content = composed(asker, claims.PAGE, verdict="differs")
    blocks = [block for section in content.sections for block in section.blocks]
    shown = [one for block in blocks if isinstance(block, Statements) for one in block.statements]
    assert [one.claim_id for one in shown] == differing
    assert shown[0].address == f"/claims?claim={differing[0]}"
    one = composed(asker, claims.PAGE, claim=differing[0])
    assert one.heading.startswith("Differs: ")
    assert "revisions-balance" in one.blocks
    with pytest.raises(UnknownCodeError, match="INN02"):
        composed(asker, claims.PAGE, claim="INN2")


def test_a_figure_of_ones_own_is_judged_and_what_is_not_read_is_said(asker):
    content = composed(asker, claims.PAGE, text="The deficit was $294bn in 2024. It rained.")
    assert content.heading == "Your figure: reproduced"
    own = content.sections[0].blocks[0]
    assert [one.verdict for one in own.statements] == ["reproduced"]
    assert any("It rained." in note for note in content.notes)
    nothing = composed(asker, claims.PAGE, text="It rained.")
    assert nothing.heading == "None of it could be read as a figure with a unit and a year"
