"""How soon is the report ready in Chromium? From the file, a fresh browser window for each run.

    python -m bench.page_ready [FOLDER]     a folder that ``techbalance report`` wrote; one is made otherwise

Ready is when the page has been read and laid out (the load event). Every chart is in the page as a drawing,
so the first contentful paint shows figures; the first chart that answers to the pointer comes later.
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Browser, ViewportSize

RUNS = 7
GOAL_SECONDS = 1.0
WINDOWS: dict[str, ViewportSize] = {
    "desk": {"width": 1280, "height": 900},
    "phone": {"width": 360, "height": 780},
}
FLAGS = ("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking")
READ = """
async () => {
  const at = (name) => performance.getEntriesByName(name)[0]?.startTime;
  for (let wait = 0; wait < 200 && at("techbalance:chart") === undefined; wait += 1)
    await new Promise((resolve) => setTimeout(resolve, 25));
  const [load] = performance.getEntriesByType("navigation");
  return [load.loadEventEnd, at("first-contentful-paint"), at("techbalance:chart")].map((ms) => ms / 1000);
}
"""
NAMES = ("ready (load event)", "first contentful paint", "first chart answers to the pointer")


def measure(browser: Browser, address: str, window: ViewportSize) -> list[float]:
    """Open the page once, bring its first chart near, and read its own clock."""
    context = browser.new_context(viewport=window)
    page = context.new_page()
    page.goto(address)
    page.locator("[data-chart]").first.scroll_into_view_if_needed()
    seconds: list[float] = page.evaluate(READ)
    context.close()
    return seconds


def main() -> int:
    """Print one line per window and moment: median, range and goal."""
    browser_path = next(
        filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
    )
    if browser_path is None:
        print("no Chromium on the path; nothing measured")
        return 0
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory() as made:
        folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(made)
        if len(sys.argv) == 1:
            subprocess.run(
                [
                    sys.executable,
                    "-c",
                    "from techbalance.cli.main import main; main()",
                    "report",
                    "--out",
                    made,
                ],
                env=os.environ | {"TECHBALANCE_HOME": str(folder / "home")},
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                check=True,
            )
        with sync_playwright() as driver:
            browser = driver.chromium.launch(executable_path=browser_path, args=list(FLAGS))
            address = (folder / "index.html").resolve().as_uri()
            for name, window in WINDOWS.items():
                runs = [measure(browser, address, window) for _ in range(RUNS + 1)][1:]
                for what, times in zip(NAMES, zip(*runs, strict=True), strict=True):
                    goal = f"  goal {GOAL_SECONDS:.2f}" if what == NAMES[0] else ""
                    print(
                        f"{statistics.median(times):6.2f} s  ({min(times):.2f} to {max(times):.2f})  "
                        f"{name}: {what}{goal}"
                    )
            browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
