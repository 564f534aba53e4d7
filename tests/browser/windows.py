"""How is a page opened in a test? In a window of its own, which must be silent and ask nobody outside."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

DESK, PHONE = {"width": 1280, "height": 900}, {"width": 360, "height": 780}
AA = 4.5
"""Least contrast of text with its background (WCAG 2.2, level AA)."""


@contextmanager
def window(browser: Browser, own: tuple[str, ...], **options: Any) -> Iterator[Page]:
    """Open a window, and demand that nothing in it complains, or asks for what is not its own.

    Parameters
    ----------
    own
        How the addresses begin that may be asked for.
    """
    context = browser.new_context(**({"viewport": DESK} | options))
    page = context.new_page()
    said: list[str] = []
    asked: list[str] = []
    page.on("console", lambda message: said.append(f"{page.url} {message.type}: {message.text}"))
    page.on("pageerror", lambda error: said.append(f"{page.url} {error}"))
    page.on("request", lambda request: asked.append(request.url))
    yield page
    context.close()
    assert said == []
    assert [url for url in asked if not url.startswith(own)] == []
