"""A store of its own with the bundled record, and one that sees the user's data as well."""

from collections.abc import Iterator
from pathlib import Path

import pytest

import techbalance
from techbalance.api import TechBalance


@pytest.fixture(scope="module")
def tb(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TechBalance]:
    """The bundled record alone: no data of the user's."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("TECHBALANCE_DATA", raising=False)
        yield techbalance.open(tmp_path_factory.mktemp("home"))


@pytest.fixture(scope="module")
def with_data(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TechBalance]:
    """The bundled record and the user's folder of data."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TECHBALANCE_DATA", str(shared_data))
        yield techbalance.open(tmp_path_factory.mktemp("home"))
