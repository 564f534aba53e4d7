"""Build the record, or check that the committed one is what the stored files give."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from techbalance.errors import TechbalanceError

from .build import build_record
from .compare import differences


def main(arguments: list[str] | None = None) -> int:
    """Run the builder; return 0, 1 when ``--check`` finds a difference, or the exit code of an error."""
    parser = argparse.ArgumentParser(prog="python -m tools.build_record", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of stored official files")
    parser.add_argument("--out", type=Path, required=True, help="folder of the record")
    parser.add_argument("--check", action="store_true", help="rebuild elsewhere and compare with --out")
    options = parser.parse_args(arguments)
    try:
        return _check(options.data, options.out) if options.check else _build(options.data, options.out)
    except TechbalanceError as error:
        print(error, file=sys.stderr)
        return error.exit_code


def _build(data: Path, out: Path) -> int:
    sizes = build_record(data, out)
    for name, size in sizes.items():
        print(f"{name:20} {size:>10,} bytes")
    print(f"{'in all':20} {sum(sizes.values()):>10,} bytes")
    return 0


def _check(data: Path, out: Path) -> int:
    with tempfile.TemporaryDirectory() as folder:
        rebuilt = Path(folder)
        build_record(data, rebuilt)
        found = differences(rebuilt, out)
    for line in found:
        print(line, file=sys.stderr)
    print("the record differs from what the stored files give" if found else "the record is current")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
