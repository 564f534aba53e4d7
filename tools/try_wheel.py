"""Does what is published run on a bare machine? ``python -m tools.try_wheel``: build, install, ask.

The wheel is built from this checkout and installed into a new virtual environment that holds nothing but
what the wheel itself asks for. What is run there runs in an empty folder, with an empty store, so that no
file of the checkout can help it.
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import venv
from importlib.metadata import distribution
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parent.parent
# Development tools that must not be needed; each would be found by a stray import.
ABSENT: Final = ("pytest", "hypothesis", "openpyxl", "pypdf", "numba", "mcp", "sphinx")
PATIENCE_SECONDS: Final = 120.0


class Bare:
    """A virtual environment with the wheel and what it asks for.

    Parameters
    ----------
    folder
        Where it is made, with an empty folder to work in beside it.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.work = folder / "work"
        self.work.mkdir()
        place = folder / "bare"
        venv.create(place, with_pip=True)
        scripts = place / ("Scripts" if os.name == "nt" else "bin")
        self.python = scripts / ("python.exe" if os.name == "nt" else "python")
        self.command = scripts / ("techbalance.exe" if os.name == "nt" else "techbalance")
        kept = {
            name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL"))
        }
        self.environment = kept | {"TECHBALANCE_HOME": str(folder / "home"), "TECHBALANCE_OFFLINE": "1"}

    def run(self, *words: str, said: str = "") -> str:
        """Run a command of the environment; it has to succeed, and to say what is expected.

        Raises
        ------
        SystemExit
            It fails, or says something else.
        """
        shown = " ".join(words[1:])
        started = time.monotonic()
        done = subprocess.run(  # noqa: S603 - commands of this module
            words,
            cwd=self.work,
            env=self.environment,
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
        )
        if done.returncode or said not in done.stdout + done.stderr:
            raise SystemExit(f"failed: {shown}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}")
        print(f"{time.monotonic() - started:6.1f} s  {shown[:80]}", flush=True)
        return done.stdout

    def techbalance(self, *words: str, said: str = "") -> str:
        """Run the installed program."""
        return self.run(str(self.command), *words, said=said)


def built(folder: Path) -> Path:
    """Build the wheel as an installer does."""
    command = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--quiet",
        "--no-deps",
        "--wheel-dir",
        str(folder),
        str(ROOT),
    ]
    subprocess.run(command, check=True)  # noqa: S603 - our own arguments
    (wheel,) = folder.glob("techbalance-*.whl")
    return wheel


def served(bare: Bare) -> None:
    """Start the server and ask after its health, and for a figure.

    Raises
    ------
    SystemExit
        It does not answer in time.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    here = f"http://127.0.0.1:{port}"
    server = subprocess.Popen(  # noqa: S603 - our own arguments
        [str(bare.command), "serve", "--port", str(port), "--quiet"], cwd=bare.work, env=bare.environment
    )
    try:
        until = time.monotonic() + PATIENCE_SECONDS
        health: dict[str, str] = {}
        while health.get("status") != "ok" and time.monotonic() < until and server.poll() is None:
            with contextlib.suppress(urllib.error.URLError, ConnectionError):
                health = _json(f"{here}/health")
            time.sleep(0.2)
        if health.get("status") != "ok":
            raise SystemExit(f"failed: serve is not ready: {health}")
        rows = _json(f"{here}/api/v1/balance?year=2024")
    finally:
        server.terminate()
        server.wait(timeout=PATIENCE_SECONDS)
    print(f"          serve: {health}, balance answered: {'balance_usd' in json.dumps(rows)}", flush=True)


def _json(address: str) -> dict[str, Any]:
    with urllib.request.urlopen(address, timeout=PATIENCE_SECONDS) as answer:  # noqa: S310 - this machine's own
        found: dict[str, Any] = json.load(answer)
    return found


def main() -> int:
    """Build, install and try the wheel; the exit code says whether all of it worked."""
    with tempfile.TemporaryDirectory(prefix="techbalance-wheel-") as name:
        folder = Path(name)
        wheel = built(folder)
        bare = Bare(folder)
        constraints = ("--constraint", str(ROOT / "constraints.txt"))
        bare.run(str(bare.python), "-m", "pip", "install", "--quiet", *constraints, str(wheel))
        absent = f"import importlib.util as u; print([n for n in {ABSENT!r} if u.find_spec(n)])"
        bare.run(str(bare.python), "-c", absent, said="[]")
        bare.techbalance("--version", said=distribution("techbalance").version)
        bare.techbalance("balance", "--year", "2024", said="294.4")
        bare.techbalance("check", said="pass")
        bare.techbalance("report", "--out", "page")
        bare.techbalance("report", "--partner", "CHN", "--out", "brief.pdf")
        bare.techbalance("report", "--group", "05", "--out", "brief.xlsx")
        bare.techbalance("mcp", "--help", said="Model Context Protocol")
        served(bare)
        made = [bare.work / "page" / "index.html", bare.work / "brief.pdf", bare.work / "brief.xlsx"]
        missing = [path.name for path in made if not path.is_file() or not path.stat().st_size]
        if missing:
            raise SystemExit(f"failed: not written: {', '.join(missing)}")
    print(f"{wheel.name} runs in a bare environment")
    return 0


if __name__ == "__main__":
    sys.exit(main())
