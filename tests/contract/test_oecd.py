"""What is asked of the OECD, held to its own words: the form of an address, and how often it may be asked.

*API documentation* (July 2024): ``{host}/{agency},{data flow},{version}/{selection}``, a code for every
dimension in its order, joined by dots, none for all. *API best practices* (November 2024): 20 queries a
minute, 20 downloads an hour.
"""

import datetime as dt
import re
from urllib.parse import parse_qs, urlsplit

from techbalance.sources.adapter import Request, adapter_of
from techbalance.sources.declaration import declared
from techbalance.sources.oecd.adapter import FLOWS
from techbalance.store.catalogue import KEYS
from techbalance.store.fetching import plan

(DECLARED,) = [one for one in declared() if one.id == "oecd"]
PARTS = plan("oecd", Request("2015", "2022", dt.date(2026, 11, 22)))


def test_every_call_has_the_form_of_the_documents():
    assert len({part.name for part in PARTS}) == len(PARTS)
    for part in PARTS:
        parts = urlsplit(part.url)
        assert parts.scheme == "https"
        flow = FLOWS[part.facts["group"]][part.name]
        found = re.fullmatch(r"/[a-z-]+/rest/data/OECD\.[A-Z.]+,DSD_\w+@DF_\w+,\d\.\d/([\w.+]+)", parts.path)
        assert found, part.url
        # A wrong number of dots is an error of the standard: one code or none for every dimension.
        assert len(found[1].split(".")) == len(flow.key)
        assert parse_qs(parts.query) == {"startPeriod": ["2015"], "endPeriod": ["2022"]}
        assert "genericdata" in dict(part.headers)["Accept"]
        assert not part.keyed


def test_all_of_it_stays_within_an_hour_s_downloads():
    assert len(PARTS) <= (DECLARED.limits.of("downloads_per_hour") or 0)
    assert DECLARED.limits.requests_per_second <= 20 / 60
    assert DECLARED.limits.rate_source != "assumed"


def test_what_was_not_confirmed_is_said():
    assert not DECLARED.verified
    assert {"address", "shape"} <= set(DECLARED.unverified)
    assert adapter_of("oecd").id == "oecd"


def test_declared_series_are_those_that_land_and_none_of_another_publisher():
    names = {name for flows in FLOWS.values() for flow in flows.values() for name in flow.series.values()}
    listed = {name for one in DECLARED.coverage for name in one.series}
    assert listed == {name for name in names if not name.endswith("_c26_usd")}
    assert {one.table for one in DECLARED.coverage} == {"macro"}
    others = {name for one in declared() if one.id != "oecd" for each in one.coverage for name in each.series}
    assert not names & others
    # Why charges are series and no rows of ``ip_charges``: nothing in its key tells publishers apart.
    assert "source_id" not in KEYS["ip_charges"]
    assert "series" in KEYS["macro"]
