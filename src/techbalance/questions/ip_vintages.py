"""How were charges for intellectual property revised, and what did articles quote of them?"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa

from techbalance.claims.load import shipped
from techbalance.questions.wording import money

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ibis import Table

    from techbalance.store.catalogue import Store

FLOWS: Final = ("receipts", "payments", "balance")
BILLION: Final = Decimal(10**9)
SCHEMA: Final = pa.schema(
    [
        ("vintage", pa.date32()),
        ("country", pa.string()),
        ("country_name", pa.string()),
        ("year", pa.int16()),
        ("receipts_usd", pa.int64()),
        ("payments_usd", pa.int64()),
        ("balance_usd", pa.int64()),
        ("receipts_revision_usd", pa.int64()),
        ("balance_revision_usd", pa.int64()),
        ("claim_id", pa.string()),
        ("quoted_usd", pa.int64()),
        ("quoted_gap_usd", pa.int64()),
        ("conduit", pa.string()),
        ("note", pa.string()),
    ]
)


def vintage_rows(charged: Table, store: Store) -> pa.Table:
    """Lay the vintages of each figure out in order, with what each revised and what was quoted.

    Parameters
    ----------
    charged
        Charges by country, year and vintage, with ``conduit`` and ``note``.
    store
        Where they are read from.

    Returns
    -------
    Table
        One row per country, year and vintage. A revision is the figure less that of the vintage before
        (null in the first). ``quoted_gap_usd`` is the figure less the quoted one, null where no article
        quoted the country and year.
    """
    quotes = dict(_quotes())
    order = ["country", "year", "vintage"]
    held = store.fetch_rows(charged.order_by(order))
    before: dict[tuple[str, int], dict[str, Any]] = {}
    rows = []
    for row in held:
        key = (row["country"], row["year"])
        last = before.get(key, {})
        out = row | {
            f"{flow}_revision_usd": _less(row[f"{flow}_usd"], last.get(f"{flow}_usd")) for flow in FLOWS
        }
        for claim_id, flow, quoted in quotes.get(key, ()):
            said = (
                f"{claim_id} quotes {flow} of {money(quoted)}; this vintage gives {money(row[f'{flow}_usd'])}"
            )
            out |= {
                "claim_id": claim_id,
                "quoted_usd": quoted,
                "quoted_gap_usd": _less(row[f"{flow}_usd"], quoted),
                "note": "; ".join(part for part in (row["note"], said) if part),
            }
        before[key] = last | {name: value for name, value in row.items() if value is not None}
        rows.append({name: out.get(name) for name in SCHEMA.names})
    return pa.Table.from_pylist(rows, schema=SCHEMA)


def _quotes() -> Iterator[tuple[tuple[str, int], list[tuple[str, str, int]]]]:
    """Levels of charges that the shipped articles state, by country and year."""
    found: dict[tuple[str, int], list[tuple[str, str, int]]] = {}
    for file in shipped():
        for claim in file.claims:
            filters = claim.filters
            level = (
                claim.metric == "ip_level"
                and claim.unit == "usd_billion"
                and claim.comparator in ("=", "about")
            )
            if level and filters.year is not None:
                quoted = int(Decimal(str(claim.stated)) * BILLION)
                key = (str(filters.country), filters.year)
                found.setdefault(key, []).append((claim.id, filters.flow or "balance", quoted))
    yield from found.items()


def _less(value: int | None, other: int | None) -> int | None:
    return None if value is None or other is None else value - other
