"""Small panels of trade, and sums that must hold of every answer."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from techbalance.questions.answer import Answer

HEAD = "year,exporter,importer,product,value_usd,quantity,unit\n"
# The worked example of METHODS B1 and B2, as imports from two partners; and exports of two products.
ROWS = """
2020,CHN,USA,851712,30,10,No.
2020,MEX,USA,851712,10,5,No.
2020,CHN,USA,847130,5,1,No.
2020,MEX,USA,847130,15,2,No.
2021,CHN,USA,851712,40,8,No.
2021,MEX,USA,851712,30,10,No.
2021,CHN,USA,847130,4,1,kg
2021,MEX,USA,847130,26,,No.
2020,USA,CHN,880240,50,1,No.
2021,USA,CHN,880240,20,1,No.
2020,USA,MEX,880240,10,1,No.
2021,USA,MEX,903180,25,5,No.
2021,USA,MEX,880240,5,1,No.
2020,DEU,CHN,880240,150,1,No.
2021,DEU,CHN,880240,280,1,No.
2020,DEU,MEX,880240,90,1,No.
2021,DEU,MEX,880240,45,1,No.
"""


@pytest.fixture
def write_panel(tmp_path: Path) -> Callable[..., str]:
    def write(rows: str = ROWS, head: str = HEAD, name: str = "panel.csv") -> str:
        path = tmp_path / name
        path.write_text(head + rows.strip() + "\n", encoding="utf-8")
        return str(path)

    return write


@pytest.fixture
def panel(write_panel: Callable[..., str]) -> str:
    return write_panel()


def effects(answer: Answer, *keys: str) -> dict[Any, Any]:
    """Change by effect, or by keys and effect."""
    found: dict[Any, Any] = {}
    for row in answer.rows():
        place = tuple(row[key] for key in (*keys, "effect"))
        assert place not in found
        found[place if keys else place[0]] = row["change_usd"]
    return found


def adds_up(answer: Answer) -> int:
    """Every row leads from its first to its last value, and each part's rows follow each other."""
    total, last = 0, None
    for row in answer.rows():
        if row["change_usd"] is None:
            assert row["note"]
            continue
        assert row["to_usd"] - row["from_usd"] == row["change_usd"]
        total += row["change_usd"]
        last = row["to_usd"]
    assert last is not None
    return total
