"""Fixtures every kind of test shares."""

from pathlib import Path
from typing import Any

import pytest

import techbalance
from techbalance.api import TechBalance
from techbalance.questions.answer import Answer

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def root() -> Path:
    """The checkout."""
    return ROOT


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of official data the record is built from; tests that need it skip where it is absent."""
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("the shared data folder is not beside this checkout")
    return folder


@pytest.fixture(scope="session")
def shared_reference() -> Path:
    """The folder of golden vectors; tests that need it skip where it is absent."""
    folder = ROOT.parent / "shared" / "reference"
    if not folder.is_dir():
        pytest.skip("the shared reference folder is not beside this checkout")
    return folder


@pytest.fixture(scope="session")
def tb(tmp_path_factory: pytest.TempPathFactory) -> TechBalance:
    """The bundled record with an empty store beside it: opened once, since questions change nothing."""
    return techbalance.open(tmp_path_factory.mktemp("home"))


class Asked:
    """Ask each question once: the record does not change, and compiling takes longer than running."""

    def __init__(self, tb: TechBalance) -> None:
        self.tb = tb
        self.answers: dict[str, Answer] = {}

    def __call__(self, name: str, **given: Any) -> Answer:
        key = f"{name} {sorted(given.items())}"
        if key not in self.answers:
            self.answers[key] = getattr(self.tb, name)(**given)
        return self.answers[key]


@pytest.fixture(scope="session")
def asked(tb: TechBalance) -> Asked:
    """Answers of the bundled record, shared by tests that only read them."""
    return Asked(tb)
