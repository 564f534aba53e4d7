"""The report as a workbook: a sheet per table, exact figures, and LibreOffice opens it."""

import io
import shutil
import subprocess

import openpyxl
import pytest

from techbalance.report.workbook import as_workbook


@pytest.fixture(scope="module")
def made(composed):
    return as_workbook(composed)


@pytest.fixture(scope="module")
def book(made):
    return openpyxl.load_workbook(io.BytesIO(made))


def test_every_table_has_a_sheet_that_the_contents_lead_to(book, composed):
    listed = [row[0].value for row in book["Contents"].iter_rows(min_row=4) if row[0].value]
    assert listed == book.sheetnames[1:]
    assert all(row[0].hyperlink for row in book["Contents"].iter_rows(min_row=4))
    assert {block.id[:31] for block in composed.blocks} <= set(book.sheetnames)


def test_figures_are_exact_numbers_under_the_names_of_their_columns(book, composed):
    block = next(one for one in composed.blocks if one.id == "balance-annual")
    sheet = book["balance-annual"]
    heads = [cell.value for cell in sheet[4]]
    assert heads == block.rows.column_names
    place = heads.index("balance_usd")
    values = [
        row[place] for row in sheet.iter_rows(min_row=5, max_row=4 + block.rows.num_rows, values_only=True)
    ]
    assert values == block.rows["balance_usd"].to_pylist()


def test_notes_and_sources_stand_under_the_rows(book):
    column = [row[0] for row in book["balance-annual"].iter_rows(values_only=True)]
    assert any(str(value).startswith("Source: ") for value in column)
    assert any(str(value).startswith("Recompute: techbalance ") for value in column)


def test_every_source_is_listed_with_its_hash(book, composed):
    files = [row for row in book["Sources"].iter_rows(min_row=5, values_only=True) if row[0]]
    assert files
    assert all(len(row[-1]) == 64 for row in files)


def test_libreoffice_opens_it_and_reads_the_same_figure(made, composed, tmp_path):
    office = shutil.which("soffice") or shutil.which("libreoffice")
    if office is None:
        pytest.skip("LibreOffice is not on this machine")
    (tmp_path / "report.xlsx").write_bytes(made)
    command = [office, f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to"]
    options = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1"
    done = subprocess.run(
        [*command, options, "--outdir", str(tmp_path), str(tmp_path / "report.xlsx")],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    (sheet,) = tmp_path.glob("*balance-annual.csv")
    block = next(one for one in composed.blocks if one.id == "balance-annual")
    largest = max(value for value in block.rows["imports_usd"].to_pylist() if value is not None)
    assert f",{largest}," in sheet.read_text("utf-8")
