"""Run every benchmark in this folder, one process each, and print what they print."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path


def main() -> int:
    """Run them in the order of their names; the exit code is that of the last one that failed."""
    code = 0
    for path in sorted(Path(__file__).parent.glob("*.py")):
        if path.stem.startswith("_"):
            continue
        print(f"== {path.stem}", flush=True)
        code = subprocess.run([sys.executable, "-m", f"bench.{path.stem}"], check=False).returncode or code
    return code


if __name__ == "__main__":
    sys.exit(main())
