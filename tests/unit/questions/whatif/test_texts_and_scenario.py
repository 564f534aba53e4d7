"""Rates, ranges and scenarios: one text form, refusals by name, and a file that reads back as written."""

import pytest

from techbalance.errors import ParameterError, SchemaError, TechbalanceError, UnknownCodeError
from techbalance.questions.parameters.whatif import SubsidyParams, TariffParams
from techbalance.questions.parameters.whatif_scenario import Assumptions, Scenario, Shock
from techbalance.questions.parameters.whatif_texts import BaseRate, Rate, Span
from techbalance.questions.whatif.reading import load_scenario, read_scenario

TARIFF = {"kind": "tariff", "partner": "CHN", "rate": "25%"}


@pytest.mark.parametrize(
    ("given", "value"),
    [("0.25", 0.25), ("25%", 0.25), ("25 %", 0.25), (0.25, 0.25), ("\u22125%", -0.05), ("1e3%", 10)],
)
def test_rates(given, value):
    assert Rate.parse(given).value == value
    assert Rate.parse(str(Rate.parse(given))) == Rate.parse(given)


@pytest.mark.parametrize("given", ["", "abc", "25%%", "nan", "inf"])
def test_what_is_no_rate_is_refused(given):
    with pytest.raises(ParameterError, match="is not a rate"):
        Rate.parse(given)


def test_percent_without_its_sign_is_not_taken_for_a_rate():
    with pytest.raises(ParameterError, match=r"2,500 %.*Write 25%"):
        Rate.parse("25")
    assert Rate.parse("2500%").value == 25


@pytest.mark.parametrize(
    ("given", "low", "central", "high"),
    [
        ("2:6:14", 2, 6, 14),
        ("2:14", 2, None, 14),
        ("4", 4, 4, 4),
        ("2:inf", 2, None, float("inf")),
        ((1, 2), 1, None, 2),
    ],
)
def test_spans(given, low, central, high):
    span = Span.parse(given)
    assert (span.low, span.central, span.high) == (low, central, high)
    assert Span.parse(str(span)) == span


def test_a_span_out_of_order_is_refused_with_the_right_order():
    with pytest.raises(ParameterError, match="Write 2:6"):
        Span.parse("6:2")


def test_where_a_tariff_starts_from():
    assert BaseRate.parse("base").rate is None
    assert BaseRate.parse("2%").rate == Rate(0.02)


@pytest.mark.parametrize(
    ("shock", "field"),
    [
        ({"kind": "tariff"}, "rate"),
        ({**TARIFF, "add": "5%"}, "rate and add"),
        ({"kind": "tariff", "rate": "-100%"}, "rate"),
        ({"kind": "tariff", "add": "-1"}, "add"),
        ({"kind": "tariff", "rate": "5%", "from_rate": "-100%"}, "from_rate"),
        ({"kind": "trade-cost"}, "change"),
        ({"kind": "trade-cost", "change": "-100%"}, "change"),
        ({"kind": "quota"}, "keep"),
        ({"kind": "quota", "keep": "0"}, "keep"),
        ({"kind": "subsidy", "rate": "5%", "partner": "CHN"}, "partner"),
        ({"kind": "subsidy", "rate": "-1"}, "rate"),
        ({"kind": "productivity", "change": "5%"}, "country"),
        ({"kind": "published", "name": "brexit"}, "name"),
        ({**TARIFF, "keep": "0.5"}, "keep"),
        ({"kind": "tariff", "schedule": "x.csv", "partner": "CHN"}, "schedule"),
        ({**TARIFF, "list": "x.csv", "group": "05"}, "group"),
    ],
)
def test_a_shock_that_makes_no_sense_is_refused_by_field(shock, field):
    with pytest.raises(ParameterError, match=f"^{field}:"):
        Shock(**shock)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("sigma", "-1:4"),
        ("supply", "-1:4"),
        ("home_supply", "-1"),
        ("demand", "-1:0"),
        ("theta", "0:4"),
        ("theta", "4:inf"),
        ("domestic_share", "0:1"),
        ("domestic_share", "-0.1:0.5"),
    ],
)
def test_assumptions_out_of_range_are_refused_by_name(name, value):
    with pytest.raises(ParameterError, match=f"^{name}:"):
        Assumptions(**{name: value})


def test_sigma_and_sources_are_one_too_many():
    with pytest.raises(ParameterError, match="sigma and elasticities"):
        Assumptions(sigma="4", sources="protee")


def test_a_closure_of_a_model_that_is_not_asked_for_is_refused():
    with pytest.raises(ParameterError, match=r"^deficit: kept belongs to none"):
        TariffParams.read({"partner": "CHN", "rate": "25%", "model": "partial,one-sector", "deficit": "kept"})
    params = TariffParams.read({"rate": "25%", "deficit": "removed,kept"})
    assert params.scenario().closure.one_sector.names == ("removed",)
    assert params.scenario().closure.multi_sector.names == ("removed", "kept")


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"model": "partial", "theta": "4"}, "^theta: no model asked for takes it"),
        ({"model": "one-sector", "sigma": "4"}, "^sigma: no model asked for takes it"),
        ({"model": "one-sector", "domestic_share": "0.5"}, "^domestic_share: no model"),
        ({"model": "partial", "by": "sector"}, "^by: no model asked for has figures by sector"),
        ({"draws": 0, "tornado": "welfare"}, "^tornado: nothing is drawn"),
        ({"model": "all,partial"}, "^model: all is every model"),
    ],
)
def test_an_option_that_could_not_act_is_refused(given, says):
    with pytest.raises(ParameterError, match=says):
        TariffParams.read({"rate": "25%", **given})


def test_a_subsidy_needs_a_rate_or_capacity():
    with pytest.raises(ParameterError, match="rate and capacity"):
        SubsidyParams.read({"group": "05"})
    kinds = [one.kind for one in SubsidyParams.read({"rate": "5%", "capacity": "20%"}).scenario().shock]
    assert kinds == ["subsidy", "capacity"]


def test_the_file_written_is_no_part_of_the_question():
    given = {"partner": "CHN", "rate": "25%"}
    assert TariffParams.read({**given, "write": "x.toml"}).texts() == TariffParams.read(given).texts()


SCENARIOS = [
    Scenario(shock=(Shock(**TARIFF),)),
    Scenario(
        title='a "quoted" title \u2013 with a dash',
        year=2024,
        as_of="2026-10",
        models="partial,one-sector",
        draws=7,
        seed=0,
        shock=(
            Shock(
                kind="tariff", partner=["Korea, South", "CHN"], product="8541,8542", add="10%", from_rate="1%"
            ),
            Shock(kind="tariff", importer="CHN", partner="USA", rate="5000%"),
            Shock(kind="quota", group="05", keep="0.5", rent_to="exporter"),
            Shock(kind="capacity", product="8542", change="20%"),
        ),
        closure={"one_sector": "removed"},
        assumptions={"sigma": "2:4:9", "supply": "3:inf", "domestic_share": "0.2:0.4"},
    ),
]


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_a_scenario_reads_back_as_it_was_written(scenario):
    assert read_scenario(scenario.to_toml(), "s.toml") == scenario


@pytest.mark.parametrize("name", ["nafta", "eu-enlargement"])
def test_published_exercises_ship(name):
    scenario = load_scenario(name)
    assert scenario.shock[0].name == name
    assert scenario.draws == 0


HEAD = '[[shock]]\nkind = "tariff"\nrate = 0.25\n'


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("yaer = 2024\n" + HEAD, r"yaer: unknown key \(s.toml, line 1\). Did you mean 'year'"),
        ("", "shock: nothing changes"),
        ("shock = 3\n", r"shock: found one table \(s.toml, line 1\)"),
        (
            '[[shock]]\nkind = "tarif"\nrate = 1\n',
            r"shock\[1\].kind: found 'tarif' \(s.toml, line 2\).*mean 'tariff'",
        ),
        (HEAD + HEAD.replace("0.25", "-1"), r"shock\[2\].rate: must be above -1.*line 6"),
        (
            HEAD + "partnr = 'CHN'\n",
            r"shock\[1\].partnr: unknown key \(s.toml, line 4\). Did you mean 'partner'",
        ),
        (HEAD + "group = '11'\n", r"shock\[1\].group: unknown group '11' \(s.toml, line 4\)"),
        (HEAD + "[assumptions]\ntheta = 0\n", r"assumptions.theta: must be above 0.*line 5"),
        (HEAD + "[closure]\none_sector = 'kept'\n", r"closure.one_sector: unknown key 'kept'.*line 5"),
        ("draws = -1\n" + HEAD, r"draws: found -1 \(s.toml, line 1\)"),
        ("assumptions = 3\n" + HEAD, r"assumptions: found 3 \(s.toml, line 1\)"),
        ("not toml", r"the file is not TOML \(s.toml"),
    ],
)
def test_a_file_that_does_not_fit_is_refused_with_line_and_key(text, says):
    with pytest.raises(SchemaError, match=says):
        read_scenario(text, "s.toml")


def test_every_refusal_is_one_of_ours():
    with pytest.raises(TechbalanceError):
        TariffParams.read({"rate": "25%", "model": "partal"})
    with pytest.raises(UnknownCodeError):
        TariffParams.read({"rate": "25%", "modle": "partial"})
