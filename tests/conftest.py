"""Fixtures every kind of test shares."""

import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import techbalance
from techbalance.api import TechBalance
from techbalance.questions.answer import Answer

ROOT = Path(__file__).resolve().parent.parent
LOOPBACK = ("127.0.0.1", "::1", "localhost")

# No test asks a publisher, whatever the machine's settings say; those of the local publisher open loopback.
os.environ["TECHBALANCE_OFFLINE"] = "1"
for name in ("TECHBALANCE_ADDRESSES", "CENSUS_API_KEY", "USITC_DATAWEB_TOKEN", "COMTRADE_API_KEY"):
    os.environ.pop(name, None)
os.environ["TECHBALANCE_CONFIG"] = str(ROOT / "no-such-config.toml")


@pytest.fixture(scope="session", autouse=True)
def no_way_out() -> Iterator[None]:
    """Refuse every connection that would leave this machine: no test may depend on one, or make one."""
    straight = socket.socket.connect

    def connect(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6) and address[0] not in LOOPBACK:
            raise AssertionError(f"a test opened a connection to {address[0]}")
        straight(self, address)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", connect)
        yield


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
