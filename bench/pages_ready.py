"""How soon does a served page show its first chart, and how soon does it answer? In Chromium, at two widths.

    python -m bench.pages_ready [ADDRESS [PAGE...]]    a server that runs, and pages of it, such as /explorer;
                                                       otherwise one is started, and all are measured

Every page of the navigation is opened in fresh windows, whose cache is empty, so that each fetches style,
script and chart library anew. Then fields of its form are changed, each time to a value that was not asked
for before, and links in its tables are followed: the time from the change to the page in place, and to its
chart drawn.
Bars: first chart at most 1 s, an interaction answered within 200 ms.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from bench.page_ready import FLAGS, WINDOWS
from techbalance.web.pages.registry import PAGES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

RUNS: Final = 5
CHANGES: Final = 6
FIRST_CHART_MS: Final = 1000.0
ANSWERED_MS: Final = 200.0
WARM_SECONDS: Final = 120.0
START = "from techbalance.cli.main import main; main()"
FIRST = "[data-chart]:not(details:not([open]) *)"
CHART_MS = "() => performance.getEntriesByName('techbalance:chart')[0]?.startTime"
SINCE = """
() => {
  const last = (name) => performance.getEntriesByName(name).at(-1)?.startTime;
  const asked = last("techbalance:asked");
  const chart = performance.getEntriesByName("techbalance:chart").find((one) => one.startTime > asked);
  return [last("techbalance:answered") - asked, chart === undefined ? null : chart.startTime - asked];
}
"""
# A chart that is far below the window is drawn when somebody comes near it.
ANSWERED = """
(count) => {
  if (performance.getEntriesByName("techbalance:answered").length <= count) return false;
  const first = document.querySelector("[data-chart]:not(details:not([open]) *)");
  if (!first || first.classList.contains("enlivened")) return true;
  return first.getBoundingClientRect().top > innerHeight + 200;
}
"""
COUNT = "() => performance.getEntriesByName('techbalance:answered').length"
CHANGE = """
([field, place]) => {
  const one = document.querySelectorAll("form.controls select, form.controls input[type=range]")[field];
  if (!one) return false;
  if (one.tagName === "SELECT") {
    if (one.options.length <= place) return false;
    one.selectedIndex = (one.selectedIndex + 1) % one.options.length;
  } else {
    one.value = Number(one.min) + ((Number(one.max) - Number(one.min)) * (place + 1)) / 9;
  }
  one.dispatchEvent(new Event("change", { bubbles: true }));
  return true;
}
"""
FOLLOW = """
(place) => {
  const link = document.querySelectorAll("figure.table tbody a[href^='/']")[place];
  link?.click();
  return Boolean(link);
}
"""


@contextmanager
def server() -> Iterator[str]:
    """Start the server on a store of its own, and stop it afterwards."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory() as home:
        started = subprocess.Popen(
            [sys.executable, "-c", START, "serve", "--quiet", "--port", str(port)],
            env=os.environ | {"TECHBALANCE_HOME": home},
            stderr=subprocess.DEVNULL,
        )
        address = f"http://127.0.0.1:{port}"
        try:
            _wait(address)
            yield address
        finally:
            started.terminate()
            started.wait()


def _wait(address: str) -> None:
    """Wait until the server says that it is ready."""
    until = time.monotonic() + WARM_SECONDS
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(f"{address}/health") as answer:  # noqa: S310 - loopback
                if json.load(answer)["status"] == "ok":
                    return
        except OSError:
            pass
        time.sleep(0.2)
    raise TimeoutError(address)


def first_charts(browser: Browser, address: str, window: str) -> list[float]:
    """Open a page in fresh windows, and read its own clock when its first chart stood."""
    times = []
    for _ in range(RUNS):
        context = browser.new_context(viewport=WINDOWS[window])
        page = context.new_page()
        _open(page, address)
        if page.locator(FIRST).count():
            times.append(float(page.evaluate(CHART_MS)))
        context.close()
    return times


def interactions(browser: Browser, address: str, window: str) -> tuple[list[float], list[float]]:
    """Change fields and follow links; milliseconds to the page in place, and to its first chart."""
    context = browser.new_context(viewport=WINDOWS[window])
    page = context.new_page()
    _open(page, address)
    answered, drawn = [], []
    for place in range(CHANGES):
        for script, given in ((CHANGE, [place % 2, place]), (FOLLOW, place)):
            took = _one(page, script, given)
            if took is not None:
                answered.append(took[0])
                drawn += [took[1]] if took[1] is not None else []
            if script is FOLLOW and took is not None:
                _open(page, address)
    context.close()
    return answered, drawn


def _open(page: Page, address: str) -> None:
    """Open a page, and wait until its first chart stands, where it has one."""
    page.goto(address)
    if page.locator(FIRST).count():
        page.locator(FIRST).first.scroll_into_view_if_needed()
        page.wait_for_selector(f"{FIRST}.enlivened")


def _one(page: Page, script: str, given: object) -> tuple[float, float | None] | None:
    count = page.evaluate(COUNT)
    if not page.evaluate(script, given):
        return None
    page.wait_for_function(ANSWERED, arg=count)
    answered, chart = page.evaluate(SINCE)
    return float(answered), chart


def _line(what: str, times: list[float], bar: float) -> str:
    if not times:
        return f"{'-':>6}     {what}"
    over = sum(one > bar for one in times)
    return (
        f"{statistics.median(times):6.0f} ms  {what}  (largest {max(times):.0f}, bar {bar:.0f}; "
        f"{over} of {len(times)} over it)"
    )


def measure(address: str, browser: Browser, chosen: list[str]) -> None:
    """Print the lines of every page, or of those chosen, at both widths."""
    for page in PAGES:
        if not page.listed or (chosen and page.address not in chosen):
            continue
        for window in WINDOWS:
            where = f"{page.address} on a {window}"
            charts = first_charts(browser, address + page.address, window)
            print(_line(f"first chart: {where}", charts, FIRST_CHART_MS))
            answered, drawn = interactions(browser, address + page.address, window)
            print(_line(f"answered: {where}", answered, ANSWERED_MS))
            print(_line(f"answered and drawn: {where}", drawn, ANSWERED_MS), flush=True)


def main() -> int:
    """Measure a server that is named, or one that is started for it."""
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if found is None:
        print("no Chromium on the path; nothing measured")
        return 0
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=found, args=list(FLAGS))
        if len(sys.argv) > 1:
            measure(sys.argv[1].rstrip("/"), browser, sys.argv[2:])
        else:
            with server() as address:
                measure(address, browser, [])
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
