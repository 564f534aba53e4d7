"""The report in a browser of this machine; skipped with a reason where there is none."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from techbalance.cli.main import run

if TYPE_CHECKING:
    from playwright.sync_api import Browser

NAMES = ("chromium", "chromium-browser", "google-chrome")
# The page is about to be checked for requests of its own, so the browser makes none.
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A headless Chromium found on the path."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        pytest.skip(f"no browser on the path: {', '.join(NAMES)}")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=found, args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of the report as the command writes it; made once for all tests of one run."""
    target: Path = tmp_path_factory.getbasetemp() / "techbalance-report"
    if not target.is_dir():
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("TECHBALANCE_HOME", str(tmp_path_factory.mktemp("home")))
            assert run(["report", "--out", str(target)]) == 0
    return (target / "index.html").as_uri()
