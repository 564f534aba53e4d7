"""Is a source refused that may not ship, and credited where it asks?"""

from dataclasses import replace

import pytest

from techbalance.errors import LicenceError
from tools.build_record.licences import attribution, require_shippable
from tools.build_record.publications import load_publications


@pytest.fixture(scope="module")
def publication():
    return load_publications()["bea-gands-2026-10"]


@pytest.mark.parametrize("licence", ["public domain", "CC0", "CC0 1.0", "ODC-PDDL", "CC BY", "CC BY 4.0"])
def test_open_licences_ship(publication, licence):
    require_shippable([replace(publication, licence=licence)])


@pytest.mark.parametrize(
    "licence",
    [
        "",
        "UN Comtrade terms",
        "WTO terms",
        "MIT",
        "GPL-3",
        "Etalab 2.0",
        "not stated",
        "CC BY-SA 4.0",
        "CC BY-NC 4.0",
        "CC BY-ND 4.0",
        "CC BY 4.0 as far as known",
        "not public domain",
        "Public domain mark?",
    ],
)
def test_any_other_licence_is_refused_by_name(publication, licence):
    with pytest.raises(LicenceError, match=publication.source_id) as refusal:
        require_shippable([publication, replace(publication, licence=licence)])
    assert refusal.value.exit_code == 3
    assert repr(licence) in str(refusal.value)


def test_every_declared_source_may_ship():
    require_shippable(load_publications().values())


def test_attribution_names_changes_and_leaves_the_public_domain_out(publication):
    credited = replace(publication, source_id="x", licence="CC BY 4.0", changes="rounded.")
    text = attribution([publication, credited])
    assert text.count(publication.title) == 1
    assert "CC BY 4.0" in text
    assert "Changes: rounded." in text
