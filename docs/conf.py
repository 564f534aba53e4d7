"""How do the documents become a site? Sphinx reads the same Markdown that a code host shows.

``make docs`` builds it, and a warning ends the build: a link or an anchor that leads nowhere, a lost page.
"""

from __future__ import annotations

import re
from importlib.metadata import version as version_of
from typing import TYPE_CHECKING, Any

from pygments.lexers.special import TextLexer

if TYPE_CHECKING:
    from sphinx.application import Sphinx

project = "techbalance"
author = "techbalance"
project_copyright = "the contributors to techbalance, Apache-2.0"
version = release = version_of("techbalance")
language = "en"

extensions = ["myst_parser"]
root_doc = "index"
# Anchors of headings are those that a code host gives.
myst_heading_anchors = 4
nitpicky = True
# Examples show what a terminal shows, which is no language that could be misspelt.
highlight_language = "none"

html_theme = "furo"
html_title = f"techbalance {release}"
html_static_path = ["site"]
html_css_files = ["site.css"]
html_copy_source = False
html_show_sphinx = False
html_theme_options: dict[str, Any] = {
    # Nothing is fetched from elsewhere, and nothing leads to a host that is not named in the text.
    "footer_icons": [],
    "top_of_page_buttons": [],
}

_PART = re.compile(r"^\*\*(?P<caption>[^*\n]+)\*\*.*?$(?P<body>.*?)(?=^\*\*|\Z)", re.MULTILINE | re.DOTALL)
_PAGE = re.compile(r"\]\((?!\.\./)([\w/.-]+)\.md\)")
_OUTSIDE = re.compile(r"\[(`?)([^\]]+?)\1\]\(((?:\.\./)+(?!docs/)[^)#]+)(?:#[^)]*)?\)")


def _prepared(app: Sphinx, name: str, source: list[str]) -> None:
    """Take navigation from the lists of the index; name files outside the documents without a link."""
    depth = name.count("/")
    text = source[0]
    if name == root_doc:
        text += "\n".join(
            "\n```{toctree}\n:hidden:\n:caption: " + part["caption"] + "\n\n" + "\n".join(pages) + "\n```\n"
            for part in _PART.finditer(source[0])
            if (pages := dict.fromkeys(_PAGE.findall(part["body"])))
        )

    def plain(link: re.Match[str]) -> str:
        up = link[3].count("../")
        return link[0] if up <= depth else f"{link[2]} (`{link[3].replace('../', '')}`)"

    source[0] = _OUTSIDE.sub(plain, text)


def setup(app: Sphinx) -> dict[str, bool]:
    """Connect the preparation of pages."""
    app.add_lexer("csv", TextLexer)
    app.connect("source-read", _prepared)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
