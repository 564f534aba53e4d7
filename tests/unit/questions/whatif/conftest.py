"""The bundled record without outside data, and with the data models of the world need."""

import pytest

from techbalance.questions.parameters.texts import Years
from techbalance.questions.parameters.whatif_scenario import Scenario, Shock
from techbalance.questions.whatif.imports import read_imports
from techbalance.questions.whatif.levers import levers_of

YEAR = 2024


@pytest.fixture(autouse=True)
def _no_outside_data(monkeypatch):
    monkeypatch.delenv("TECHBALANCE_DATA", raising=False)


@pytest.fixture
def with_data(monkeypatch, shared_data):
    """Put the outside data where questions look for them."""
    monkeypatch.setenv("TECHBALANCE_DATA", str(shared_data))


@pytest.fixture(scope="session")
def imports(tb):
    """Imports of 2024."""
    return read_imports(tb.store, Years(YEAR, YEAR), None)


@pytest.fixture(scope="session")
def levers_for(imports):
    """Make the levers of one or more shocks."""

    def made(*shocks):
        scenario = Scenario(shock=tuple(Shock(**shock) for shock in shocks))
        levers, left = levers_of(scenario, imports)
        return scenario, levers, left

    return made
