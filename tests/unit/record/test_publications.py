"""Is a declaration of a source read as written, and refused when it is not understood?"""

import pytest

from techbalance.errors import SchemaError
from tools.build_record.publications import load_publications

DECLARED = """
[like.agency]
publisher = "Agency"
licence = "public domain"
basis = "b"
valuation = "v"
unit = "u"
cadence = "monthly"
revision_policy = "r"
address = "https://example.org"
printed_unit_usd = 100000
confidence = "high"
files = []

[[source]]
like = "agency"
source_id = "agency-2020-01"
title = "T"
citation = "C"
vintage = 2020-01-31
"""


def declare(folder, text, name="agency.toml"):
    (folder / name).write_text(text, encoding="utf-8")
    return folder


def test_common_fields_are_inherited_and_own_ones_win(tmp_path):
    folder = declare(tmp_path, DECLARED + 'confidence = "low"\n')
    publication = load_publications(folder)["agency-2020-01"]
    assert publication.publisher == "Agency"
    assert publication.confidence == "low"
    assert publication.caveats == ()


@pytest.mark.parametrize(
    ("text", "named"),
    [
        (DECLARED + 'licens = "x"\n', "licens"),
        (DECLARED.replace('title = "T"\n', ""), "title"),
        (DECLARED + DECLARED[DECLARED.index("[[source]]") :], "declared twice"),
    ],
)
def test_a_declaration_not_understood_is_refused_with_file_and_source(tmp_path, text, named):
    with pytest.raises(SchemaError, match=named) as refusal:
        load_publications(declare(tmp_path, text))
    assert "agency.toml, agency-2020-01" in str(refusal.value)


def test_a_source_is_declared_in_one_file_only(tmp_path):
    declare(tmp_path, DECLARED, "other.toml")
    with pytest.raises(SchemaError, match="declared twice"):
        load_publications(declare(tmp_path, DECLARED))


def test_source_ids_are_kebab_case():
    for source_id in load_publications():
        assert source_id == source_id.lower()
        assert source_id.replace("-", "").isalnum()
