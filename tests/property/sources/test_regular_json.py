"""An answer read by its quotes is the answer any JSON reader reads, or is left to it."""

import json

from hypothesis import example, given, settings
from hypothesis import strategies as st

from techbalance.sources.regular_json import cells

EXAMPLES = settings(max_examples=150, deadline=None)
WHITE = st.text(" \t\r\n", max_size=2)
PLAIN = st.text(st.characters(codec="utf-8", exclude_characters='"\\', min_codepoint=32), max_size=6)
# Whatever a publisher, or a cut line, might send instead.
PIECES = st.sampled_from(
    [b'"', b",", b"[", b"]", b"a", b"\\", b"\n", b"null", b"1", "é".encode(), b"\xff", b"{"]
)


@st.composite
def tables(draw: st.DrawFn) -> list[list[str]]:
    width = draw(st.integers(1, 4))
    return draw(st.lists(st.lists(PLAIN, min_size=width, max_size=width), min_size=1, max_size=5))


def read(body: bytes) -> list[list[str]] | None:
    """The whole of an answer, row by row."""
    found = cells(body)
    if found is None:
        return None
    columns = [found.column(at).to_pylist() for at in range(len(found.header))]
    return [found.header, *(list(row) for row in zip(*columns, strict=True))][: found.rows + 1]


@EXAMPLES
@given(tables(), WHITE, WHITE, WHITE)
@example([["a", "b"], ["[x],[y]", "é,"]], "", "\n", "")
def test_what_is_regular_is_read_as_it_stands(rows: list[list[str]], before: str, between: str, after: str):
    separator = f",{between}"
    lines = separator.join(json.dumps(row, ensure_ascii=False, separators=(",", ":")) for row in rows)
    body = f"{before}[{lines}]{after}".encode()
    assert json.loads(body) == rows
    # Rows of one column may look like one row of many: those are left to the general reader.
    assert read(body) in (rows, None)
    if len(rows[0]) > 1 or len(rows) == 1:
        assert read(body) == rows


@EXAMPLES
@given(tables(), st.data())
def test_what_was_damaged_is_refused_or_is_still_the_same_as_json(rows: list[list[str]], data: st.DataObject):
    body = json.dumps(rows, ensure_ascii=False, separators=(",", ":")).encode()
    at = data.draw(st.integers(0, len(body) - 1))
    width = data.draw(st.integers(0, 3))
    damaged = body[:at] + data.draw(PIECES) + body[at + width :]
    found = read(damaged)
    if found is not None:
        assert json.loads(damaged) == found


def test_what_is_not_regular_is_left_to_the_general_reader():
    for body in (
        b"",
        b"[]",
        b"[[]]",
        b'[["a"],["b","c"]]',
        b'[["a",1]]',
        b'[["a\\n"]]',
        b'[["a\n"]]',
        b'["a"]',
    ):
        assert cells(body) is None, body
    assert cells(b'[["a","b"],["c","d"]] x') is None
    assert cells(b'[["a","b"],["c"],["d","e"]]') is None
