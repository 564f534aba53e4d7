"""The pages as files: every link leads somewhere in the folder, twice the same bytes, whole or not at all."""

import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from techbalance.cli.main import run
from techbalance.errors import CheckError, ParameterError, StoreError, UnknownCodeError
from techbalance.web.pages import claims, partner
from techbalance.web.pages.page import Content, Link, NoParams, Page
from techbalance.web.pages.registry import PAGES
from techbalance.web.site import writing
from techbalance.web.site.addresses import Filed, Place, placed

PAGES_WRITTEN = ("claims", "questions", "questions/check")


class Parsed(HTMLParser):
    """Links and anchors of a page."""

    def __init__(self, text):
        super().__init__()
        self.links, self.anchors = [], set()
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self.anchors.add(given.get("id"))
        self.links += [
            (tag, given[name]) for name in ("href", "src", "srcset", "data-library") if given.get(name)
        ]


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def site(tmp_path_factory, home):
    folder = tmp_path_factory.mktemp("out") / "site"
    with pytest.MonkeyPatch.context() as patch:
        # One process writes: a second one would know nothing of the pages put in place here.
        patch.setattr(
            writing, "_shared", lambda parts, aside, scope: [writing.written(p, aside, scope) for p in parts]
        )
        patch.setattr("techbalance.web.site.writing.PAGES", few(PAGES))
        yield writing.write(folder, writing.Scope(home, pages=PAGES_WRITTEN))


def few(pages):
    """Two statements stand for all, and a few words for the overview: what is tried is the writing."""
    shown = [("Deficit of 2024", {"claim": "INN02"}), ("Ratio of 2007", {"claim": "CAP06"})]
    changes = {
        claims.ADDRESS: {"views": lambda _: shown},
        "/": {"compose": lambda *_: Content("Overview", links=(Link("Claims", claims.ADDRESS),))},
    }
    return tuple(replace(page, **changes.get(page.address, {})) for page in pages)


@pytest.fixture(scope="module")
def parsed(site):
    return {path: Parsed(path.read_text(encoding="utf-8")) for path in sorted(site.folder.rglob("*.html"))}


def test_every_link_leads_to_a_file_and_every_anchor_is_there(site, parsed):
    assert site.pages == len(parsed) == 8
    tried = 0
    for path, page in parsed.items():
        for tag, link in page.links:
            parts = urlsplit(link)
            if parts.scheme == "data":
                continue
            if parts.scheme:
                assert tag == "a", f"{path.name} would load {link}"
                continue
            assert not link.startswith("/"), f"{path.name}: {link}"
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            assert target.is_file(), f"{path.name}: {link}"
            assert target.is_relative_to(site.folder.resolve())
            if parts.fragment:
                assert parts.fragment in parsed[target].anchors, f"{path.name}: {link}"
            tried += 1
    assert tried > 50


def test_a_page_has_no_form_and_leads_to_its_views(site):
    text = (site.folder / "claims.html").read_text(encoding="utf-8")
    assert "<form" not in text
    assert 'href="claims/INN02.html"' in text
    assert "/api/" not in (site.folder / "questions" / "check.html").read_text(encoding="utf-8")


def test_nothing_tells_where_the_store_lies(site, home):
    for path in site.folder.rglob("*"):
        if path.is_file():
            assert str(home).encode() not in path.read_bytes(), path


def test_drawings_follow_light_and_dark_and_downloads_lie_beside_the_page(site):
    beside = site.folder / "claims" / "INN02"
    drawn = (beside / "revisions-balance-340.svg").read_text(encoding="utf-8")
    assert "@media(prefers-color-scheme:dark)" in drawn
    assert set(re.findall(r"var\((--c[0-9a-f-]+)\)", drawn)) <= set(re.findall(r"(--c[0-9a-f-]+):", drawn))
    endings = sorted(path.suffix for path in beside.glob("revisions-balance.*"))
    assert endings == [".csv", ".json", ".png", ".svg"]
    assert "-294429400000" in (beside / "revisions-balance.csv").read_text(encoding="utf-8")


def test_a_second_run_writes_the_same_bytes_and_replaces_the_first(site, home, tmp_path):
    again = writing.written(
        ["/questions", "/claims?claim=INN02"], tmp_path, writing.Scope(home, pages=PAGES_WRITTEN)
    )
    assert len(again) == 2
    written = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(written) > 10
    for path in written:
        assert path.read_bytes() == (site.folder / path.relative_to(tmp_path)).read_bytes(), path


def failing(*_, **__):
    raise OSError(28, "No space left on device")


def test_a_run_that_fails_leaves_the_site_that_was_there(site, home, monkeypatch):
    before = {path: path.read_bytes() for path in site.folder.rglob("*") if path.is_file()}
    monkeypatch.setattr(writing, "_all", failing)
    with pytest.raises(StoreError, match="No space left"):
        writing.write(site.folder, writing.Scope(home))
    assert {path: path.read_bytes() for path in site.folder.rglob("*") if path.is_file()} == before
    assert [path.name for path in site.folder.parent.iterdir()] == ["site"]


def test_an_interrupted_run_leaves_nothing(home, tmp_path, monkeypatch):
    def interrupted(aside, _):
        (aside / "half.html").write_text("half", encoding="utf-8")
        raise KeyboardInterrupt

    monkeypatch.setattr(writing, "_all", interrupted)
    with pytest.raises(KeyboardInterrupt):
        writing.write(tmp_path / "site", writing.Scope(home))
    assert list(tmp_path.iterdir()) == []


def test_what_is_no_site_is_not_replaced(home, tmp_path, capsys):
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "mine.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(ParameterError, match="not of a site"):
        writing.write(tmp_path / "letters", writing.Scope(home))
    with pytest.raises(ParameterError, match="is a file"):
        writing.write(tmp_path / "letters" / "mine.txt", writing.Scope(home))
    assert run(["site", "--out", str(tmp_path / "letters")]) == 2
    assert "not of a site" in capsys.readouterr().err
    assert (tmp_path / "letters" / "mine.txt").read_text(encoding="utf-8") == "mine"


def test_a_folder_that_cannot_be_written_to_is_refused(home, tmp_path, monkeypatch):
    monkeypatch.setattr(Path, "mkdir", failing)
    with pytest.raises(StoreError, match="cannot be written"):
        writing.write(tmp_path / "site", writing.Scope(home))


def test_unknown_pages_are_refused_before_anything_is_written(home, tmp_path):
    with pytest.raises(UnknownCodeError, match="claims"):
        writing.write(tmp_path / "site", writing.Scope(home, pages=("claim",)))
    assert list(tmp_path.iterdir()) == []


def test_a_view_has_one_file_however_it_is_written():
    views = [("China", {"partner": "CHN"}), ("Mexico", {"partner": "MEX"})]
    places = placed(partner.PAGE, views)
    assert [place.file for place in places.values()] == ["partner.html", "partner/MEX.html"]
    addresses = Filed({"/partner": partner.PAGE}, places, here=Place("/claims", "x", (("claim", "INN02"),)))
    assert addresses.page("/partner?partner=MEX#rank") == "../partner/MEX.html#rank"
    assert addresses.page("/partner?partner=CHN") == "../partner.html"
    assert addresses.page("/partner?partner=VNM") == "../partner.html"
    assert addresses.place("/partner?partner=VNM") is None
    assert addresses.page("https://example.org/a") == "https://example.org/a"
    with pytest.raises(CheckError, match="no page /nowhere"):
        addresses.page("/nowhere")


def test_two_views_of_one_name_are_refused():
    params = type("TwoParams", (NoParams,), {"__annotations__": {"name": str}, "name": "x"})
    page = Page("/two", "Two", params, lambda *_: None)
    with pytest.raises(CheckError, match="two views"):
        placed(page, [("a", {"name": "A b"}), ("b", {"name": "a-B"})])
