"""Mutated records of every layout: each is refused with its place, or reads to the same sums.

First records by themselves, against patterns written here; then whole archives, where a figure that became
another must not add up. ``TECHBALANCE_FUZZ=20000`` mutates that many records in whole archives.
"""

import os
import random
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache

import pytest

from techbalance.errors import CheckError, DataError, RecordError
from techbalance.sources.census_archive import records
from techbalance.sources.census_archive.layouts import Layout, layout, layouts, of_flow
from tests.unit.sources.archives import Members, made, packed, read, unpacked

RECORDS = 20_000
ARCHIVES = int(os.environ.get("TECHBALANCE_FUZZ", "600"))
SEED = 2026
LETTERS, SIGNS = b"AZazOIl", b"-+.,$()'/*#%&_"
ODD = bytes([0, 9, 10, 11, 13, 26, 27, 127, 128, 160, 195, 233, 255])
PATTERNS = {
    "digits": re.compile("[0-9]+"),
    "code": re.compile("[0-9A-Z*+]* *"),
    "text": re.compile("[ -~]+"),
    "number": re.compile(" *[0-9]+"),
    "blank": re.compile(" +"),
}


def code_list_line(number: int) -> bytes:
    values = {"commodity": f"01012100{number:02d}", "hitech": "04", "usda": "1", "naics": "11292X"}
    values |= {"descrip_1": "HORSES", "descrip_2": "HORSES, LIVE", "sitc": "00150", "quantity_1": "NO"}
    return written(layout("HS10_CODE_LIST"), values)


def port_line(number: int) -> bytes:
    values = {"commodity": "010121", "cty_code": "1220", "port": f"01{number:02d}", "year": "2024"}
    numbers = {
        name: str(number).rjust(15) for name in layout("PORTHS6").by_name if name[-3:] in ("_mo", "_yr")
    }
    return written(layout("PORTHS6"), values | numbers | {"month": " 7"})


def written(form: Layout, values: dict[str, str]) -> bytes:
    return "".join(values.get(one.name, "").ljust(one.width) for one in form.fields).encode() + b"\r\n"


@cache
def samples(name: str) -> tuple[bytes, ...]:
    """Three sound records of a layout, of an archive where it has one."""
    form = layout(name)
    if form.flow == "none":
        line = code_list_line if name == "HS10_CODE_LIST" else port_line
        return tuple(line(number) for number in range(3))
    members = unpacked(made("export" if form.flow == "export" else "import", padding="blanks")[1])
    data = next(text for one, text in members.items() if one.lower() == form.member)
    return tuple(data[at * form.line : (at + 1) * form.line] for at in range(3))


def mutated(rng: random.Random, line: bytes) -> bytes:
    """One record with one thing wrong with it, or with another digit in it."""
    at, kind = rng.randrange(len(line)), rng.randrange(11)
    if kind == 0:
        return line[:at] + line[at + 1 :]
    if kind == 1:
        return line[:at] + rng.choice([b"0", b" ", b"\r\n", b"X"]) + line[at:]
    if kind == 2:
        return line[:-2] + rng.choice([b"\n", b"\r", b"\n\r", b"  ", b""])
    if kind == 3:
        return line[:at] + b"\r\n" * (at % 2)
    if kind == 4:
        width = rng.randint(2, 20)
        return line[:at] + b" " * len(line[at : at + width]) + line[at + width :]
    pool = (LETTERS, SIGNS, b" ", ODD, b"0123456789", bytes(range(256)), b"0")[kind - 5 if kind < 11 else 0]
    return line[:at] + bytes([rng.choice(pool)]) + line[at + 1 :]


def by_pattern(form: Layout, data: bytes) -> list[list[str]] | None:
    """Fields of every record as they stand there; None where one is not as it must be."""
    text = data.decode("latin-1")
    found = []
    for at in range(0, len(text), form.line):
        line = text[at : at + form.line]
        cells = [line[one.start : one.end] for one in form.fields]
        sound = all(PATTERNS[one.kind].fullmatch(cell) for one, cell in zip(form.fields, cells, strict=True))
        if not sound or line[form.length :] != "\r\n":
            return None
        found.append(cells)
    return found


@pytest.mark.parametrize("name", list(layouts()))
def test_a_mutated_record_is_refused_or_reads_as_it_stands(name: str):
    form, rng = layout(name), random.Random(f"{SEED} {name}")  # noqa: S311
    first, second, third = samples(name)
    names = [one.name for one in form.fields]
    refused = accepted = 0
    for _ in range(RECORDS // len(layouts()) + 1):
        data = first + mutated(rng, second) + third
        wanted = by_pattern(form, data)
        keys = [tuple(row[names.index(key)].strip() for key in form.key) for row in wanted or []]
        try:
            table = records.read(form, data, "archive, member")
        except RecordError as wrong:
            refused += 1
            assert wanted is None or len(set(keys)) < len(keys), data
            assert wrong.at.record in (2, 3)
            assert "archive, member, record" in str(wrong)
            continue
        accepted += 1
        assert wanted is not None, data
        for column, field in enumerate(form.fields):
            if field.kind != "blank":
                values = [row[column] for row in wanted]
                read_values = [
                    int(value) if field.kind == "number" else value.rstrip(" ") for value in values
                ]
                assert table[field.name].to_pylist() == read_values
    assert min(refused, accepted) > 20


# --- whole archives -----------------------------------------------------------------------------------------


def world(flow: str, padding: str) -> tuple[str, Members]:
    name, data = made(flow, padding=padding, rows=40)
    return name, {one: text for one, text in unpacked(data).items() if not one.startswith("Doc")}


def sums(data: bytes, name: str, reader: str) -> Counter[tuple[str, str, str]]:
    """What every figure of a month adds up to, by product and partner."""
    found: Counter[tuple[str, str, str]] = Counter()
    for row in read(data, name, reader).to_pylist():
        for column, value in row.items():
            if column.endswith(("_usd", "_kg", "qty_1", "qty_2", "cards")):
                found[row["product"], row["partner"], column] += value
    return found


def spoils(rng: random.Random, members: Members, flow: str) -> Iterator[tuple[str, Members]]:
    """Archives with one record of one member mutated, moved, lost or doubled; the detail most often."""
    forms = [one for one in of_flow(flow) if any(name.lower() == one.member for name in members)]
    while True:
        form = rng.choice([forms[0], *forms])
        name = next(one for one in members if one.lower() == form.member)
        lines = [members[name][at : at + form.line] for at in range(0, len(members[name]), form.line)]
        at, kind = rng.randrange(len(lines)), rng.randrange(12)
        if kind == 0:
            del lines[at]
        elif kind == 1:
            lines.insert(rng.randrange(len(lines)), lines[at])
        elif kind == 2:
            lines.append(lines.pop(at))
        elif kind == 3:
            lines[-1] = lines[-1][: rng.randrange(form.line)]
        else:
            lines[at] = mutated(rng, lines[at])
        yield form.name, members | {name: b"".join(lines)}


@pytest.mark.parametrize("reader", ["plain", "compiled"])
@pytest.mark.parametrize(("flow", "padding"), [("import", "zeros"), ("export", "blanks")])
def test_a_mutated_archive_is_refused_or_adds_up_to_the_same(flow: str, padding: str, reader: str):
    rng = random.Random(f"{SEED} {flow}")  # noqa: S311
    name, members = world(flow, padding)
    whole = sums(packed(members), name, reader)
    refused = accepted = 0
    for form, changed in spoils(rng, members, flow):
        if refused + accepted >= ARCHIVES // 4:
            break
        try:
            assert sums(packed(changed), name, reader) == whole, form
            accepted += 1
        except DataError as wrong:
            refused += 1
            assert isinstance(wrong, (RecordError, CheckError)), wrong
            assert re.search(r"[A-Z]+\.TXT|_(COMM|CTY|DE|DU|DIST)", str(wrong), re.IGNORECASE)
    assert refused > accepted > 5
