"""Exposure and diversion as questions: on the shared tables, on a panel, and without either."""

import gzip

import pytest

from techbalance.errors import NotCoveredError, ParameterError, SchemaError, UnknownCodeError

# Shares of a column of 1,435 doubles add to one within this.
ROUNDING = 1e-9


class TestExposure:
    def test_looking_through_finds_more_of_china_than_its_face_value(self, outside):
        rows = outside.exposure(partner="CHN", year=2011, top=35).rows()
        assert len(rows) == 35
        electrical = next(row for row in rows if row["industry"] == "c14")
        assert electrical["industry_name"] == "Electrical and optical equipment"
        assert 0 < electrical["face_share"] < electrical["lookthrough_share"] < 1
        assert electrical["output_share"] < electrical["lookthrough_share"]
        assert electrical["lookthrough_ratio"] == pytest.approx(
            electrical["lookthrough_share"] / electrical["face_share"], rel=ROUNDING
        )
        assert (rows[-1]["industry"], rows[-1]["face_share"]) == ("c35", None)
        assert rows[-1]["note"].startswith("no_inputs")
        shares = [row["lookthrough_share"] for row in rows[:-1]]
        assert shares == sorted(shares, reverse=True)

    def test_an_area_is_the_sum_of_its_members(self, outside):
        def share(partner):
            answer = outside.exposure(partner=partner, year=2007, industry="c14")
            return answer.rows()[0]["lookthrough_share"]

        assert share("NAFTA") == pytest.approx(share("CAN,MEX") + share("USA"), abs=ROUNDING)

    @pytest.mark.parametrize(
        ("given", "error", "says"),
        [
            ({"partner": "ZZZ"}, UnknownCodeError, "ZZZ"),
            ({"partner": "USMCA", "year": 2007}, NotCoveredError, "member"),
            ({"partner": "EU27,DEU"}, ParameterError, "overlap"),
            ({"partner": "CHN", "year": 2015}, NotCoveredError, "1995 to 2011"),
            ({"partner": "CHN", "reporter": "ZZZ"}, UnknownCodeError, "ZZZ"),
            ({"partner": "CHN", "industry": "alchemy"}, UnknownCodeError, "alchemy"),
            ({"partner": "CHN", "year": "2007:2008"}, ParameterError, "one table"),
            ({"partner": "CHN", "io": "no.npz"}, NotCoveredError, "no.npz"),
        ],
    )
    def test_what_cannot_be_answered_is_refused(self, outside, given, error, says):
        with pytest.raises(error, match=says):
            outside.exposure(**given)

    def test_without_tables_it_says_where_to_put_them(self, tb):
        with pytest.raises(NotCoveredError, match=r"wiot_2011\.npz"):
            tb.exposure(partner="CHN")


class TestDiversion:
    def test_without_the_partners_purchases_the_test_is_one_sided_and_says_so(self, outside):
        answer = outside.diversion(partner="VNM", year="2022:2025", top=3)
        whole, *products = answer.rows()
        assert whole["level"] == "all"
        assert all(row["sales_change_usd"] > 0 > row["avoided_change_usd"] for row in products)
        for name in ("purchases_change_usd", "is_pattern", "passed_on_usd", "correlation"):
            assert {row[name] for row in answer.rows()} == {None}
        assert all("what the partner bought" in row["note"] for row in answer.rows())
        laptops = products[0]
        assert laptops["product"] == "847130"

    def test_a_year_without_one_of_the_two_is_refused_naming_what_is_held(self, outside):
        with pytest.raises(NotCoveredError, match="both partners are not held for 2018"):
            outside.diversion(partner="TWN", year="2016:2022")
        with pytest.raises(NotCoveredError, match="CHN, MEX, TWN, VNM"):
            outside.diversion(partner="DEU")

    def test_codes_of_two_editions_are_named(self, outside):
        answer = outside.diversion(partner="VNM", year="2021:2022", top=1)
        assert any("several editions" in note for note in answer.notes)

    def test_on_a_panel_the_whole_test_is_made(self, tb, panel, world):
        answer = tb.diversion(partner="VNM", panel=panel, lags="0,1")
        wholes = [row for row in answer.rows() if row["level"] == "all"]
        assert [row["lag"] for row in wholes] == [0, 1]
        assert all(-1 <= row["correlation"] <= 1 and 0 < row["p_value"] <= 1 for row in wholes)
        sold = {
            year: sum(
                row["value_usd"]
                for row in world
                if (row["year"], row["exporter"], row["importer"]) == (year, "VNM", "USA")
            )
            for year in (2022, 2023)
        }
        # The longest lag takes the first year away from sales.
        assert wholes[0]["sales_change_usd"] == sold[2023] - sold[2022]
        assert tb.ask(answer.reference).rows() == answer.rows()

    @pytest.mark.parametrize(
        ("given", "error", "says"),
        [
            ({"partner": "CHN"}, ParameterError, "three countries"),
            ({"partner": "VNM,MEX"}, ParameterError, "one country"),
            ({"partner": "VNM", "year": 2024}, ParameterError, "two years"),
            ({"partner": "VNM", "lags": "x"}, ParameterError, "0,1"),
            ({"partner": "VNM", "reporter": "DEU"}, ParameterError, "Add a panel"),
            ({"partner": "Vietnm"}, UnknownCodeError, "Vietnam"),
        ],
    )
    def test_what_cannot_be_answered_is_refused(self, tb, given, error, says):
        with pytest.raises(error, match=says):
            tb.diversion(**given)

    def test_a_panel_without_a_flow_or_a_year_is_refused(self, tb, panel):
        with pytest.raises(NotCoveredError, match="exports of JPN to USA"):
            tb.diversion(partner="JPN", panel=panel)
        with pytest.raises(NotCoveredError, match="2019, 2020"):
            tb.diversion(partner="VNM", panel=panel, year="2019:2022")
        with pytest.raises(ParameterError, match="lags"):
            tb.diversion(partner="VNM", panel=panel, lags="5")

    def test_a_file_of_another_layout_is_refused(self, tb, tmp_path, monkeypatch):
        folder = tmp_path / "trade"
        folder.mkdir()
        path = folder / "us_hs6_annual_CHN_MEX_VNM_TWN.csv.gz"
        monkeypatch.setenv("TECHBALANCE_DATA", str(tmp_path))
        path.write_bytes(gzip.compress(b"year,value\n2024,1\n"))
        with pytest.raises(SchemaError, match="ref_year"):
            tb.diversion(partner="VNM")
        path.write_bytes(b"not gzip")
        with pytest.raises(SchemaError, match="unpacked"):
            tb.diversion(partner="VNM")
