"""Panels made so that the answer is known before it is asked."""

import csv

import pytest

YEARS = (2015, 2024)
# What climbers are like: unit value and quantity of each of ten-digit products in the first and last year.
# AAA moves from the cheapest to the dearest supplier in every product and enters one; BBB does the reverse.
PRODUCTS = tuple(f"85423100{place:02d}" for place in range(8))


def rows():
    found = []
    for place, product in enumerate(PRODUCTS):
        for at, year in enumerate(YEARS):
            values = {"AAA": (5, 40)[at], "BBB": (20, 8)[at], "CCC": 10, "DDD": 12}
            quantities = {"AAA": 100 + place, "BBB": 50, "CCC": 80, "DDD": 90}
            for seller, unit_value in values.items():
                # AAA enters the last product, and leaves the first.
                if seller == "AAA" and ((place == 7 and at == 0) or (place == 0 and at == 1)):
                    continue
                # Nobody sold the second product before: a code that began is no entry.
                if place == 1 and at == 0:
                    continue
                quantity = quantities[seller]
                found.append((year, seller, "USA", product, unit_value * quantity, quantity, "no"))
        # What the United States sells to AAA: twice as dear as what it buys, then half as dear.
        for at, year in enumerate(YEARS):
            found.append((year, "USA", "AAA", product, (10, 20)[at] * 50, 50, "no"))
    return found


@pytest.fixture(scope="session")
def climbing(tmp_path_factory):
    """A ten-digit panel of imports of the United States with quantities, and a known climb."""
    path = tmp_path_factory.mktemp("climbing") / "trade.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["year", "exporter", "importer", "product", "value_usd", "quantity", "unit"])
        writer.writerows(rows())
    return path


@pytest.fixture(scope="session")
def incomes(tmp_path_factory):
    """Incomes per head of the panel's countries."""
    path = tmp_path_factory.mktemp("incomes") / "incomes.csv"
    path.write_text("country,income\nAAA,5000\nBBB,40000\nCCC,20000\nDDD,30000\n", "utf-8")
    return path


@pytest.fixture(scope="session")
def world(tmp_path_factory):
    """The worked matrix of METHODS C and the regular one of C3, each a year."""
    path = tmp_path_factory.mktemp("world") / "world.csv"
    degenerate = [
        [50, 30, 5, 1, 20],
        [10, 40, 30, 2, 5],
        [1, 5, 60, 40, 3],
        [0, 2, 10, 50, 30],
        [20, 0, 8, 9, 40],
    ]
    regular = [
        *([60, 40, 30, 20, 10, 0], [50, 5, 25, 1, 12, 2], [30, 0, 0, 15, 2, 60], [0, 0, 5, 3, 40, 90]),
        [20, 30, 0, 10, 10, 30],
    ]
    with path.open("w", encoding="utf-8") as file:
        file.write("year,country,product,value_usd\n")
        for year, matrix in ((2020, degenerate), (2021, regular)):
            for country, row in zip("ABCDE", matrix, strict=True):
                for place, value in enumerate(row, start=1):
                    file.write(f"{year},{country},p{place},{value}\n")
    return path
