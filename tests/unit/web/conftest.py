"""One server for the tests that only ask it, and one that listens on a port of this machine."""

import socket
import threading
import time

import pytest
import uvicorn
from starlette.testclient import TestClient

from techbalance.cli.serve import PARSER
from techbalance.web.app import create_app
from techbalance.web.settings import Settings

NAMES = ("testserver", "127.0.0.1")


@pytest.fixture(scope="package")
def home(tmp_path_factory):
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="package")
def client(home):
    with TestClient(create_app(Settings(home=home, names=NAMES)), raise_server_exceptions=False) as one:
        yield one


@pytest.fixture(scope="package")
def listening(home):
    """Address and port of a server as it runs: what no test client sends meets the real parser."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    app = create_app(Settings(home=home, names=NAMES))
    server = uvicorn.Server(
        uvicorn.Config(app, port=port, http=PARSER, log_level="critical", access_log=False)
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    until = time.monotonic() + 30
    while not server.started and time.monotonic() < until:
        time.sleep(0.01)
    yield "127.0.0.1", port
    server.should_exit = True
    thread.join(10)
