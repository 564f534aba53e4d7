"""The report as a workbook: a sheet per table, exact figures, and LibreOffice opens it."""

import csv
import io
import shutil
import subprocess

import openpyxl
import pytest

from techbalance.report.workbook import as_workbook

WRONG_BY = 1000


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


def test_sheets_are_set_up_for_the_screen_and_for_paper(book):
    for sheet in book.worksheets[1:]:
        assert sheet.freeze_panes
        assert sheet.print_title_rows == "$1:$4"
    for sheet in book.worksheets:
        assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
        assert (sheet.sheet_properties.pageSetUpPr.fitToPage, sheet.page_setup.fitToHeight) == (True, 0)


@pytest.fixture(scope="module")
def opened(made, tmp_path_factory):
    """What LibreOffice reads in the workbook as it is, and in one with a wrong balance and no results."""
    office = shutil.which("soffice") or shutil.which("libreoffice")
    if office is None:
        pytest.skip("LibreOffice is not on this machine")
    folder = tmp_path_factory.mktemp("workbook")
    (folder / "report.xlsx").write_bytes(made)
    # openpyxl keeps formulas and drops their results, so that what stands there was worked out anew.
    spoilt = openpyxl.load_workbook(io.BytesIO(made))
    sheet = spoilt["balance-annual"]
    place = [cell.value for cell in sheet[4]].index("balance_usd") + 1
    sheet.cell(5, place).value += WRONG_BY
    spoilt.save(folder / "spoilt.xlsx")
    command = [office, f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to"]
    options = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1"
    files = [str(folder / name) for name in ("report.xlsx", "spoilt.xlsx")]
    done = subprocess.run(
        [*command, options, "--outdir", str(folder), *files],
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return folder


def sums(opened, name):
    rows = csv.reader((opened / f"{name}-Adds up.csv").read_text("utf-8").splitlines()[4:])
    return {(row[0], row[1]): float(row[2]) for row in rows}


def test_libreoffice_opens_it_and_reads_the_same_figure(opened, composed):
    block = next(one for one in composed.blocks if one.id == "balance-annual")
    largest = max(value for value in block.rows["imports_usd"].to_pylist() if value is not None)
    assert f",{largest}," in (opened / "report-balance-annual.csv").read_text("utf-8")


def test_its_formulas_come_to_the_same_figures_when_they_are_worked_out_anew(opened):
    written, anew = sums(opened, "report"), sums(opened, "spoilt")
    assert set(written.values()) == {0.0}
    wrong = {key: off for key, off in anew.items() if off}
    assert list(wrong.values()) == [WRONG_BY]
    assert next(iter(wrong))[0] == "balance-annual"
    assert set(anew) == set(written)
