"""The ATP balance in value added: intervals that hold what they must, and say what they rest on."""

import pytest

from techbalance.errors import ModelInputError, NotCoveredError, ParameterError, SchemaError


def by_flow(answer):
    return {(row["flow"], row["made_in"]): row for row in answer.rows()}


def ends(row):
    return row["low_usd"], row["high_usd"]


@pytest.fixture(scope="module")
def widest(with_data):
    answer = with_data.value_added(atp=True, year=2007)
    answer.rows()
    return answer


def test_the_gross_figures_are_those_of_the_accounts(tb, widest):
    rows, account = by_flow(widest), tb.balance(year=2007).rows()[0]
    assert rows["export", "USA"]["gross_usd"] == account["exports_usd"]
    assert rows["import", "USA"]["gross_usd"] == account["imports_usd"]
    assert rows["balance", "all"]["gross_usd"] == account["balance_usd"]


def test_the_balance_is_own_value_in_both_flows_less_imports(widest):
    rows = by_flow(widest)
    imports = rows["import", "USA"]["gross_usd"]
    for side in ("low_usd", "high_usd"):
        added = rows["export", "USA"][side] + rows["import", "USA"][side] - imports
        assert rows["balance", "all"][side] == pytest.approx(added, abs=2)
    assert ends(rows["balance", "all"])[0] < ends(rows["balance", "all"])[1] < 0


def test_an_interval_is_never_a_point_and_has_no_point(widest):
    assert all(row["value_added_usd"] is None for row in widest.rows())
    assert all(row["low_usd"] < row["high_usd"] for row in widest.rows())


def test_what_is_assumed_narrows_the_interval_and_lies_inside_the_widest(with_data, widest):
    assumed = by_flow(with_data.value_added(atp=True, year=2007, partners="table"))
    wide = by_flow(widest)
    for key in (("balance", "all"), ("import", "USA")):
        low, high = ends(assumed[key])
        assert wide[key]["low_usd"] <= low < high <= wide[key]["high_usd"]
        assert high - low < wide[key]["high_usd"] - wide[key]["low_usd"]


def test_processing_trade_is_flagged_or_corrected(with_data, widest):
    row = by_flow(widest)["import", "USA"]
    assert row["processing"] == "processing_unknown"
    assert "CHN and MEX" in row["note"]
    answer = with_data.value_added(atp=True, trade_year=2024, processing=True)
    plain = by_flow(with_data.value_added(atp=True, trade_year=2024))
    corrected = by_flow(answer)
    assert corrected["import", "CHN"]["processing"] == "processing_corrected"
    assert plain["import", "CHN"]["processing"] == "processing_unknown"
    assert corrected["import", "CHN"]["high_usd"] < plain["import", "CHN"]["low_usd"]
    assert any("Ferrantino" in note and "Xing and Detert" in note for note in answer.notes)


def test_with_partners_held_the_origins_of_imports_are_shown(with_data):
    answer = with_data.value_added(atp=True, trade_year=2024, top=50)
    rows = by_flow(answer)
    origins = [row for (flow, made_in), row in rows.items() if flow == "import" and made_in != "USA"]
    assert len(origins) == 40
    imports = rows["import", "USA"]["gross_usd"]
    assert imports == pytest.approx(760_961_238_911, abs=1000)
    assert sum(row["gross_usd"] for row in origins) == pytest.approx(imports, abs=50)
    low = sum(row["low_usd"] for row in origins) + rows["import", "USA"]["low_usd"]
    high = sum(row["high_usd"] for row in origins) + rows["import", "USA"]["high_usd"]
    assert low <= imports <= high
    assert any("Trade of 2024 with the supply chains of 2011" in note for note in answer.notes)
    assert len(by_flow(with_data.value_added(atp=True, trade_year=2024, top=4))) == 3 + 4


def test_weights_of_the_user_replace_what_is_unknown(with_data, widest, tmp_path):
    file = tmp_path / "weights.csv"
    lines = ["flow,industry,low,high,source"]
    lines += [f"{flow},c14,1,1,my own count" for flow in ("export", "import")]
    file.write_text("\n".join(lines) + "\n")
    answer = with_data.value_added(atp=True, year=2007, weights=str(file), partners="table")
    rows = by_flow(answer)
    low, high = ends(rows["export", "USA"])
    assert high - low <= 1
    assert by_flow(widest)["export", "USA"]["low_usd"] <= low <= by_flow(widest)["export", "USA"]["high_usd"]
    assert any("my own count" in note for note in answer.notes)


@pytest.mark.parametrize(
    ("lines", "error", "said"),
    [
        ("flow,industry,low,high\nexport,c14,0,1\n", SchemaError, "lacks source"),
        ("flow,industry,low,high,source\nboth,c14,0,1,me\n", SchemaError, "flow is 'both'"),
        ("flow,industry,low,high,source\nexport,c99,0,1,me\n", SchemaError, "no industry 'c99'"),
        ("flow,industry,low,high,source\nexport,c14,0,1,\n", SchemaError, "source is empty"),
        ("flow,industry,low,high,source\nexport,c14,much,1,me\n", SchemaError, "line 2"),
        (
            "flow,industry,low,high,source\nexport,c14,0,1,me\nexport,c14,0,1,me\n",
            SchemaError,
            "given twice",
        ),
        ("flow,industry,low,high,source\nexport,c14,0.9,0.1,me\n", ModelInputError, "0 <= lowest"),
        ("flow,industry,low,high,source\nexport,c14,0,0.4,me\n", ModelInputError, "sum to 1"),
    ],
)
def test_weights_that_cannot_be_are_refused(with_data, tmp_path, lines, error, said):
    file = tmp_path / "weights.csv"
    file.write_text(lines)
    with pytest.raises(error, match=said):
        with_data.value_added(atp=True, year=2007, weights=str(file)).rows()


def test_what_does_not_fit_the_trade_or_the_table_is_refused(with_data, shared_data):
    with pytest.raises(ParameterError, match="partners of ATP imports are held"):
        with_data.value_added(atp=True, trade_year=2024, partners="table").rows()
    with pytest.raises(NotCoveredError, match="not held for 1960"):
        with_data.value_added(atp=True, trade_year=1960).rows()
    leather = str(shared_data / "models" / "leather_icio.npz")
    with pytest.raises(ParameterError, match="year of the table is not known"):
        with_data.value_added(atp=True, io=leather).rows()
    with pytest.raises(NotCoveredError, match="no classification this program knows"):
        with_data.value_added(atp=True, io=leather, trade_year=2007).rows()


def test_trace_leads_to_the_trade_the_interval_is_of(with_data):
    traced = with_data.trace(what="value_added?atp=true&year=2007").rows()
    assert any(row["step"] == "row" and "atp" in row["what"] for row in traced)
