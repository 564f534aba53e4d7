"""Every served page as a reader meets it: on a desk, a phone, in the dark, without scripts, on paper."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from techbalance.web.pages.page import address
from techbalance.web.pages.registry import PAGES
from tests.browser.windows import DESK, PHONE, window

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

# Every page of the navigation, and of those that are made from declarations: one with a chart, one with many
# fields, one of texts.
ADDRESSES = (
    *(page.address for page in PAGES if page.listed),
    "/questions/rank",
    "/questions/whatif-tariff",
    "/questions/trace",
)
SERIOUS = ("serious", "critical")
FIRST = "[data-chart]:not(details:not([open]) *)"


@contextmanager
def opened(browser: Browser, server: str, path: str = "", **options: Any) -> Iterator[Page]:
    """Open a window on the server."""
    with window(browser, (server, "data:", "blob:"), **options) as page:
        if path:
            page.goto(server + path)
        yield page


def first_chart(page: Page) -> None:
    """Wait until the first chart has been drawn, where there is one."""
    if page.locator(FIRST).count():
        page.locator(FIRST).first.scroll_into_view_if_needed()
        page.wait_for_selector(f"{FIRST}.enlivened")


def serious(page: Page) -> list[tuple[str, list[str]]]:
    """Let axe look for what keeps people out."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed").Axe()
    found = axe.run(page).response["violations"]
    return [
        (one["id"], [node["html"][:120] for node in one["nodes"]][:3])
        for one in found
        if one["impact"] in SERIOUS
    ]


@pytest.mark.parametrize(
    ("viewport", "scheme"), [(DESK, "light"), (PHONE, "dark")], ids=["desk, light", "phone, dark"]
)
def test_every_page_draws_in_silence_and_lets_everybody_in(
    browser: Browser, server: str, viewport: dict[str, int], scheme: str
) -> None:
    with opened(browser, server, viewport=viewport, color_scheme=scheme) as page:
        for path in ADDRESSES:
            answer = page.goto(server + path)
            assert answer is not None
            assert answer.status == 200, path
            first_chart(page)
            assert page.get_by_role("heading", level=1).count() == 1, path
            assert page.evaluate("() => document.documentElement.scrollWidth") <= viewport["width"], path
            assert serious(page) == [], path


def test_every_page_is_read_without_scripts(browser: Browser, server: str) -> None:
    with opened(browser, server, java_script_enabled=False) as page:
        for path in ADDRESSES:
            page.goto(server + path)
            assert page.locator("h1").inner_text(), path
            for plot in page.locator(FIRST).all()[:1]:
                drawn = plot.locator("picture img").evaluate("(one) => [one.complete, one.naturalWidth]")
                assert drawn == [True, 720], path
        page.goto(server + "/explorer")
        page.locator("form.controls select[name=group]").select_option("04")
        page.get_by_role("textbox", name="Year").fill("2025")
        page.get_by_role("checkbox", name="year", exact=True).uncheck()
        page.get_by_role("checkbox", name="partner", exact=True).check()
        page.get_by_role("button", name="Show").click()
        assert "Information & Communications" in page.locator("h1").inner_text()


def test_a_year_leads_to_a_group_a_partner_and_a_product(browser: Browser, server: str) -> None:
    with opened(browser, server, "/explorer") as page:
        first_chart(page)
        page.evaluate("() => { window.stayed = true; }")
        # A mark of the chart leads where its row leads; the rest of the way goes by the table.
        page.locator(".live .mark-rect path").last.click()
        page.wait_for_url("**/explorer?by=group&year=2025")
        for name, query in (
            ("Information & Communications", "by=partner&group=04&year=2025"),
            ("Taiwan", "by=product&group=04&partner=TWN&year=2025"),
        ):
            page.locator("figure.table").get_by_role("link", name=name).first.click()
            page.wait_for_url(f"**/explorer?{query}")
        above = page.locator("h1").inner_text()
        page.locator("figure.table").get_by_role("link", name=re.compile("8471.50.0150")).click()
        page.wait_for_url("**/explorer?group=04&partner=TWN&product=8471500150")
        crumbs = page.get_by_role("navigation", name="Where this is").get_by_role("listitem")
        assert crumbs.count() == 4
        here, heading = page.url, page.locator("h1").inner_text()
        page.go_back()
        page.wait_for_function("(was) => document.querySelector('h1').innerText !== was", arg=heading)
        assert page.locator("h1").inner_text() == above
        page.goto(here)
        assert page.locator("h1").inner_text() == heading


def test_a_field_changes_the_page_in_place_and_keeps_the_focus(browser: Browser, server: str) -> None:
    with opened(browser, server, "/explorer?by=group&year=2025") as page:
        first_chart(page)
        page.evaluate("() => { window.stayed = true; }")
        page.locator("select[name=group]").focus()
        page.locator("select[name=group]").select_option("04")
        page.wait_for_function("() => document.querySelector('h1').innerText.includes('Communications')")
        assert page.evaluate("() => window.stayed && document.activeElement.name") == "group"
        assert page.url == f"{server}/explorer?by=group&group=04&year=2025"
        assert page.locator("#said").inner_text() == page.locator("h1").inner_text()


def test_what_is_wrong_is_said_with_a_form_to_put_it_right(browser: Browser, server: str) -> None:
    context = browser.new_context()
    page = context.new_page()
    for path, status, words in (
        ("/explorer?year=20x5", 400, "Write 2024 or 2002:2007"),
        ("/explorer?by=group&year=2010", 404, "trade by group is held for"),
        ("/explorer?colour=red", 400, "colour"),
        ("/nothing-here", 404, "Nothing here answers it"),
    ):
        answer = page.goto(server + path)
        assert answer is not None
        assert answer.status == status
        assert words in page.locator("main").inner_text()
        assert page.locator("form.controls").count() == (0 if path == "/nothing-here" else 1)
    context.close()


def test_a_chart_leaves_the_page_in_every_form(browser: Browser, server: str) -> None:
    with opened(browser, server, "/explorer?by=partner&year=2025&group=04") as page:
        chart = page.locator("figure.chart").first
        chart.get_by_text("Share", exact=True).click()
        link, embed = (one.input_value() for one in chart.locator(".share input").all())
        assert link.startswith(f"{server}/explorer?by=partner&")
        files = {
            one.get_attribute("download").rpartition(".")[2]: one.get_attribute("href")
            for one in chart.locator("a[download]").all()
        }
        assert set(files) == {"csv", "png", "svg", "json"}
        bodies = {kind: page.request.get(server + href).body() for kind, href in files.items()}
        assert bodies["csv"].startswith(b"partner,")
        assert bodies["png"].startswith(b"\x89PNG")
        assert bodies["svg"].startswith(b"<svg")
        assert "vega-lite" in json.loads(bodies["json"])["$schema"]
        (framed,) = re.findall(r'src="([^"]+)"', embed)
        page.goto(framed)
        first_chart(page)
        assert page.locator("figure").count() == 1
        assert page.locator("header.bar, form.controls, nav").count() == 0


def test_keyboard_and_paper(browser: Browser, server: str) -> None:
    with opened(browser, server, address("/explorer", by="group", year=2025)) as page:
        first_chart(page)
        page.keyboard.press("Tab")
        assert page.evaluate("() => document.activeElement.className") == "skip"
        for _ in range(8):
            page.keyboard.press("Tab")
            style = "() => getComputedStyle(document.activeElement).outlineStyle"
            assert page.evaluate(style) != "none"
        page.emulate_media(media="print")
        assert page.locator("header.bar:visible, form:visible").count() == 0
        assert page.locator(".live svg").first.is_visible()


def test_a_link_that_somebody_rests_on_is_asked_for_once(browser: Browser, server: str) -> None:
    with opened(browser, server, "/explorer") as page:
        first_chart(page)
        asked: list[str] = []
        page.on("request", lambda one: asked.append(one.url))
        linked = "/explorer?year=2025&by=group"
        link = page.locator("figure.table").get_by_role("link", name="2025").first
        with page.expect_response(f"{server}{linked}"):
            link.hover()
        link.click()
        page.wait_for_url("**/explorer?by=group&year=2025")
        assert sum(one.endswith(linked) for one in asked) == 1
