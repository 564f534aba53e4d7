"""One report of the shipped record, read back as a tree of elements."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

import pytest

from techbalance.cli.main import run
from techbalance.report.page import Report, compose
from techbalance.store.catalogue import Store

VOID = {"meta", "br", "wbr", "input", "link", "img", "hr"}


@dataclass
class Element:
    name: str
    attributes: dict[str, str]
    parent: Element | None = None
    children: list[Element | str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """All text below the element, spaces run together."""
        parts = [child if isinstance(child, str) else child.text for child in self.children]
        return " ".join("".join(parts).split())

    def all(self, name: str | None = None, **attributes: str | None) -> list[Element]:
        """Elements below by name and attributes; an attribute given as None only has to be there."""
        found = []
        for child in self.children:
            if isinstance(child, str):
                continue
            wanted = {key.replace("_", "-").strip("-"): value for key, value in attributes.items()}
            fits = all(
                key in child.attributes and value in (None, child.attributes[key])
                for key, value in wanted.items()
            )
            if fits and name in (None, child.name):
                found.append(child)
            found += child.all(name, **attributes)
        return found

    def one(self, name: str | None = None, **attributes: str | None) -> Element:
        """The only such element."""
        found = self.all(name, **attributes)
        assert len(found) == 1, (name, attributes, len(found))
        return found[0]


class Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.root = self.at = Element("document", {})

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        child = Element(tag, {name: value or "" for name, value in attrs}, self.at)
        self.at.children.append(child)
        if tag not in VOID:
            self.at = child

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.at.children.append(Element(tag, {name: value or "" for name, value in attrs}, self.at))

    def handle_endtag(self, tag: str) -> None:
        assert self.at.name == tag, f"</{tag}> closes <{self.at.name}>"
        assert self.at.parent is not None
        self.at = self.at.parent

    def handle_data(self, data: str) -> None:
        self.at.children.append(data)


@pytest.fixture(scope="session")
def composed(tmp_path_factory: pytest.TempPathFactory) -> Report:
    """The report of the shipped record, before it is written in any form."""
    return compose(Store(tmp_path_factory.mktemp("home")))


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory, composed: Report) -> Path:
    """The report as the command writes it; made once for all tests of one run."""
    target = tmp_path_factory.getbasetemp() / "techbalance-report"
    if not target.is_dir():
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("TECHBALANCE_HOME", str(tmp_path_factory.mktemp("home")))
            patch.setattr("techbalance.report.page.compose", lambda *_: composed)
            assert run(["report", "--out", str(target)]) == 0
    return target


@pytest.fixture(scope="session")
def page(folder: Path) -> Element:
    """The page as a tree; every element is closed where it must be."""
    reader = Reader()
    reader.feed((folder / "index.html").read_text(encoding="utf-8"))
    reader.close()
    assert reader.at is reader.root
    return reader.root
