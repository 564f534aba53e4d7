"""What is asked before the first caller asks? Every kind of question that pages and callers put, once.

What a question costs the first time is finding out how it is run; the next one of its kind, with other years,
partners or groups, runs the same way. How many partners or groups are named makes another kind.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from techbalance.questions.trade_read import all_blocks

if TYPE_CHECKING:
    from collections.abc import Iterator

    from techbalance.store.catalogue import Store

SERIES: Final = ("atp", "goods_census", "goods_bop", "services_bop", "goods_services_bop")
MONTHLY: Final = SERIES[:2]
# One, two and more; and one whose code changed, so that it stands in two places of the record, among them.
SINGLY: Final = ("CHN", "DEU,MEX", "CHN,MEX,TWN")
PARTNERS: Final = (*SINGLY, "ISR", "DEU,ISR", "ISR,MEX", "DEU,FRA,ISR", "DEU,ISR,MEX", "ISR,MEX,TWN")
GROUPS: Final = ("04", "04,07", "01,04,07")
COUNTRIES: Final = ("DEU", "DEU,USA", "CHN,DEU,USA")
YEARS_OF_PRODUCTS: Final = 2


def references(store: Store) -> list[str]:
    """Questions to ask of a store before it takes any, as their references."""
    years = sorted({block.year for block in all_blocks(store)})[-YEARS_OF_PRODUCTS:]
    return [*_of_series(), *_of_countries(), *_of_products(years), *_of_supply(years)]


def _of_series() -> Iterator[str]:
    """What is printed."""
    for name in SERIES:
        yield f"balance?year=2024&series={name}"
        yield f"balance?by=year&year=2002:2007&series={name}"
        yield f"change?from=2003&to=2024&series={name}"
        yield f"change?from=1993&to=2004&series={name}"
    for name in MONTHLY:
        yield f"balance?by=month&year=2024&series={name}"
    yield "trace?what=balance%3Fyear%3D2024"


def _of_countries() -> Iterator[str]:
    """Intellectual property, and countries beside each other."""
    for names in COUNTRIES:
        yield f"ip?country={names}&year=2023"
        yield f"ip?country={names}&year=1999"
        yield f"compare?countries={names}&from=2000&to=2020"
        yield f"compare?countries={names}&from=2012&to=2022"


def _of_products(years: list[int]) -> Iterator[str]:
    """Products, by group and by partner."""
    for year in years:
        for names in PARTNERS:
            yield f"balance?by=group&year={year}&partner={names}"
            yield f"balance?by=product&year={year}&partner={names}&top=10"
            yield f"rank?by=group&flow=import&year={year}&partner={names}"
        for names in GROUPS:
            yield f"balance?by=partner&year={year}&group={names}&top=10"
            yield f"rank?by=partner&flow=import&year={year}&group={names}&top=10"
    for names in GROUPS if years else ():
        yield f"change?by=partner&flow=import&from={years[-1] - 1}&to={years[-1]}&group={names}&top=10"


def _of_supply(years: list[int]) -> Iterator[str]:
    """Who supplies what, and what is without them."""
    for names in GROUPS if years else ():
        for year in years:
            yield f"dependence?level=product&year={year}&group={names}&top=10"
        for partners in SINGLY:
            yield f"stress?without={partners}&group={names}&top=10"
