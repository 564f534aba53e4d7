"""Work behind trade: with an account it adds up, without one nothing is said."""

import numpy as np
import pytest

from techbalance.errors import ModelInputError, NotCoveredError, SchemaError
from techbalance.models.value_added.balance import PublishedTable, balance_table
from techbalance.models.value_added.employment import (
    bound_work,
    employment_account,
    need_account,
    read_employment_csv,
    work_content,
)
from techbalance.models.value_added.industry_mix import IndustryWeights, ProductFlow
from techbalance.models.value_added.leontief import LeontiefSystem, solve_leontief
from techbalance.models.value_added.table import InterCountryTable, Sector, sectors_of

# Sums of a few dozen doubles.
EXACT = 1e-12
KNOWN = IndustryWeights({"i0": (0.5, 0.5), "i1": (0.5, 0.5)})


def everyone(table: InterCountryTable) -> dict[tuple[str, str], float]:
    return {(sector.country, sector.industry): 10.0 + row for row, sector in enumerate(table.sectors)}


def test_without_an_account_the_error_says_what_to_bring(system: LeontiefSystem) -> None:
    with pytest.raises(NotCoveredError, match="country, industry, persons"):
        need_account(None)
    with pytest.raises(NotCoveredError, match="none is held"):
        work_content(system, None)
    with pytest.raises(NotCoveredError, match="none is held"):
        bound_work(system, None, [])


def test_work_in_final_demand_adds_to_the_account(system: LeontiefSystem) -> None:
    table = system.table
    account = employment_account(everyone(table), table)
    work = work_content(system, account)
    assert work.countries == table.countries
    assert work.absorbed.sum(axis=1) == pytest.approx(table.by_country(account.persons), rel=EXACT)


def test_work_per_unit_of_output_when_it_is_value_added(system: LeontiefSystem) -> None:
    table = system.table
    persons = {
        (sector.country, sector.industry): float(table.value_added[row])
        for row, sector in enumerate(table.sectors)
    }
    work = work_content(system, employment_account(persons, table))
    assert work.multipliers == pytest.approx(system.multipliers, rel=EXACT)


def test_an_account_may_cover_some_countries(system: LeontiefSystem) -> None:
    table = system.table
    some = {key: value for key, value in everyone(table).items() if key[0] in {"C00", "C02"}}
    work = work_content(system, employment_account(some, table))
    full = work_content(system, employment_account(everyone(table), table))
    assert work.countries == ("C00", "C02")
    assert work.multipliers == pytest.approx(full.multipliers[[0, 2]], rel=EXACT)


def test_work_in_trade_and_what_imports_replace(system: LeontiefSystem) -> None:
    table = system.table
    work = work_content(system, employment_account(everyone(table), table))
    flows = [ProductFlow("export", "C01", 40, KNOWN), ProductFlow("import", "C01", 100, KNOWN)]
    bounds = bound_work(system, employment_account(everyone(table), table), flows, home="C00")
    sold = 40 * work.multipliers[0, :2].mean()
    made = 100 * work.multipliers[:, 3:5].mean(axis=1)
    replaced = 100 * work.multipliers[0, :2].mean()
    assert bounds.content("export", origin="C00").low == pytest.approx(sold)
    assert [bounds.content("import", origin=c).low for c in table.countries] == pytest.approx(made.tolist())
    assert bounds.replaced == (pytest.approx(replaced), pytest.approx(replaced))
    assert bounds.balance().low == pytest.approx(sold - replaced)


def test_unknown_shares_make_an_interval(system: LeontiefSystem) -> None:
    loose = IndustryWeights.unknown(["i0", "i1", "i2"])
    account = employment_account(everyone(system.table), system.table)
    bounds = bound_work(
        system,
        account,
        [ProductFlow("import", "C01", 100, loose), ProductFlow("export", "C01", 100, loose)],
        home="C00",
    )
    low, high = bounds.balance()
    assert low < 0 < high
    assert low == pytest.approx(-high), "the same goods both ways leave a balance around zero"


def test_home_must_be_covered(system: LeontiefSystem) -> None:
    some = {key: value for key, value in everyone(system.table).items() if key[0] == "C01"}
    with pytest.raises(NotCoveredError, match=r"does not cover C00 .*it covers C01"):
        bound_work(system, employment_account(some, system.table), [], home="C00")


def test_persons_of_a_sector_without_output_are_set_apart() -> None:
    flows, final = np.zeros((2, 2)), np.array([[8.0, 2.0], [0.0, 0.0]])
    table = balance_table(
        PublishedTable("idle", "units", sectors_of(["A", "B"], ["x"]), flows, final, np.array([10.0, 0.0]))
    )
    account = employment_account({("A", "x"): 5.0, ("B", "x"): 3.0}, table)
    assert account.unattributed == {"B.x": 3.0}
    assert work_content(solve_leontief(table), account).absorbed.sum() == pytest.approx(5.0)
    assert employment_account({("A", "x"): 5.0}, table).countries == ("A",)


def test_a_file_is_read_by_its_header(system: LeontiefSystem) -> None:
    lines = [f"{c},{i},{p}" for (c, i), p in everyone(system.table).items()]
    data = "\n".join(["country,industry,persons", *lines]).encode()
    read = read_employment_csv(data, system.table)
    assert read.persons == pytest.approx(employment_account(everyone(system.table), system.table).persons)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("country,industry\nC00,i0", "lacks persons"),
        ("", "lacks country, industry, persons"),
        ("country,industry,persons\nC00,i0,many", r"persons is 'many', not a number \(line 2\)"),
        ("country,industry,persons\nC00,i0,1\nC00,i0,2", r"C00\.i0 is given twice \(line 3\)"),
        ("country,industry,persons\nC00,i0", "persons is None"),
    ],
)
def test_a_wrong_file_is_refused_by_line(system: LeontiefSystem, text: str, told: str) -> None:
    with pytest.raises(SchemaError, match=told):
        read_employment_csv(text.encode(), system.table)


def test_an_account_must_fit_the_table(system: LeontiefSystem) -> None:
    table = system.table
    full = everyone(table)
    with pytest.raises(ModelInputError, match=r"no persons are given for C03\.i2"):
        employment_account({key: value for key, value in full.items() if key != ("C03", "i2")}, table)
    with pytest.raises(ModelInputError, match=r"has no sector C00\.i9"):
        employment_account(full | {("C00", "i9"): 1.0}, table)
    with pytest.raises(ModelInputError, match=r"has no sector C09\.i0"):
        employment_account(full | {("C09", "i0"): 1.0}, table)
    with pytest.raises(ModelInputError, match=r"persons of C01\.i1 is -1"):
        employment_account(full | {("C01", "i1"): -1.0}, table)


def test_a_split_industry_has_no_single_count_of_persons() -> None:
    sectors = (Sector("USA", "26"), Sector("CHN", "26", "CN1"), Sector("CHN", "26", "CN2"))
    final = np.array([[10.0, 0.0], [0.0, 10.0], [10.0, 0.0]])
    table = balance_table(
        PublishedTable("split", "units", sectors, np.zeros((3, 3)), final, final.sum(axis=1))
    )
    with pytest.raises(ModelInputError, match=r"splits CHN\.26"):
        employment_account({("USA", "26"): 1.0, ("CHN", "26"): 5.0}, table)
