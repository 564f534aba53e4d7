"""The documents as a site: what they would fetch is found, and examples of Python are brought up to date."""

import pytest

from tools.build_docs import fetched
from tools.write_reference.sessions import with_sessions_run

PAGE = """```pycon
>>> one = {"a": 1,
...        "b": 2}
>>> one
{'a': 1,
'b': 2}
```

```pycon
>>> one["a"] + 1
7

```
"""


def test_python_examples_of_a_page_are_one_session_and_keep_lines_broken_by_hand():
    assert with_sessions_run(PAGE) == PAGE.replace("\n7\n", "\n2\n")


@pytest.mark.parametrize(
    ("name", "text", "count"),
    [
        ("a.html", '<script src="https://cdn.example/x.js"></script>', 1),
        ("a.html", '<link rel="stylesheet" href="//fonts.example/css">', 1),
        ("a.html", '<a href="https://www.census.gov/">the publisher</a>', 0),
        ("a.html", '<script src="_static/x.js"></script>', 0),
        ("a.css", "@font-face { src: url(https://fonts.example/f.woff2) }", 1),
        ("a.css", ".a { background: url(data:image/png;base64,) }", 0),
    ],
)
def test_what_a_page_would_fetch_from_elsewhere_is_named(tmp_path, name, text, count):
    (tmp_path / name).write_text(text, "utf-8")
    assert len(list(fetched(tmp_path))) == count
