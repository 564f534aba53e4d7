"""A store, a local publisher and the command line, joined: what a test of fetching needs."""

import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

import techbalance
from techbalance.api import TechBalance
from techbalance.cli.main import run
from techbalance.store.commit import read_manifest
from tests.publisher.server import Publisher

KEY = "0123456789abcdefABCDEF0123456789abcdef01"
SOURCES = ("census-country", "census-hitech", "census-hs", "census-bulk", "worldbank")
# Patience of a test: everything else is the declaration's.
CONFIG = """
[network]
read_seconds = 0.4
connect_seconds = 2.0
attempts = 3
wait_seconds = 0.001
longest_wait_seconds = 2.0
requests_per_second = 1000.0
"""


@dataclass
class Bench:
    """One test's store and publisher."""

    home: Path
    publisher: Publisher
    capsys: pytest.CaptureFixture[str]
    patch: pytest.MonkeyPatch

    def fetch(self, *arguments: str) -> tuple[int, str, str]:
        """Run ``techbalance fetch`` and return exit code, stdout and stderr."""
        self.capsys.readouterr()
        code = run(["fetch", *arguments, "--format", "json"])
        said = self.capsys.readouterr()
        return code, said.out, said.err

    @property
    def tb(self) -> TechBalance:
        """The store, opened anew."""
        return techbalance.open(self.home)

    def state(self) -> dict[str, tuple[str, ...]]:
        """Files of every table of the store."""
        return {table: files for table, files in read_manifest(self.home).tables.items() if files}

    def snapshots(self, source: str) -> list[Path]:
        """Snapshots of a source."""
        return sorted((self.home / "snapshots" / source).glob("*-*/sidecar.json"))

    def everything_written(self) -> bytes:
        """Every byte under the store, to look for what must not be there."""
        return b"\n".join(path.read_bytes() for path in sorted(self.home.rglob("*")) if path.is_file())


@contextmanager
def bench(tmp_path: Path, capsys: pytest.CaptureFixture[str], patch: pytest.MonkeyPatch) -> Iterator[Bench]:
    """Set up a store and a publisher, with loopback open and everything else shut."""
    config = tmp_path / "config.toml"
    config.write_text(CONFIG)
    config.chmod(stat.S_IRUSR | stat.S_IWUSR)
    with Publisher() as publisher:
        patch.setenv("TECHBALANCE_OFFLINE", "loopback")
        patch.setenv("TECHBALANCE_CONFIG", str(config))
        patch.setenv("TECHBALANCE_HOME", str(tmp_path / "home"))
        patch.setenv("TECHBALANCE_ADDRESSES", ",".join(f"{one}={publisher.origin}" for one in SOURCES))
        yield Bench(tmp_path / "home", publisher, capsys, patch)
