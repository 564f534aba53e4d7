"""A store of its own with the bundled record, and one that sees the user's data as well."""

from pathlib import Path

import pytest

import techbalance
from techbalance.api import TechBalance


@pytest.fixture(autouse=True)
def no_folder_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """The user's data are where the store is, whatever this machine says."""
    monkeypatch.delenv("TECHBALANCE_DATA", raising=False)


@pytest.fixture(scope="session")
def tb(tmp_path_factory: pytest.TempPathFactory) -> TechBalance:
    """The bundled record alone."""
    return techbalance.open(tmp_path_factory.mktemp("home"))


@pytest.fixture(scope="session")
def with_data(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> TechBalance:
    """The bundled record and the user's folder of data."""
    home = tmp_path_factory.mktemp("home")
    (home / "data").symlink_to(shared_data, target_is_directory=True)
    return techbalance.open(home)
