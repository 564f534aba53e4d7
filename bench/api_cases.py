"""Does the HTTP interface keep to its description, whatever it is sent? Cases made from the description.

``python -m bench.api_cases`` sends 5,000 cases, seeded, some as described and some not, to every address of
OpenAPI, and checks each response: no status of 500 or above, none that is not described, the media type and
the body as described. The tests send a few hundred of the same.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.strategies import one_of
from schemathesis.checks import (
    content_type_conformance,
    not_a_server_error,
    response_schema_conformance,
    status_code_conformance,
)
from schemathesis.core.failures import FailureGroup
from schemathesis.generation import GenerationMode

from techbalance.web.app import create_app
from techbalance.web.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from hypothesis.strategies import SearchStrategy
    from schemathesis import Case

CASES = 5_000
SEED = 20261122
# A question that computes for long is given up: the status is described, and there are other cases to send.
MOST_SECONDS = 5.0
CHECKS = (
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
)


@dataclass
class Sent:
    """What was sent and what came back."""

    cases: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    by_address: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)


def send(
    home: Path, cases: int, *, among: Callable[[str], bool] | None = None, only_wrong: bool = False
) -> Sent:
    """Send cases to every address, as many to each.

    Parameters
    ----------
    home
        Store of the server.
    cases
        How many in all, about.
    among
        Says of an operation id whether it is to be tried; all when None.
    only_wrong
        Whether only cases are sent that are not as described, which the server refuses before it computes.
    """
    app = create_app(Settings(home=home, names=("*",), most_seconds=MOST_SECONDS))
    schema = schemathesis.openapi.from_asgi("/api/v1/openapi.json", app)
    operations = [
        one.ok()
        for one in schema.get_all_operations()
        if among is None or among(one.ok().definition.raw.get("operationId"))
    ]
    sent = Sent()
    # The others make up for addresses without parameters, which can be asked in one way only.
    each = -(-cases // max(sum(bool(one.query) for one in operations), 1)) + 1
    for number, operation in enumerate(operations):
        # An address without parameters can only be asked right.
        modes = [GenerationMode.NEGATIVE] if operation.query else [GenerationMode.POSITIVE]
        modes += [] if only_wrong or not operation.query else [GenerationMode.POSITIVE]
        strategy = one_of(*[operation.as_strategy(generation_mode=mode) for mode in modes])
        _try(operation.path, strategy, each, SEED + number, sent)
    return sent


def _try(path: str, strategy: SearchStrategy[Case], cases: int, number: int, sent: Sent) -> None:
    @seed(number)
    @settings(
        max_examples=cases,
        deadline=None,
        database=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def one(case: Case) -> None:
        sent.cases += 1
        try:
            response = case.call()
        except Exception as wrong:  # noqa: BLE001 - a mistake of the server's is a fault, and ends no run
            sent.statuses[500] += 1
            sent.faults.append(f"{path} {case.query}: {wrong!r}"[:1200])
            return
        sent.statuses[response.status_code] += 1
        sent.by_address[path] += 1
        try:
            case.validate_response(response, checks=CHECKS)
        except FailureGroup as wrong:
            sent.faults.append(f"{path} {case.query} -> {response.status_code}: {wrong.exceptions[0]}"[:1200])

    one()


def main() -> int:
    """Send the cases and say what came back; 1 where a response was not as described."""
    parser = argparse.ArgumentParser(prog="python -m bench.api_cases")
    parser.add_argument("--cases", type=int, default=CASES)
    parser.add_argument("--only", help="one operation id")
    asked = parser.parse_args()
    random.seed(SEED)
    began, used = time.perf_counter(), time.process_time()
    with tempfile.TemporaryDirectory() as home:
        among = None if asked.only is None else (lambda name: name == asked.only)
        sent = send(Path(home) / "store", asked.cases, among=among)
    print(f"cases {sent.cases:,} to {len(sent.by_address)} addresses (bar 5,000)")
    print("statuses " + ", ".join(f"{status}: {count:,}" for status, count in sorted(sent.statuses.items())))
    print(f"faults {len(sent.faults)} (bar 0)")
    for fault in {fault.partition(" ")[0]: fault for fault in sent.faults}.values():
        print(fault)
    print(f"{time.perf_counter() - began:.0f} s, of processor {time.process_time() - used:.0f} s")
    return 1 if sent.faults or sent.cases < asked.cases else 0


if __name__ == "__main__":
    sys.exit(main())
