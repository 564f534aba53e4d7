"""Tables of trade of any shape come out in one form, nothing counted twice; bad ones are refused whole."""

import gzip

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from techbalance.errors import NotCoveredError, SchemaError
from techbalance.store.trade_tables import open_trade_table

FLOWS = "year,exporter,importer,product,value_usd"


@pytest.fixture
def opened(tb, tmp_path):
    def put(text, name="trade.csv", **given):
        path = tmp_path / name
        path.write_bytes(gzip.compress(text.encode()) if name.endswith(".gz") else text.encode())
        table = open_trade_table(tb.store, str(path), **given)
        rows = tb.store.fetch(table.rows).to_pylist()
        return table, sorted(rows, key=lambda row: str(sorted(row.items(), key=str)))

    return put


def told(rows, *names):
    return sorted(tuple(row[name] for name in names) for row in rows)


def test_own_shape_with_quantities(opened):
    table, rows = opened(f"{FLOWS},quantity,unit\n2024,VNM,USA,0101,10,2,no\n2024,CHN,USA,0101,30,0,no\n")
    assert (table.shape, table.digits) == ("flows", 4)
    assert told(rows, "exporter", "value_usd", "unit") == [("CHN", 30.0, "no"), ("VNM", 10.0, "no")]
    # A quantity of zero is none.
    assert {row["exporter"]: row["quantity"] for row in rows} == {"VNM": 2.0, "CHN": None}


@pytest.mark.parametrize("head", ["country", "reporter", "exporter"])
def test_a_table_without_buyers(opened, head):
    table, rows = opened(f"year,{head},product,value_usd\n2024,VNM,0101,10\n", "trade.csv.gz")
    assert table.shape == "sellers"
    assert told(rows, "exporter", "importer", "product") == [("VNM", None, "0101")]


def test_parquet_with_numbers(tb, tmp_path):
    path = tmp_path / "trade.parquet"
    columns = {"year": [2024], "country": ["VNM"], "product": ["010100"], "value_usd": [2**53]}
    pq.write_table(pa.table(columns), path)
    table = open_trade_table(tb.store, str(path))
    assert tb.store.fetch(table.rows)["value_usd"].to_pylist() == [float(2**53)]


COMTRADE = "refYear,reporterISO,partnerISO,flowCode,cmdCode,primaryValue,qty,qtyUnitAbbr,customsCode"


def test_comtrade_totals_levels_and_splits_are_not_counted_twice(opened):
    table, rows = opened(
        f"{COMTRADE}\n"
        "2024,USA,W00,M,010121,100,5,u,C00\n"
        "2024,USA,CHN,M,010121,60,3,u,C00\n"
        "2024,USA,CHN,M,010121,20,1,u,C01\n"
        "2024,USA,VNM,M,010121,40,2,N/A,C00\n"
        "2024,USA,CHN,M,01,60,,N/A,C00\n"
        "2024,USA,CHN,M,TOTAL,60,,N/A,C00\n"
        "2024,USA,CHN,X,010121,7,1,u,C00\n"
        "2024,USA,CHN,RX,010121,3,1,u,C00\n"
    )
    assert (table.shape, table.digits) == ("comtrade", 6)
    assert told(rows, "exporter", "importer", "side", "value_usd") == [
        ("CHN", "USA", "import", 60.0),
        ("USA", "CHN", "export", 7.0),
        ("VNM", "USA", "import", 40.0),
    ]
    assert {row["exporter"]: row["quantity"] for row in rows}["VNM"] is None
    assert any("shorter codes" in note for note in table.notes)
    assert any("Rows of the world" in note for note in table.notes)


def test_a_total_that_stands_alone_is_kept(opened):
    _, rows = opened(f"{COMTRADE}\n2024,VNM,W00,X,010121,100,5,u,C00\n")
    assert told(rows, "exporter", "value_usd") == [("VNM", 100.0)]


def test_baci_with_its_country_codes(opened, tmp_path):
    (tmp_path / "country_codes_V1.csv").write_text("country_code,country_iso3\n704,VNM\n842,USA\n", "utf-8")
    table, rows = opened("t,i,j,k,v,q\n2024,704,842,10121,1.5,0.25\n2024,156,842,10121,2,NA\n")
    assert table.shape == "baci"
    # Thousands of dollars, tonnes, six digits; a country the file lacks keeps its number.
    assert told(rows, "exporter", "importer", "product", "value_usd") == [
        ("156", "USA", "010121", 2000.0),
        ("VNM", "USA", "010121", 1500.0),
    ]
    assert {row["exporter"]: row["quantity"] for row in rows} == {"VNM": 0.25, "156": None}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (f"{FLOWS}\n", "has no rows"),
        (f"{FLOWS}\n2024,A,B,0101,x\n", "no value_usd that can be read"),
        (f"{FLOWS}\n,A,B,0101,1\n", "no year that can be read"),
        (f"{FLOWS}\n2024,,B,0101,1\n", "no exporter that can be read"),
        (f"{FLOWS}\n2024,A,B,,1\n", "no product that can be read"),
        (f"{FLOWS}\n2024,A,B,0101,-1\n", "below zero"),
        (f"{FLOWS}\n2024,A,B,0101,nan\n", "no value_usd that can be read"),
        (f"{FLOWS}\n2024,A,B,0101,1\n2024,A,B,0101,1\n", "twice, word for word"),
        (f"{FLOWS}\n2024,A,B,0101,1\n2024,A,B,01,1\n", "totals stand beside their parts"),
        ("year,seller,product,value_usd\n2024,A,0101,1\n", "lacks the column"),
        ("a,b\n1,2\n", "lacks the column"),
    ],
)
def test_what_cannot_be_right_is_refused_whole(opened, text, words):
    with pytest.raises(SchemaError, match=words):
        opened(text)


def test_a_file_that_is_not_there_or_of_another_kind(tb, opened):
    with pytest.raises(NotCoveredError, match="no table of trade"):
        open_trade_table(tb.store, "nowhere.parquet")
    with pytest.raises(SchemaError, match="Parquet or a CSV"):
        opened("x", "trade.txt")
    with pytest.raises(SchemaError, match="cannot be read"):
        opened("this is no parquet", "trade.parquet")
    with pytest.raises(NotCoveredError, match="country codes"):
        opened("t,i,j,k,v,q\n2024,704,842,10121,1.5,0.25\n", country_codes="nowhere.csv")
