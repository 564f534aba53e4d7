"""Report and pages in a browser of this machine; skipped with a reason where there is none."""

from __future__ import annotations

import shutil
import threading
import time
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


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server of the pages, in a thread of this process, for all tests of one run."""
    import uvicorn

    from techbalance.web.app import create_app
    from techbalance.web.settings import Settings

    # However busy the machine of the tests is.
    app = create_app(Settings(home=tmp_path_factory.mktemp("home"), most_seconds=120))
    serving = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error", ws="none"))
    thread = threading.Thread(target=serving.run, daemon=True)
    thread.start()
    while not serving.started:
        time.sleep(0.02)
    port = serving.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}"
    serving.should_exit = True
    thread.join()
