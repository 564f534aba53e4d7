"""The report opened from its file as a reader opens it: on a desk, a phone, in the dark, without scripts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from techbalance.api import TechBalance
from tests.browser.windows import AA, DESK, PHONE, window

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

CONTRAST = """
(selector) => {
  const channels = (text) => (text.match(/[\\d.]+/g) ?? []).map(Number);
  const bright = ([r, g, b]) => [r, g, b]
    .map((c) => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const behind = (one) => {
    for (; one; one = one.parentElement) {
      const found = channels(getComputedStyle(one).backgroundColor);
      if (found.length === 3 || found[3] === 1) return found;
    }
  };
  return [...document.querySelectorAll(selector)].filter((one) => one.checkVisibility()).map((one) => {
    const pair = [bright(channels(getComputedStyle(one).color)), bright(behind(one))].sort((a, b) => b - a);
    return [one.className || one.tagName, (pair[0] + 0.05) / (pair[1] + 0.05)];
  });
}
"""


@contextmanager
def opened(browser: Browser, address: str, **options: Any) -> Iterator[Page]:
    """Open the report in a window of its own."""
    with window(browser, ("file:", "data:", "blob:"), **options) as page:
        page.goto(address)
        yield page


def bring_to_life(page: Page) -> None:
    """Scroll through the page until every chart that is not folded away has been redrawn."""
    plots = page.locator("[data-chart]:visible")
    for index in range(plots.count()):
        plots.nth(index).scroll_into_view_if_needed()
        page.wait_for_function(
            "(i) => [...document.querySelectorAll('[data-chart]')].filter((one) => "
            "one.checkVisibility())[i].classList.contains('enlivened')",
            arg=index,
        )


@pytest.mark.parametrize("viewport", [DESK, PHONE], ids=["desk", "phone"])
def test_the_page_shows_what_the_question_answers(
    browser: Browser, address: str, tb: TechBalance, viewport: dict[str, int]
) -> None:
    (row,) = tb.balance(year=2024).rows()
    with opened(browser, address, viewport=viewport) as page:
        table = page.locator("#balance-annual")
        table.get_by_text(re.compile("^Table:")).click()
        cells = table.locator("tr", has=page.get_by_role("rowheader", name="2024", exact=True)).locator("td")
        heads = table.locator("thead th").all_inner_texts()
        shown = cells.all_inner_texts()[heads.index("Balance, $bn") - 1]
        assert shown == "\u2212294.4"
        assert round(row["balance_usd"] / 1e9, 1) == float(shown.replace("\u2212", "-"))


@pytest.mark.parametrize("viewport", [DESK, PHONE], ids=["desk", "phone"])
def test_charts_answer_to_the_pointer_and_nothing_leaves_the_page(
    browser: Browser, address: str, viewport: dict[str, int]
) -> None:
    with opened(browser, address, viewport=viewport) as page:
        bring_to_life(page)
        assert page.locator(".enlivened").count() == page.locator("[data-chart]:visible").count() == 12
        assert page.locator(".still svg:visible").count() == 0
        page.locator("#rank-partner-import-2025 .live .mark-rect path").first.hover()
        tip = page.locator("#vg-tooltip-element")
        tip.wait_for(state="visible")
        assert "Taiwan" in tip.inner_text()
        assert "$163.0bn" in tip.inner_text()


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
@pytest.mark.parametrize("viewport", [DESK, PHONE], ids=["desk", "phone"])
def test_nothing_is_wider_than_the_window(
    browser: Browser, address: str, viewport: dict[str, int], scripts: bool
) -> None:
    with opened(browser, address, viewport=viewport, java_script_enabled=scripts) as page:
        if scripts:
            bring_to_life(page)
        for summary in page.locator("details > summary").all():
            if scripts:
                summary.evaluate("(one) => { one.parentElement.open = true; }")
        # A client reads layout whether or not the page may run scripts.
        wide = page.locator("body").evaluate("() => document.documentElement.scrollWidth")
        assert wide <= viewport["width"]


@pytest.mark.parametrize("viewport", [DESK, PHONE], ids=["desk", "phone"])
def test_without_scripts_figures_and_charts_are_there(
    browser: Browser, address: str, viewport: dict[str, int]
) -> None:
    with opened(browser, address, viewport=viewport, java_script_enabled=False) as page:
        assert page.locator(".key-figures .value").first.inner_text() == "$414.7bn"
        width = "narrow" if viewport == PHONE else "wide"
        drawings = page.locator(f".still.{width} svg")
        assert drawings.count() == 13
        for drawing in drawings.all()[:3]:
            box = drawing.bounding_box()
            assert box is not None
            assert box["width"] > viewport["width"] * 0.5
            assert box["height"] > 150
        assert page.locator(".live").count() == 0


def test_statements_are_filtered_without_scripts(browser: Browser, address: str, tb: TechBalance) -> None:
    verdicts = [row["verdict"] for row in tb.claims_check().rows()]
    with opened(browser, address, java_script_enabled=False) as page:
        shown = page.locator(".statements tbody:visible")
        assert shown.count() == len(verdicts)
        page.locator("#article-2 .filter").get_by_text(re.compile("differs")).click()
        differing = page.locator("#article-2 .statements tbody:visible")
        assert differing.count() == verdicts.count("differs")
        assert set(differing.locator(".verdict").all_inner_texts()) == {"differs"}
        page.locator("#article-2 .filter").get_by_text(re.compile("all ")).click()
        assert shown.count() == len(verdicts)


def test_charts_follow_the_mode_while_the_page_is_open(browser: Browser, address: str) -> None:
    ground = "(one) => getComputedStyle(one).backgroundColor"
    with opened(browser, address, color_scheme="light") as page:
        bring_to_life(page)
        chart, paper = page.locator("#balance-annual .live svg"), page.locator("body")
        assert chart.evaluate(ground) == paper.evaluate(ground) == "rgb(255, 255, 255)"
        page.emulate_media(color_scheme="dark")
        page.wait_for_function(
            f"(light) => ({ground})(document.querySelector('#balance-annual .live svg')) !== light",
            arg="rgb(255, 255, 255)",
        )
        assert chart.evaluate(ground) == paper.evaluate(ground) != "rgb(255, 255, 255)"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_words_can_be_read_on_their_ground(browser: Browser, address: str, scheme: str) -> None:
    with opened(browser, address, color_scheme=scheme) as page:
        found = page.evaluate(
            CONTRAST, "p, a, li, td, th, h1, h2, h3, h4, dt, dd, code, summary, label, legend, .verdict"
        )
        assert len(found) > 500
        assert [one for one in found if one[1] < AA] == []


def test_landmarks_names_and_order_serve_a_screen_reader(browser: Browser, address: str) -> None:
    with opened(browser, address) as page:
        assert page.get_by_role("banner").count() == page.get_by_role("main").count() == 1
        assert page.get_by_role("contentinfo").count() == page.get_by_role("navigation").count() == 1
        assert page.get_by_role("heading", level=1).count() == 1
        found = [page.get_by_role("region"), page.get_by_role("table"), page.get_by_role("radio")]
        for one in [one for kind in (*found, page.get_by_role("img")) for one in kind.all()]:
            assert re.match(r"- '?\w+ \".+\"", one.aria_snapshot()), one.aria_snapshot()[:80]
        assert page.get_by_role("img").count() == 12
        page.keyboard.press("Tab")
        skip = page.get_by_role("link", name="Skip to the content")
        assert skip.evaluate("(one) => one === document.activeElement")
        box = skip.bounding_box()
        assert box is not None
        assert box["x"] >= 0
        outline = "() => getComputedStyle(document.activeElement).outlineStyle"
        for _ in range(4):
            page.keyboard.press("Tab")
            assert page.evaluate(outline) != "none"


def test_paper_gets_the_still_drawings_and_every_command(browser: Browser, address: str) -> None:
    with opened(browser, address) as page:
        bring_to_life(page)
        page.emulate_media(media="print")
        assert page.locator(".live:visible").count() == 0
        assert page.locator("figure:not(details figure) .still.wide svg:visible").count() == 12
        assert page.locator("#balance-annual .trail code").first.is_visible()
        assert page.pdf(format="A4").startswith(b"%PDF")


def test_data_leave_the_page_by_themselves(browser: Browser, address: str) -> None:
    with opened(browser, address, accept_downloads=True) as page:
        with page.expect_download() as started:
            page.locator("#balance-annual .files a[download]").click()
        assert started.value.suggested_filename == "balance-annual.csv"
        text = started.value.path().read_text(encoding="utf-8")
        assert "2024," in text
        assert ",-294429400000," in text
