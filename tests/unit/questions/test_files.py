"""Parameters that name files: known by name, and refused to whoever asks from elsewhere."""

import re

import pytest

from techbalance.errors import ParameterError
from techbalance.questions.callers import elsewhere
from techbalance.questions.parameters.files import kind_of, refuse_files
from techbalance.questions.registry import QUESTIONS, ask, find
from techbalance.store.catalogue import Store

TEXTS = [
    (question.name, field, info)
    for question in QUESTIONS.values()
    if not question.writes
    for field, info in question.params.model_fields.items()
    if info.annotation in (str, str | None)
]


@pytest.mark.parametrize(
    ("name", "field", "info"), TEXTS, ids=lambda one: one if isinstance(one, str) else ""
)
def test_a_parameter_that_speaks_of_files_is_known_to_name_one(name, field, info):
    if re.search(r"\bfile\b|\bCSV\b|Parquet|folder", info.description or ""):
        assert kind_of(field, info) is not None


@pytest.mark.parametrize(
    ("question", "given"),
    [
        ("dependence", {"list": "/etc/passwd"}),
        ("dependence", {"panel": "world.parquet"}),
        ("whatif_run", {"file": "scenario.toml"}),
        ("claims_check", {"what": "../claims.toml"}),
        ("trace", {"what": "dependence?list=/etc/passwd"}),
    ],
)
def test_no_file_is_named_from_elsewhere(question, given, tmp_path):
    with elsewhere(), pytest.raises(ParameterError, match="names a file"):
        ask(find(question), given, Store(tmp_path / "home"))


@pytest.mark.parametrize("name", ["dependence", "claims_check", "stress"])
def test_what_ships_may_be_named(name):
    given = {
        "dependence": {"list": "census-atp"},
        "claims_check": {"what": "INN01"},
        "stress": {"without": "CHN"},
    }
    question = find(name)
    refuse_files(question, question.params.read(given[name]))
