"""Every shipped statement, judged on the figures the official record holds for it.

The figures are those of the vintages of the record (Census Bureau, foreign-trade/balance; BEA; World Bank,
WDI), typed in here so that the test needs no other room; the last tests compare them with the source files.
Expected verdicts: the catalogue of the two articles, column "today".
"""

import csv
import datetime as dt
from dataclasses import replace

import pytest

from techbalance.claims.figures import Evidence, Figure, LaterRecord, Route
from techbalance.claims.judge import judge
from techbalance.claims.load import shipped
from techbalance.claims.weigh import weigh

V2017, V2023, V2024 = dt.date(2017, 1, 31), dt.date(2023, 3, 31), dt.date(2024, 8, 31)
V2025, V2026 = dt.date(2025, 4, 30), dt.date(2026, 10, 31)
WDI = (dt.date(2025, 12, 17), dt.date(2026, 4, 1), dt.date(2026, 5, 1), dt.date(2026, 7, 1))

M = 1_000_000
# ATP balance in millions of dollars, the same in the vintages of 2017-01, 2023-03 and 2024-08.
BALANCE = {
    1989: 27_630.4, 1990: 35_262.8, 1991: 38_389.3, 1992: 35_219.8, 1993: 27_123.5, 1994: 22_626.8,
    1995: 13_694.4, 1996: 24_547.0, 1997: 32_254.0, 1998: 29_695.0, 1999: 19_098.0, 2000: 5_313.0,
    2001: 4_451.0, 2002: -16_584.0, 2003: -26_823.0, 2004: -36_715.0, 2005: -42_918.0, 2006: -43_689.0,
    2007: -61_934.0, 2008: -61_021.0, 2009: -56_184.0, 2010: -80_942.4,
}  # fmt: skip
FIRST_2024, NEWEST_2024, NEWEST_2025 = -298_948.2, -294_429.4, -414_715.0
# Total deficits in millions of dollars, vintage 2026-10.
TOTAL = {
    "goods_census": {2002: -468_265.0, 2003: -532_350.3, 2004: -654_830.3, 2005: -772_372.2,
                     2006: -827_970.5, 2007: -808_762.3, 2009: -503_581.8},
    "goods_bop": {2002: -475_244.0, 2007: -821_198.0},
    "goods_services_bop": {2002: -420_665.0, 2007: -710_998.0},
}  # fmt: skip
IP = {  # receipts and payments of 2023, dollars
    "USA": ((148_205_000_000, 52_601_000_000),) * 4,
    "DEU": ((48_110_047_045, 24_678_660_541),) * 3 + ((48_045_449_714, 24_642_034_253),),
    "CHN": ((10_912_589_834, 42_727_512_988),) * 4,
}
EXPORTS = {2002: 178_566.0, 2006: 247_071.0, 2007: 264_875.0}
IMPORTS = {2002: 195_150.0, 2006: 290_760.0, 2007: 326_809.0}
GROUP_ROUTES = (
    Route("census_hitech", 2013, None, verified=True, command="techbalance fetch census_hitech"),
    Route("ft900_exhibits", 1994, None),
)


def usd(millions):
    return round(millions * M)


def series(vintage):
    """ATP balances up to 2024 as they stood in a vintage; no year from 2011 to 2023 is as low as 2024."""
    values = dict(BALANCE)
    if vintage in (V2025, V2026):
        values[2024] = FIRST_2024 if vintage == V2025 else NEWEST_2024
    return values


def of_old_years(value, unit, **more):
    days = (V2017, V2023, V2024)
    return tuple(Figure(value, unit, day, newest=day == V2024, **more) for day in days)


def sign(first, last):
    signs = {1 if BALANCE[year] > 0 else -1 for year in range(first, last + 1)}
    return of_old_years(signs.pop() if len(signs) == 1 else 0, "sign")


def record_2007():
    lowest = min(range(1989, 2008), key=BALANCE.get)
    return of_old_years(lowest, "year")


def record_2024():
    records = []
    for day in (V2025, V2026):
        balances = series(day)
        records.append(Figure(min(balances, key=balances.get), "year", day, newest=day == V2026))
    return tuple(records)


def ratio(year, basis):
    return BALANCE[year] / TOTAL[basis][year]


def ratios(year):
    return tuple(
        Figure(ratio(year, basis), "ratio", day, basis, V2026, newest=day == V2024)
        for basis in TOTAL
        for day in (V2017, V2023, V2024)
    )


def ratio_records():
    records = []
    for basis, years in TOTAL.items():
        ratios_to_2007 = {year: ratio(year, basis) for year in years if year <= 2007}
        highest = max(ratios_to_2007, key=ratios_to_2007.get)
        records.append(Figure(highest, "year", V2024, basis, V2026, newest=True))
    return tuple(records)


def ip_figures(measure):
    return tuple(Figure(measure(number), "usd", day, newest=day == WDI[-1]) for number, day in enumerate(WDI))


def not_held(unit):
    return (
        Figure(None, unit, note="not_covered", detail="ATP by partner and group is held for 2024 and 2025"),
    )


def change_1995_2024():
    return tuple(
        Figure(usd(late) - usd(BALANCE[1995]), "usd", day, newest=day == V2026)
        for late, day in ((FIRST_2024, V2025), (NEWEST_2024, V2026))
    )


def level(value):
    return of_old_years(usd(value), "usd")


FIGURES = {
    "CAP01": lambda: sign(1989, 2001),
    "CAP02": lambda: sign(2002, 2007),
    "CAP03": record_2007,
    "CAP04": ratio_records,
    "CAP05": lambda: ratios(2002),
    "CAP06": lambda: ratios(2007),
    **{f"CAP{n:02}": lambda: not_held("usd") for n in (7, 8, 9, 12)},
    **{f"CAP{n:02}": lambda: not_held("rank") for n in (10, 15)},
    **{f"CAP{n:02}": lambda: not_held("ratio") for n in (13, 14)},
    "CAP11": lambda: not_held("yes_no"),
    "CAP16": lambda: not_held("order"),
    "INN01": lambda: level(BALANCE[1995]),
    "INN02": lambda: (
        Figure(usd(FIRST_2024), "usd", V2025),
        Figure(usd(NEWEST_2024), "usd", V2026, newest=True),
    ),
    "INN03": record_2024,
    "INN04": lambda: ip_figures(lambda n: IP["USA"][n][0]),
    "INN05": lambda: ip_figures(lambda n: IP["DEU"][n][0]),
    "INN06": lambda: tuple(
        replace(one, unit="ratio", value=IP["USA"][n][0] / IP["DEU"][n][0])
        for n, one in enumerate(ip_figures(lambda n: 0))
    ),
    "INN07": lambda: ip_figures(lambda n: IP["CHN"][n][0] - IP["CHN"][n][1]),
    "INN08": lambda: ip_figures(lambda n: IP["USA"][n][0] - IP["USA"][n][1]),
    "INN11": change_1995_2024,
}
LATER = {
    "CAP03": (LaterRecord(2010, usd(BALANCE[2010]), "usd", V2024),),
    "CAP04": (LaterRecord(2009, ratio(2009, "goods_census"), "ratio", V2024, "goods_census"),),
    "INN03": (LaterRecord(2025, usd(NEWEST_2025), "usd", V2026),),
}  # fmt: skip
TESTS = {
    "ATP deficit, growth 2002 to 2007": lambda: of_old_years(BALANCE[2007] / BALANCE[2002] - 1, "ratio"),
    "ratio of the ATP deficit to the trade deficit, change 2002 to 2007": lambda: tuple(
        Figure(ratio(2007, basis) - ratio(2002, basis), "ratio", V2024, basis, V2026, newest=True)
        for basis in TOTAL
    ),
    "ATP exports, growth 2006 to 2007": lambda: of_old_years(EXPORTS[2007] / EXPORTS[2006] - 1, "ratio"),
    "ATP imports, growth 2006 to 2007": lambda: of_old_years(IMPORTS[2007] / IMPORTS[2006] - 1, "ratio"),
    "change of the seven groups not named, 2002 to 2007": lambda: of_old_years(
        usd(BALANCE[2007] - BALANCE[2002]) + 76_200 * M, "usd"
    ),
    "years from 1995 to 2024": lambda: (Figure(2024 - 1995, "years", newest=True),),
}


def judged(claim_id):
    for file in shipped():
        for claim in file.claims:
            if claim.id == claim_id:
                outcomes = tuple(weigh(test, TESTS.get(test.name, tuple)()) for test in claim.tests)
                evidence = Evidence(
                    FIGURES.get(claim_id, tuple)(), GROUP_ROUTES, LATER.get(claim_id, ()), outcomes
                )
                return judge(claim, evidence, published=file.article.published_until)
    raise KeyError(claim_id)


EXPECTED = {
    "CAP01": ("reproduced", "bound"),
    "CAP02": ("reproduced", "bound"),
    "CAP03": ("reproduced", "exact"),
    "CAP04": ("reproduced", "exact"),
    "CAP05": ("reproduced", "bound"),
    "CAP06": ("reproduced", "bound"),
    **{f"CAP{n:02}": ("not-covered", None) for n in range(7, 17)},
    **{f"CAP{n}": ("interpretation", None) for n in range(17, 21)},
    "INN01": ("reproduced", "truncated"),
    "INN02": ("differs", None),
    "INN03": ("reproduced", "exact"),
    "INN04": ("differs", None),
    "INN05": ("reproduced", "rounded"),
    "INN06": ("reproduced", "rounded"),
    "INN07": ("differs", None),
    "INN08": ("reproduced", "bound"),
    "INN09": ("interpretation", None),
    "INN10": ("interpretation", None),
    "INN11": ("reproduced", "rounded"),
    "INN12": ("interpretation", None),
    "INN13": ("interpretation", None),
}


@pytest.mark.parametrize("claim_id", EXPECTED)
def test_verdict_and_comparison(claim_id):
    found = judged(claim_id)
    assert (found.verdict, found.comparison) == EXPECTED[claim_id], found.reason


def test_every_statement_has_an_expected_verdict():
    assert [claim.id for file in shipped() for claim in file.claims] == list(EXPECTED)


def test_shares_of_the_trade_deficit_are_shown_on_every_denominator():
    assert judged("CAP05").recomputed == (
        "3.54 % (goods_census), 3.49 % (goods_bop), 3.94 % (goods_services_bop)"
    )
    assert judged("CAP06").recomputed == (
        "7.66 % (goods_census), 7.54 % (goods_bop), 8.71 % (goods_services_bop)"
    )
    for claim_id in ("CAP04", "CAP05", "CAP06"):
        assert judged(claim_id).basis == "goods_census, goods_bop, goods_services_bop"


def test_six_deficits_where_five_are_said():
    assert "six annual deficits" in judged("CAP02").reason


def test_297_is_bracketed_by_its_two_vintages():
    found = judged("INN02")
    assert found.bracketed_by == "2025-04-30 (−$298.9bn) and 2026-10-31 (−$294.4bn)"
    assert found.recomputed == "−$294.4bn"


def test_2024_was_the_record_when_it_was_said():
    found = judged("INN03")
    assert found.vintage == V2025
    assert found.superseded_by == "2025 (−$414.7bn, vintage 2026-10-31)"


def test_intellectual_property():
    assert judged("INN04").recomputed == "$148.2bn"
    assert judged("INN05").recomputed == "$48.0bn"
    assert judged("INN06").recomputed == "3.08"
    assert judged("INN07").recomputed == "−$31.8bn"
    for claim_id in ("INN04", "INN07"):
        found = judged(claim_id)
        assert found.bracketed_by == ""
        for day in WDI:
            assert day.isoformat() in found.reason


def test_the_change_holds_on_both_vintages():
    found = judged("INN11")
    assert found.recomputed == "−$308.1bn"
    assert "other vintages differ" not in found.reason


@pytest.mark.parametrize(
    "claim_id", [name for name, (verdict, _) in EXPECTED.items() if verdict == "not-covered"]
)
def test_what_is_not_covered_names_only_a_source_that_covers_2002_and_2007(claim_id):
    reason = judged(claim_id).reason
    assert "ft900_exhibits" in reason
    assert "census_hitech" not in reason


def test_the_seven_other_groups_improved():
    (rest, groups) = judged("CAP19").outcomes
    assert (rest.status, rest.text) == ("contradicts", "$30.8bn")
    assert groups.status == "not covered"


def test_three_decades_are_29_years():
    found = judged("INN12")
    assert (found.stated, found.recomputed) == ("three decades", "29 years")


# --- the figures above are those of the source files -------------------------------------------------------


def rows(path):
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def test_balances_are_those_of_the_source(shared_data):
    published = {}
    for row in rows(shared_data / "headline" / "atp_total_annual_vintages.csv"):
        published[int(row["year"]), row["vintage"][:7]] = float(row["balance_musd"])
    for year, balance in BALANCE.items():
        assert {published[year, day] for day in ("2017-01", "2023-03", "2024-08")} == {balance}
    assert published[2024, "2025-04"] == FIRST_2024
    assert published[2024, "2026-10"] == NEWEST_2024
    assert published[2025, "2026-10"] == NEWEST_2025
    assert min(value for (year, _), value in published.items() if 2011 <= year <= 2023) > NEWEST_2024


def test_total_deficits_are_those_of_the_source(shared_data):
    published = {
        ("goods_census", int(row["year"])): float(row["value_usd"]) / M
        for row in rows(shared_data / "headline" / "goods_total_annual.csv")
        if row["flow"] == "balance" and row["basis"].endswith("NSA")
    }
    for row in rows(shared_data / "headline" / "bop_goods_services_annual.csv"):
        if row["flow"] == "balance":
            published[f"{row['scope']}_bop", int(row["year"])] = float(row["value_usd"]) / M
    for basis, years in TOTAL.items():
        for year, balance in years.items():
            assert published[basis, year] == balance


def test_ip_charges_are_those_of_the_source(shared_data):
    published = {
        (row["iso3"], row["vintage"], row["flow"]): round(float(row["value"]))
        for row in rows(shared_data / "ip" / "ip_charges_vintages.csv")
        if row["year"] == "2023" and row["iso3"] in IP
    }
    assert {day for _, day, _ in published} == {day.isoformat() for day in WDI}
    for country, pairs in IP.items():
        for day, (receipts, payments) in zip(WDI, pairs, strict=True):
            assert published[country, day.isoformat(), "receipts"] == receipts
            assert published[country, day.isoformat(), "payments"] == payments


def test_flows_are_those_of_the_source(shared_data):
    sums = {}
    for row in rows(shared_data / "headline" / "atp_total_monthly.csv"):
        key = (row["flow"], int(row["year"]))
        sums[key] = sums.get(key, 0) + int(row["value_usd"])
    for flow, years in (("export", EXPORTS), ("import", IMPORTS)):
        for year, value in years.items():
            assert sums[flow, year] == usd(value)
