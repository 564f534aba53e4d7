"""Fixtures every kind of test shares."""

from pathlib import Path

import pytest

import techbalance
from techbalance.api import TechBalance

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
