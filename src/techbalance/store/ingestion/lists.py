"""Which codes does a list hold, in which groups? Code lists become ``membership``."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from techbalance import record
from techbalance.store.ingestion.codelists import LIST_ID

if TYPE_CHECKING:
    from techbalance.sources.census_archive import Archive
    from techbalance.store.catalogue import Store
    from techbalance.store.commit import Draft

SYSTEMS: Final = {"import": "HTS", "export": "SCHEDULE_B"}
# A translation of all years stands behind what an archive brings along, the list of the year before it.
TRANSLATED: Final = 0
OFFICIAL: Final = 13
MEMBERSHIP: Final = pa.schema(
    [
        ("list_id", pa.string()),
        ("year", pa.int16()),
        ("flow", pa.string()),
        ("system", pa.string()),
        ("code", pa.string()),
        ("group", pa.string()),
        ("source_id", pa.string()),
    ]
)
PRODUCTS: Final = pa.schema(
    [("system", pa.string()), ("code", pa.string()), ("name", pa.string()), ("name_from", pa.string())]
)


@dataclass(frozen=True)
class CodeList:
    """A whole code list of one flow and year.

    Parameters
    ----------
    flow, year
        Of the list.
    issue
        Orders lists of one year, the later one counts: ``TRANSLATED``, the month of an archive, ``OFFICIAL``.
    rows
        ``code``, ``group``, ``name``, sorted by code.
    source_id
        Where it came from.
    """

    flow: str
    year: int
    issue: int
    rows: pa.Table
    source_id: str

    @property
    def digest(self) -> str:
        """The same for the same codes in the same groups."""
        text = "\n".join(map(str.__add__, *(self.rows[name].to_pylist() for name in ("code", "group"))))
        return hashlib.sha256(text.encode()).hexdigest()


def of_archive(archive: Archive, source_id: str) -> CodeList:
    """The list an archive brings along: its CONCORD."""
    concord = archive.lists["CONCORD"]
    rows = pa.table(
        {
            "code": concord["commodity"].cast(pa.string()),
            "group": concord["hitech"].cast(pa.string()),
            "name": pc.utf8_trim_whitespace(concord["abbreviatn"].cast(pa.string())),
        }
    ).sort_by("code")
    return CodeList(archive.flow, archive.year, archive.month, rows, source_id)


def put(draft: Draft, listed: CodeList) -> bool:
    """Put a list into a draft, in the place of an earlier one of its year; False where nothing is new.

    The caller publishes the draft before another list is put.
    """
    held = _held(draft, listed)
    if held and (held["issue"] > listed.issue or held["sha256"] == listed.digest):
        return False
    if held:
        draft.retire("membership", held["file"])
    count = listed.rows.num_rows
    fixed: dict[str, Any] = {
        "list_id": LIST_ID,
        "year": listed.year,
        "flow": listed.flow,
        "system": SYSTEMS[listed.flow],
        "source_id": listed.source_id,
    }
    columns = [
        listed.rows[field.name]
        if field.name in listed.rows.column_names
        else pa.repeat(pa.scalar(fixed[field.name], field.type), count)
        for field in MEMBERSHIP
    ]
    place = draft.write(
        "membership", pa.table(columns, schema=MEMBERSHIP), f"{listed.flow}-{listed.year}-{listed.issue:02d}"
    )
    draft.record(
        {
            "kind": "list",
            "flow": listed.flow,
            "year": listed.year,
            "issue": listed.issue,
            "sha256": listed.digest,
            "codes": count,
            "source_id": listed.source_id,
            "file": draft.name_of(place),
        }
    )
    return True


def told(draft: Draft, listed: CodeList) -> str:
    """What becomes of a list beside the one of its year that is held; nothing where there is none."""
    held = _held(draft, listed)
    if held is None or held["sha256"] == listed.digest:
        return ""
    name = f"{listed.flow} list of {listed.year}"
    if held["issue"] > listed.issue:
        return f"the {name} of {held['source_id']} stays, it is nearer to the publisher's"
    before = pq.ParquetFile(draft.place_of(held["file"])).read(columns=["code", "group"])
    groups = dict(zip(before["code"].to_pylist(), before["group"].to_pylist(), strict=True))
    codes = listed.rows["code"].to_pylist()
    moved = sum(
        groups.get(code, group) != group
        for code, group in zip(codes, listed.rows["group"].to_pylist(), strict=True)
    )
    words = (
        f"the {name} takes the place of that of {held['source_id']}: {moved:,} codes in another group, "
        f"{len(set(codes) - groups.keys()):,} more, {len(groups.keys() - set(codes)):,} fewer"
    )
    if 0 < held["issue"] < OFFICIAL:
        words += "; archives stay in the groups of the lists they brought along"
    return words


def _held(draft: Draft, listed: CodeList) -> dict[str, Any] | None:
    files = set(draft.manifest.tables.get("membership", ()))
    found = [
        fact
        for fact in draft.manifest.facts
        if fact.get("kind") == "list"
        and (fact["flow"], fact["year"]) == (listed.flow, listed.year)
        and fact["file"] in files
    ]
    return found[-1] if found else None


class Names:
    """Codes that have an official name already."""

    def __init__(self, store: Store) -> None:
        self._known: dict[str, pa.Array] = {}
        for path in (record.path("products"), *store.files("products")):
            rows = pq.ParquetFile(path).read(columns=["system", "code", "name_from"])
            rows = rows.filter(pc.equal(rows["name_from"], "list"))
            for system in SYSTEMS.values():
                self._learn(system, rows.filter(pc.equal(rows["system"], system))["code"])

    def put(self, draft: Draft, listed: CodeList) -> None:
        """Put the names of codes that have none yet into a draft; the caller publishes it before the next."""
        system = SYSTEMS[listed.flow]
        is_known = pc.is_in(listed.rows["code"], value_set=self._known[system])
        fresh = listed.rows.filter(pc.invert(is_known))
        if not fresh.num_rows:
            return
        count = fresh.num_rows
        fixed = (pa.repeat(pa.scalar(one), count) for one in (system, "list"))
        columns = [next(fixed), fresh["code"], fresh["name"], next(fixed)]
        table = pa.table(columns, schema=PRODUCTS)
        draft.write("products", table, f"{listed.flow}-{listed.year}-{listed.issue:02d}")

    def learn(self, listed: CodeList) -> None:
        """The names of a list were published."""
        self._learn(SYSTEMS[listed.flow], listed.rows["code"])

    def _learn(self, system: str, codes: pa.ChunkedArray) -> None:
        before = self._known.get(system, pa.array([], pa.string()))
        self._known[system] = pc.unique(pa.chunked_array([before, *codes.chunks]))
