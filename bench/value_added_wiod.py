"""How long do seventeen years of world input-output tables take, and how exactly do they add up?

Reads each WIOD year from its bytes, balances, inverts and decomposes it for all regions (nine terms, both
bilateral variants, trade in value added), and prints time, memory and the worst error of each identity.

    python bench/value_added_wiod.py ../shared/data/icio/wiod2013_npz
"""

from __future__ import annotations

import argparse
import resource
import sys
import time
from pathlib import Path
from typing import Final

import numpy as np

from techbalance.models.value_added.bilateral import VARIANTS, decompose_bilateral_exports
from techbalance.models.value_added.kww import decompose_gross_exports
from techbalance.models.value_added.leontief import LeontiefSystem, solve_leontief
from techbalance.models.value_added.readers import read_wiod_npz
from techbalance.models.value_added.trade import trade_in_value_added

YEAR_SECONDS: Final = 1.5
ALL_SECONDS: Final = 20.0
MEMORY_MB: Final = 2000.0
IDENTITY: Final = 1e-9


def worst_errors(system: LeontiefSystem) -> dict[str, float]:
    """Decompose a year and give the worst error of each identity as a share of output."""
    table = system.table
    output = table.by_country(table.output)
    nine, measured = decompose_gross_exports(system), trade_in_value_added(system)
    sells = table.intermediate.any(axis=1) | table.final.any(axis=1)
    gross = measured.gross_exports - measured.gross_imports
    errors = {
        "multipliers": float(np.abs(system.multipliers.sum(axis=0) - sells).max()),
        "nine terms": float((np.abs(nine.terms.sum(axis=1) - nine.gross_exports) / output).max()),
        "balances": float((np.abs(measured.value_added_balance.sum(axis=1) - gross) / output).max()),
        "absorption": float(
            (np.abs(measured.absorbed.sum(axis=1) - table.by_country(table.value_added)) / output).max()
        ),
    }
    expected = np.stack(
        [nine.value_added_exports, nine.returned_home, nine.terms[:, 5], nine.foreign_content], axis=1
    )
    for variant in VARIANTS:
        found = decompose_bilateral_exports(system, variant)
        pairs = np.abs(found.terms.sum(axis=0) - found.gross_exports).max(axis=1)
        totals = np.column_stack([found.totals[:, :3], found.totals[:, 3:].sum(axis=1)])
        errors[f"{variant} pairs"] = float((pairs / output).max())
        errors[f"{variant} totals"] = float((np.abs(totals - expected) / output[:, None]).max())
    return errors


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="folder of wiot_YEAR.npz")
    files = sorted(parser.parse_args().folder.glob("wiot_*.npz"))
    if not files:
        print("no wiot_YEAR.npz in the folder", file=sys.stderr)
        return 2
    seconds: list[float] = []
    worst: dict[str, float] = {}
    for file in files:
        start = time.perf_counter()
        system = solve_leontief(read_wiod_npz(file.read_bytes(), name=file.stem))
        solved = time.perf_counter()
        errors = worst_errors(system)
        seconds.append(time.perf_counter() - start)
        worst = {name: max(error, worst.get(name, 0.0)) for name, error in errors.items()}
        print(f"{file.stem}  read and solved {solved - start:.2f} s, with decompositions {seconds[-1]:.2f} s")
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    for name, error in worst.items():
        print(f"{name:<32} worst {error:.1e} of output, bar {IDENTITY:.0e}")
    print(f"median year {sorted(seconds)[len(seconds) // 2]:.2f} s, first {seconds[0]:.2f} s")
    print(f"slowest year {max(seconds):.2f} s (bar {YEAR_SECONDS} s)")
    print(f"all {len(files)} years {sum(seconds):.1f} s (bar {ALL_SECONDS:.0f} s), memory {memory:.0f} MB")
    kept = max(seconds) <= YEAR_SECONDS and sum(seconds) <= ALL_SECONDS and memory <= MEMORY_MB
    return 0 if kept and max(worst.values()) <= IDENTITY else 1


if __name__ == "__main__":
    sys.exit(main())
