"""How are tables and code written in Markdown?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

GENERATED: Final = "<!-- Written by tools/write_reference from the declarations. Do not edit. -->"


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Write a table; bars and line ends in cells are made harmless."""
    lines = [heads, ["---"] * len(heads), *rows]
    cells = [[cell.replace("|", "\\|").replace("\n", " ") for cell in line] for line in lines]
    return "\n".join("| " + " | ".join(line) + " |" for line in cells)


def code(text: str) -> str:
    """Set a text in code type; nothing for an empty one."""
    return f"`{text}`" if text else ""


def codes(names: Sequence[str]) -> str:
    """Set several texts in code type, with commas between them."""
    return ", ".join(code(name) for name in names)


def page(title: str, *parts: str) -> str:
    """Put a generated page together."""
    return "\n\n".join([GENERATED, f"# {title}", *parts]) + "\n"


def sentence(text: str) -> str:
    """Begin with a capital and end with a full stop."""
    end = "" if text.endswith((".", "?", "!")) else "."
    return f"{text[:1].upper()}{text[1:]}{end}"
