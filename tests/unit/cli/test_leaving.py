"""The end of a command: everything written, the exit code of the contract, and nothing left behind."""

import os
import subprocess
import sys

import pytest

START = "import sys; from techbalance.cli.main import main; main(sys.argv[1:])"


def command(tmp_path, *arguments, code=START, **options):
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        capture_output=True,
        check=False,
        env=surroundings(tmp_path),
        **options,
    )


def surroundings(tmp_path):
    # What is printed has to be written out at the end, not as it comes.
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    return kept | {"TECHBALANCE_HOME": str(tmp_path)}


def test_output_is_whole_and_the_code_is_that_of_the_contract(tmp_path):
    done = command(tmp_path, "balance", "--year", "2024", "--format", "csv")
    assert (done.returncode, done.stdout.count(b"\n")) == (0, 2)
    assert b"Source: US Census Bureau." in done.stderr
    refused = command(tmp_path, "balance", "--year", "1066")
    assert refused.returncode not in {0, 1}
    assert refused.stderr.startswith(b"techbalance: ")


def test_what_was_registered_for_the_end_is_carried_out(tmp_path):
    at_end = "import atexit; atexit.register(print, 'carried out'); "
    done = command(tmp_path, "--version", code=at_end + START)
    assert done.stdout.split()[-2:] == [b"carried", b"out"]


def test_a_thread_that_still_writes_is_waited_for(tmp_path):
    writing = (
        "import threading, time, pathlib;"
        f"late = pathlib.Path({str(tmp_path / 'late.txt')!r});"
        "threading.Thread(target=lambda: (time.sleep(1), late.write_text('whole'))).start();"
    )
    done = command(tmp_path, "--version", code=writing + START)
    assert done.returncode == 0
    assert (tmp_path / "late.txt").read_text() == "whole"


def test_a_reader_who_goes_away_is_no_reason_for_a_trace(tmp_path):
    reads, writes = os.pipe()
    os.close(reads)
    late = "import atexit; atexit.register(print, 'late'); "
    with subprocess.Popen(
        [sys.executable, "-c", late + START, "--version"],
        stdout=writes,
        stderr=subprocess.PIPE,
        env=surroundings(tmp_path),
    ) as done:
        os.close(writes)
        assert done.stderr is not None
        assert b"Traceback" not in done.stderr.read()


@pytest.mark.parametrize("name", ["stdout", "stderr"])
def test_a_stream_that_is_closed_is_no_reason_to_fail(tmp_path, name):
    closed = f"import sys; sys.{name} = None; "
    assert command(tmp_path, "--version", code=closed + START).returncode == 0
