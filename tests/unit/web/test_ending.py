"""A server that is told to end: it ends, and neither it nor its processes have anything to say about it."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request

import pytest

LONGEST_WARMING = 120
START = "from techbalance.cli.main import main; main()"


def status(port):
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=5) as answer:
            return json.load(answer)["status"]
    except OSError:
        return "not there yet"


@pytest.mark.skipif(os.name == "nt", reason="a key cannot be sent to another process here")
def test_a_server_that_is_told_to_end_says_nothing_but_what_it_answered(tmp_path):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with (
        (tmp_path / "said.txt").open("w+", encoding="utf-8") as said,
        subprocess.Popen(
            [sys.executable, "-c", START, "serve", "--port", str(port), "--workers", "1"],
            env=os.environ | {"TECHBALANCE_HOME": str(tmp_path / "home")},
            stdout=subprocess.DEVNULL,
            stderr=said,
        ) as server,
    ):
        until = time.monotonic() + LONGEST_WARMING
        while status(port) != "ok" and time.monotonic() < until:
            time.sleep(0.5)
        server.send_signal(signal.SIGINT)
        assert server.wait(30) == 0
        said.seek(0)
        first, *lines = said.read().splitlines()
    assert first.startswith(f"http://127.0.0.1:{port} ")
    assert lines
    assert [line for line in lines if not line.startswith("{")] == []
